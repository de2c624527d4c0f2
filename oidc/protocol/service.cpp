// SPDX-License-Identifier: MIT
#include "oidc/protocol/service.hpp"

#include "idp/base/json.hpp"
#include "idp/base/json_schema.hpp"
#include "idp/base/limits.hpp"
#include "idp/base/showable.hpp"
#include "idp/base/url.hpp"
#include "oidc/protocol/registered_uri.hpp"
#include "oidc/protocol/scope.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>

namespace tunnus::oidc {
namespace {

namespace json = boost::json;

constexpr std::size_t max_title_characters = 64;
constexpr std::size_t max_text_characters = 500;
constexpr std::size_t max_url_characters = 2'048;
constexpr std::size_t most_fields = 32;  // the consent's column has room for as many

constexpr auto service_schema = R"({
    "type": "object", "additionalProperties": false,
    "required": ["name", "title", "client_ids"],
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 64},
        "title": {"$ref": "#/$defs/text"},
        "description": {"$ref": "#/$defs/text"},
        "client_ids": {"type": "array", "minItems": 1,
            "items": {"type": "string", "minLength": 1, "maxLength": 255}},
        "data_fields": {"type": "array", "items": {
            "type": "object", "additionalProperties": false, "required": ["name", "purpose"],
            "properties": {
                "name": {"type": "string", "minLength": 1, "maxLength": 64},
                "purpose": {"$ref": "#/$defs/text"}}}},
        "minimum_acr": {"type": "string", "maxLength": 255},
        "terms_of_use_url": {"$ref": "#/$defs/text"},
        "privacy_policy_url": {"$ref": "#/$defs/text"},
        "text_version": {"type": "string", "minLength": 1, "maxLength": 64},
        "gdpr": {"type": "object", "additionalProperties": false,
            "required": ["url", "query_scope", "delete_scope", "audience"],
            "properties": {
                "url": {"type": "string", "minLength": 1, "maxLength": 2048},
                "query_scope": {"type": "string", "minLength": 1, "maxLength": 255},
                "delete_scope": {"type": "string", "minLength": 1, "maxLength": 255},
                "audience": {"type": "string", "minLength": 1, "maxLength": 255}}},
        "profile_service": {"type": "boolean"}
    },
    "$defs": {"text": {"type": "object", "additionalProperties": false, "required": ["fi"],
        "properties": {
            "fi": {"type": "string", "minLength": 1, "maxLength": 2048},
            "sv": {"type": "string", "minLength": 1, "maxLength": 2048},
            "en": {"type": "string", "minLength": 1, "maxLength": 2048}}}}
})";

Error malformed(std::string const& member, std::string_view what) {
    return {BaseErrc::malformed, member + ": " + std::string(what)};
}

/// What the schema cannot say; keeps the first complaint.
class Reader {
  public:
    explicit Reader(json::object const& object) : object_(object) {}

    [[nodiscard]] std::string text(std::string_view member) const {
        return std::string(find_string(object_, member).value_or(""));
    }
    LocalizedText localized(json::object const& from, std::string_view member,
                            std::string const& path, std::size_t most) {
        LocalizedText text;
        auto const* value = from.if_contains(member);
        if (value == nullptr) return text;
        auto const& languages = value->get_object();
        text.fi = find_string(languages, "fi").value_or("");
        text.sv = find_string(languages, "sv").value_or(text.fi);
        text.en = find_string(languages, "en").value_or(text.fi);
        for (auto const* one : {&text.fi, &text.sv, &text.en})
            if (!is_showable(*one, most)) complain(path, "must be texts that can be shown");
        return text;
    }
    LocalizedText texts(std::string_view member, std::size_t most) {
        return localized(object_, member, std::string(member), most);
    }
    LocalizedText urls(std::string_view member) {
        auto text = texts(member, max_url_characters);
        for (auto const* one : {&text.fi, &text.sv, &text.en})
            if (!one->empty())
                if (auto const reason = reject_web_uri(*one)) complain(member, *reason);
        return text;
    }
    void complain(std::string_view member, std::string_view what) {
        if (!error_) error_ = malformed(std::string(member), what);
    }
    [[nodiscard]] std::optional<Error> const& error() const { return error_; }

  private:
    json::object const& object_;
    std::optional<Error> error_;
};

bool is_service_name(std::string_view name) {
    return std::ranges::all_of(
        name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

void read_data_fields(Reader& reader, json::object const& object, RegisteredService& service) {
    auto const* fields = object.if_contains("data_fields");
    if (fields == nullptr) return;
    if (fields->get_array().size() > most_fields) return reader.complain("data_fields", "too many");
    for (auto const& element : fields->get_array()) {
        auto const path = element_path("data_fields", service.data_fields.size());
        auto const& field = element.get_object();
        std::string name(field.at("name").get_string());
        if (std::ranges::find(service.data_fields, name, &RegisteredService::DataField::name) !=
            service.data_fields.end())
            reader.complain(path + ".name", "stands there twice");
        service.data_fields.push_back(
            {std::move(name),
             reader.localized(field, "purpose", path + ".purpose", max_text_characters)});
    }
}

/// As an address with the person in it, which may not be where the host is named.
std::optional<std::string> reject_gdpr_url(std::string url) {
    auto const host_at = url.find("://");
    auto const path_at = host_at == url.npos ? url.npos : url.find('/', host_at + 3);
    for (std::string_view const name : {"$user_uuid", "$profile_id"})
        for (auto at = url.find(name); at != url.npos; at = url.find(name)) {
            if (path_at == url.npos || at < path_at) return "names the person before the path";
            url.replace(at, name.size(), "0");
        }
    if (url.find('$') != url.npos) return "knows $user_uuid and $profile_id alone";
    return reject_web_uri(url);
}

}  // namespace

Result<RegisteredService> parse_service(json::object const& object, Limits const& limits) {
    static auto const schema = JsonSchema::make(json::parse(service_schema).get_object()).value();
    if (auto const violation = schema.find_violation(object))
        return malformed(violation->path, violation->message);
    Reader reader(object);
    RegisteredService service;
    service.name = reader.text("name");
    if (!is_service_name(service.name)) reader.complain("name", "must be of a-z, 0-9 and -");
    service.title = reader.texts("title", max_title_characters);
    service.description = reader.texts("description", max_text_characters);
    for (auto const& id : object.at("client_ids").get_array())
        service.client_ids.emplace_back(id.get_string());
    if (service.client_ids.size() > limits.service_clients)
        reader.complain("client_ids", "too many");
    read_data_fields(reader, object, service);
    service.minimum_acr = reader.text("minimum_acr");
    service.terms_of_use_url = reader.urls("terms_of_use_url");
    service.privacy_policy_url = reader.urls("privacy_policy_url");
    if (object.contains("text_version")) service.text_version = reader.text("text_version");
    if (auto const* gdpr = object.if_contains("gdpr")) {
        auto const& api = gdpr->get_object();
        auto const member = [&](std::string_view name) {
            return std::string(find_string(api, name).value_or(""));
        };
        service.gdpr = RegisteredService::GdprApi{member("url"), member("query_scope"),
                                                  member("delete_scope"), member("audience")};
        if (auto const reason = reject_gdpr_url(service.gdpr->url))
            reader.complain("gdpr.url", *reason);
    }
    if (auto const* own = object.if_contains("profile_service"))
        service.is_profile_service = own->get_bool();
    if (reader.error()) return *reader.error();
    return service;
}

std::string reject_gdpr_address(RegisteredService const& service,
                                std::span<IpNetwork const> inside) {
    auto const url = service.gdpr ? parse_http_url(service.gdpr->url) : HttpUrl();
    if (!url) return url.error().detail;
    std::string_view host = url->host;
    if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
    auto const address = IpAddress::parse(host);
    bool const may = !address || address->is_public() ||
                     std::ranges::any_of(inside, [&](IpNetwork const& network) {
                         return network.contains(*address);
                     });
    return may ? "" : "an inside address that outbound.allow_addresses does not allow";
}

Result<> check_beside(RegisteredService const& service,
                      std::span<std::shared_ptr<RegisteredService const> const> others) {
    for (auto const& other : others) {
        if (other->name == service.name)
            return Error(BaseErrc::malformed, "name: there is a service " + service.name);
        if (other->is_profile_service && service.is_profile_service)
            return Error(BaseErrc::malformed, "profile_service: that is " + other->name);
        for (auto const& client_id : service.client_ids)
            if (contains(other->client_ids, client_id))
                return Error(BaseErrc::malformed,
                             "client_ids: " + client_id + " belongs to service " + other->name);
    }
    return {};
}

Client in_service(Client client, std::shared_ptr<RegisteredService const> service) {
    client.client_name = {{"", service->title.fi},
                          {"fi", service->title.fi},
                          {"sv", service->title.sv},
                          {"en", service->title.en}};
    client.consent_version = service->text_version;
    client.service = std::move(service);
    return client;
}

}  // namespace tunnus::oidc
