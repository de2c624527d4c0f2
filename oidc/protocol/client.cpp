// SPDX-License-Identifier: MIT
#include "oidc/protocol/client.hpp"

#include "idp/base/limits.hpp"
#include "idp/base/showable.hpp"
#include "oidc/protocol/client_profile.hpp"
#include "oidc/protocol/client_security.hpp"
#include "oidc/protocol/metadata_reader.hpp"
#include "oidc/protocol/response_type.hpp"
#include "oidc/protocol/token_request.hpp"

#include <algorithm>
#include <array>

namespace tunnus::oidc {
namespace {

namespace json = boost::json;

constexpr std::size_t max_name_characters = 200;

class MetadataCategory final : public ErrorCategory {
  public:
    [[nodiscard]] char const* name() const noexcept override { return "tunnus.oidc.metadata"; }
    [[nodiscard]] std::string message(int value) const override {
        return value == static_cast<int>(MetadataErrc::invalid_redirect_uri)
                   ? "invalid_redirect_uri"
                   : "invalid_client_metadata";
    }
};

/// What a registration without `scope` may ask for: the scopes of OpenID Connect Core §5.4 and §11.
/// Whatever else a plugin releases, an identity code above all, is registered by name.
constexpr std::string_view usual_scope = "openid profile email address phone offline_access";

void read_client_id(MetadataReader& metadata, Client& client, Limits const& limits) {
    client.client_id = metadata.text("client_id");
    bool const printable = std::ranges::all_of(
        client.client_id, [](char c) { return c > ' ' && c < '\x7f'; });  // RFC 6749 A.1, no space
    if (client.client_id.empty() || client.client_id.size() > limits.client_id_bytes || !printable)
        metadata.complain("client_id", "must be 1 to 255 visible ASCII characters");
}

void read_names(MetadataReader& metadata, Client& client) {
    metadata.find("client_name");
    for (auto const& member : metadata.object()) {
        std::string_view const key = member.key();
        if (key != "client_name" && !key.starts_with("client_name#")) continue;
        auto const* text = member.value().if_string();
        if (text == nullptr || !is_showable(*text, max_name_characters)) {
            metadata.complain(key, "must be a text that can be shown");
            continue;
        }
        auto const tag = key == "client_name" ? std::string_view() : key.substr(12);
        client.client_name[std::string(tag)] = std::string(*text);
    }
}

bool is_one_of_origins(std::vector<std::string> const& uris, std::string_view uri) {
    return std::ranges::any_of(
        uris, [origin = origin_of(uri)](auto const& one) { return origin_of(one) == origin; });
}

void read_uris(MetadataReader& metadata, Client& client, Limits const& limits) {
    static constexpr std::array<std::string_view, 2> types = {"web", "native"};
    client.application_type =
        static_cast<ApplicationType>(metadata.choice("application_type", types, 0));
    auto const read = [&](std::string_view member) {
        auto uris = metadata.texts(member);
        if (uris.size() > limits.redirect_uris)
            metadata.complain(member, "too many", MetadataErrc::invalid_redirect_uri);
        for (auto const& uri : uris)
            if (auto const reason = reject_redirect_uri(uri, client.application_type, limits))
                metadata.complain(member, *reason, MetadataErrc::invalid_redirect_uri);
        return uris;
    };
    client.redirect_uris = read("redirect_uris");
    client.post_logout_redirect_uris = read("post_logout_redirect_uris");
    client.request_uris = metadata.texts("request_uris");
    for (auto const& uri : client.request_uris)
        if (auto const reason = reject_web_uri(uri.substr(0, uri.find('#'))))
            metadata.complain("request_uris", *reason);
    client.initiate_login_uri = metadata.web_uri("initiate_login_uri");
    client.frontchannel_logout_uri = metadata.web_uri("frontchannel_logout_uri");
    // Front-Channel Logout 1.0 §2.
    if (!client.frontchannel_logout_uri.empty() &&
        !is_one_of_origins(client.redirect_uris, client.frontchannel_logout_uri))
        metadata.complain("frontchannel_logout_uri", "must have the origin of a redirect_uri");
    client.frontchannel_logout_session_required =
        metadata.flag("frontchannel_logout_session_required", false);
    client.backchannel_logout_uri = metadata.web_uri("backchannel_logout_uri");
    client.backchannel_logout_session_required =
        metadata.flag("backchannel_logout_session_required", false);
    client.client_uri = metadata.web_uri("client_uri");
    client.policy_uri = metadata.web_uri("policy_uri");
    client.tos_uri = metadata.web_uri("tos_uri");
    client.logo_uri = metadata.web_uri("logo_uri");
}

constexpr std::array<std::string_view, 9> known_grants = {
    "authorization_code",   "implicit",
    "refresh_token",        "client_credentials",
    device_code_grant_type, token_exchange_grant_type,
    jwt_bearer_grant_type,  uma_ticket_grant_type,
    ciba_grant_type,
};
/// Grants in which a person takes part, so that refresh tokens and ID tokens may come of them.
constexpr std::array<std::string_view, 3> grants_of_people = {
    "authorization_code", device_code_grant_type, ciba_grant_type};

/// The response types we have, and what OpenID Connect Dynamic Client Registration §2 wants of
/// grant_types for each.
struct KnownResponseType {
    std::string_view words;
    bool code;
    bool implicit;
};
constexpr std::array<KnownResponseType, 6> known_response_types = {{
    {"code", true, false},
    {"id_token", false, true},
    {"id_token token", false, true},
    {"code id_token", true, true},
    {"code token", true, true},
    {"code id_token token", true, true},
}};

void read_response_types(MetadataReader& metadata, Client& client) {
    bool const has_code = client.allows_grant("authorization_code");
    auto const usual = has_code ? std::vector<std::string>{"code"} : std::vector<std::string>();
    for (auto const& text : metadata.texts("response_types", usual)) {
        auto const words = sorted_words(text);
        auto const known =
            std::ranges::find(known_response_types, words, &KnownResponseType::words);
        if (known == known_response_types.end())
            metadata.complain("response_types", "unknown value");
        else if (known->code && !has_code)
            metadata.complain("response_types", "needs the grant authorization_code");
        else if (known->implicit && !client.allows_grant("implicit"))
            metadata.complain("response_types", "needs the grant implicit");
        else if (!contains(client.response_types, words))
            client.response_types.push_back(words);
    }
    bool const by_browser = has_code || client.allows_grant("implicit");
    if (by_browser && client.response_types.empty())
        metadata.complain("response_types",
                          "required by the grants authorization_code and implicit");
}

void read_grants(MetadataReader& metadata, Client& client, Limits const& limits) {
    client.grant_types = metadata.texts("grant_types", {"authorization_code"});
    for (auto const& grant : client.grant_types)
        if (std::ranges::find(known_grants, grant) == known_grants.end())
            metadata.complain("grant_types", "unknown value");
    bool const by_browser =
        client.allows_grant("authorization_code") || client.allows_grant("implicit");
    if (by_browser && client.redirect_uris.empty())
        metadata.complain("redirect_uris", "required by the grants authorization_code and implicit",
                          MetadataErrc::invalid_redirect_uri);
    bool const of_people = std::ranges::any_of(
        grants_of_people, [&](std::string_view grant) { return client.allows_grant(grant); });
    if (!of_people && client.allows_grant("refresh_token"))
        metadata.complain("grant_types",
                          "refresh_token needs a grant in which a person takes part");
    read_response_types(metadata, client);

    auto scope = parse_scope(metadata.text("scope", usual_scope), limits);
    if (scope)
        client.scope = std::move(*scope);
    else
        metadata.complain("scope", scope.error().description);
    client.authorization_details_types = metadata.texts("authorization_details_types");
    client.resources = metadata.texts("resources");
    for (auto const& resource : client.resources)
        if (resource.empty() || resource.find('#') != std::string::npos)
            metadata.complain("resources", "must be absolute URIs without fragment, or client_ids");
    client.protected_resources = metadata.texts("protected_resources");
    for (auto const& resource : client.protected_resources)
        if (resource.find(':') == std::string::npos || resource.find('#') != std::string::npos)
            metadata.complain("protected_resources", "must be absolute URIs without fragment");
}

/// OpenID Connect Core §8.1: the host of sector_identifier_uri, or the one host of all
/// redirect_uris.
void read_subject(MetadataReader& metadata, Client& client) {
    static constexpr std::array<std::string_view, 2> types = {"public", "pairwise"};
    client.subject_type = static_cast<SubjectType>(metadata.choice("subject_type", types, 0));
    client.sector_identifier_uri = metadata.web_uri("sector_identifier_uri");
    if (!client.sector_identifier_uri.empty()) {
        client.sector_identifier = host_of(client.sector_identifier_uri);
    } else if (!client.redirect_uris.empty()) {
        auto const host = host_of(client.redirect_uris.front());
        if (std::ranges::all_of(client.redirect_uris,
                                [&](std::string const& uri) { return host_of(uri) == host; }))
            client.sector_identifier = host;
    } else if (client.allows_grant(ciba_grant_type)) {
        // OpenID CIBA Core §4: what the service registered instead of a redirect_uri.
        client.sector_identifier =
            host_of(client.backchannel_token_delivery_mode == DeliveryMode::ping
                        ? client.backchannel_client_notification_endpoint
                        : client.jwks_uri);
    }
    if (client.subject_type == SubjectType::pairwise && client.sector_identifier.empty())
        metadata.complain("sector_identifier_uri",
                          "required for pairwise subjects when redirect_uris differ in host");
}

void read_login(MetadataReader& metadata, Client& client, Limits const& limits) {
    client.require_auth_time = metadata.flag("require_auth_time", false);
    client.default_acr_values = metadata.texts("default_acr_values");
    client.default_max_age = metadata.duration("default_max_age", limits.max_age);
    client.skip_consent = metadata.flag("skip_consent", false);
    client.consent_version = metadata.text("consent_version", "1");
    client.disabled = metadata.flag("disabled", false);
}

void read_origins(MetadataReader& metadata, Client& client) {
    if (metadata.find("allowed_origins") != nullptr) {
        client.allowed_origins = metadata.texts("allowed_origins");
        for (auto const& origin : client.allowed_origins)
            if (origin.empty() || origin_of(origin) != origin)
                metadata.complain("allowed_origins", "must be scheme://host[:port]");
        return;
    }
    for (auto const& uri : client.redirect_uris) {
        auto origin = origin_of(uri);
        if (!origin.empty() && !contains(client.allowed_origins, origin))
            client.allowed_origins.push_back(std::move(origin));
    }
}

}  // namespace

boost::system::error_code make_error_code(MetadataErrc code) {
    static MetadataCategory const category;
    return {static_cast<int>(code), category};
}

bool Client::allows_grant(std::string_view grant_type) const {
    return contains(grant_types, grant_type);
}

bool Client::allows_response_type(std::string_view response_type) const {
    return contains(response_types, response_type);
}

bool Client::is_encrypted_to() const {
    return id_token.encrypted_alg || userinfo.encrypted_alg || introspection.encrypted_alg ||
           authorization.encrypted_alg;
}

std::string Client::name(std::string_view locale) const {
    for (auto const tag : {locale, std::string_view()})
        if (auto const found = client_name.find(std::string(tag)); found != client_name.end())
            return found->second;
    return client_name.empty() ? client_id : client_name.begin()->second;
}

Result<Client> parse_client(json::object const& object, Limits const& limits,
                            std::string const& folder) {
    auto const expanded = apply_client_profile(object);
    if (!expanded) return expanded.error();
    MetadataReader metadata(*expanded);
    Client client;
    client.profile = metadata.text("profile");
    read_client_id(metadata, client, limits);
    read_names(metadata, client);
    read_uris(metadata, client, limits);
    read_grants(metadata, client, limits);
    read_security(metadata, client, limits, folder);
    read_subject(metadata, client);
    read_login(metadata, client, limits);
    read_origins(metadata, client);
    metadata.refuse_unknown();
    if (metadata.error()) return *metadata.error();
    return client;
}

}  // namespace tunnus::oidc
