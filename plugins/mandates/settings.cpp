// SPDX-License-Identifier: MIT
#include "plugins/mandates/settings.hpp"

#include "idp/base/json.hpp"
#include "idp/base/url.hpp"

#include <algorithm>
#include <stdexcept>

namespace tunnus::plugin::mandates {
namespace {

using boost::json::object;

std::vector<std::string> texts_of(object const& from, std::string_view name) {
    std::vector<std::string> texts;
    if (auto const* list = from.if_contains(name))
        for (auto const& one : list->as_array())
            texts.emplace_back(one.as_string());
    return texts;
}

bool contains(std::vector<std::string> const& list, std::string_view item) {
    return std::ranges::find(list, item) != list.end();
}

/// Keys and identity codes go there: nothing but https, or this machine.
std::string read_base_url(std::string const& text) {
    auto const url = parse_http_url(text);
    if (!url || (url->scheme != "https" && !url->is_loopback()) || url->path != "/" ||
        !url->query.empty())
        throw std::runtime_error("config.base_url: must be https://host[:port] without a path");
    return url->origin();
}

Secret read_secret(Host& host, object const& config, std::string const& name) {
    auto const* reference = config.if_contains(name);
    if (reference == nullptr) return {};
    auto secret = host.secret(*reference);
    if (!secret) throw std::runtime_error("config." + name + ": " + secret.error().detail);
    if (secret->empty()) throw std::runtime_error("config." + name + ": is empty");
    return std::move(*secret);
}

bool flag_of(object const& from, std::string_view name, bool otherwise) {
    auto const* flag = from.if_contains(name);
    return flag == nullptr ? otherwise : flag->as_bool();
}

std::optional<Settings::SignedAnswers> read_signed_answers(Host& host, object const& config) {
    auto const* from = config.if_contains("signed_answers");
    if (from == nullptr) return std::nullopt;
    auto const file = host.read_file(from->at("public_key_file").as_string());
    auto key = file ? AnswerKey::parse(*file) : Result<AnswerKey>(file.error());
    if (!key)
        throw std::runtime_error("config.signed_answers.public_key_file: " + key.error().detail);
    // Its answers are not signed, and decide as much as the others.
    if (config.contains("rest_api_key"))
        throw std::runtime_error(
            "config.rest_api_key: what is asked without a session is not signed; leave out this "
            "or signed_answers");
    auto const lacks = texts_of(from->as_object(), "may_lack");
    return Settings::SignedAnswers{.key = std::move(*key),
                                   .audience = std::string(from->at("audience").as_string()),
                                   .may_lack = {.end_user = contains(lacks, "end_user"),
                                                .iat = contains(lacks, "iat"),
                                                .exp = contains(lacks, "exp")}};
}

ServiceSettings read_service(object const& from) {
    return {.own_matters = flag_of(from, "own_matters", true),
            .releases_identifier = flag_of(from, "releases_identifier", false),
            .person = texts_of(from, "person"),
            .organisation = texts_of(from, "organisation")};
}

/// What the service asks for of one kind: by objects of authorization_details those that they name,
/// by the scope alone all that it may.
std::vector<std::string> asked_of_kind(std::string_view kind, std::string_view scope,
                                       std::vector<std::string> const& allowed,
                                       MandateRequest const& request) {
    std::vector<std::string> named;
    bool by_name = false;
    for (auto const& detail : request.authorization_details) {
        auto const& one = detail.as_object();
        if (find_string(one, "kind") != kind) continue;
        by_name = true;
        for (auto const& theme : texts_of(one, "themes"))
            named.push_back(theme);
    }
    if (by_name) return matching(allowed, named);
    return contains(request.scopes, scope) ? allowed : std::vector<std::string>();
}

}  // namespace

char const* config_schema() {
    return R"({
"type": "object", "additionalProperties": false,
"required": ["base_url", "client_id", "api_key", "oauth_password", "services"],
"properties": {
  "base_url": {"type": "string", "minLength": 1,
    "description": "Of Suomi.fi-valtuudet: https://host, without a path"},
  "client_id": {"type": "string", "minLength": 1, "maxLength": 64, "description": "Web API Client ID"},
  "api_key": {"$ref": "#/$defs/secret"},
  "oauth_password": {"$ref": "#/$defs/secret"},
  "rest_api_key": {"$ref": "#/$defs/secret"},
  "signed_answers": {"type": "object", "additionalProperties": false,
    "required": ["public_key_file", "audience"],
    "description": "Ask for answers that the register signs, and take no other: not with rest_api_key",
    "properties": {
      "public_key_file": {"type": "string", "minLength": 1, "description": "RSA, SPKI in base64 or PEM"},
      "audience": {"type": "string", "minLength": 1, "description": "The UUID of our service there"},
      "may_lack": {"type": "array", "items": {"enum": ["end_user", "iat", "exp"]}, "default": [],
        "description": "Claims that the register is known to leave out; every other answer without them is refused"}}},
  "timeout_ms": {"type": "integer", "minimum": 100, "maximum": 5000, "default": 2000,
    "description": "Of one call; a whole answer to the person has limits.mandate_deadline"},
  "authenticator": {"type": "string", "minLength": 1, "default": "suomifi",
    "description": "The method whose subject is the person's identity code"},
  "services": {"type": "object", "minProperties": 1,
    "description": "By client_id, what each service takes: who is not listed lets nobody act for others",
    "additionalProperties": {"type": "object", "additionalProperties": false, "properties": {
      "own_matters": {"type": "boolean",
        "description": "People may act in their own matter as well, which holds unless it is false"},
      "releases_identifier": {"type": "boolean",
        "description": "The service has the right to identity codes and business ids of principals"},
      "person": {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 255},
        "description": "Mandate themes as URIs; ALL: dependent minors; GUARDIAN: guardianship"},
      "organisation": {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 255},
        "description": "Register roles (NIMKO, TJ, …) and mandate themes as URIs"}}}}
},
"$defs": {
  "secret": {"type": "object", "additionalProperties": false, "minProperties": 1, "maxProperties": 1,
    "properties": {"file": {"type": "string"}, "env": {"type": "string"}}}
}})";
}

Settings read_settings(Host& host) {
    auto const& config = host.configuration();
    Settings settings;
    settings.base_url = read_base_url(std::string(config.at("base_url").as_string()));
    settings.client_id = config.at("client_id").as_string();
    settings.api_key = read_secret(host, config, "api_key");
    settings.oauth_password = read_secret(host, config, "oauth_password");
    settings.rest_api_key = read_secret(host, config, "rest_api_key");
    settings.signed_answers = read_signed_answers(host, config);
    settings.timeout = milliseconds(config.at("timeout_ms").to_number<std::int64_t>());
    settings.authenticator = config.at("authenticator").as_string();
    settings.return_uri = host.issuer() + "/mandates/callback";
    for (auto const& service : config.at("services").as_object())
        settings.services.emplace(service.key(), read_service(service.value().as_object()));
    return settings;
}

Accepted accepted_by(Settings const& settings, std::string_view client_id,
                     MandateRequest const& request) {
    auto const service = settings.services.find(client_id);
    if (service == settings.services.end()) return {};
    auto const& may = service->second;
    return {.own_matters = may.own_matters,
            .releases_identifier = may.releases_identifier,
            .person = asked_of_kind("person", person_scope, may.person, request),
            .organisation =
                asked_of_kind("organisation", organisation_scope, may.organisation, request)};
}

std::vector<std::string> matching(std::vector<std::string> const& accepted,
                                  std::vector<std::string> const& roles) {
    std::vector<std::string> both;
    for (auto const& one : accepted)
        if (contains(roles, one)) both.push_back(one);
    return both;
}

std::vector<std::string> themes_of(std::vector<std::string> const& roles) {
    std::vector<std::string> themes;
    for (auto const& role : roles)
        if (role.find(':') != std::string::npos) themes.push_back(role);
    return themes;
}

}  // namespace tunnus::plugin::mandates
