// SPDX-License-Identifier: MIT
#include "oidc/protocol/client.hpp"

#include "idp/base/configuration.hpp"
#include "idp/base/encoding.hpp"
#include "oidc/protocol/registered_uri.hpp"
#include "oidc/protocol/scope.hpp"

#include <algorithm>
#include <array>

namespace tunnus::oidc {
namespace {

namespace json = boost::json;

constexpr std::size_t max_name_bytes = 200;

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

/// RFC 7591 §2 members that change nothing here.
constexpr std::array<std::string_view, 5> informational = {
    "contacts", "software_id", "software_version", "client_id_issued_at", "initiate_login_uri"};

/// Reads members by name and keeps the first complaint. What was asked for is what we know: the
/// rest is unknown.
class Metadata {
  public:
    explicit Metadata(json::object const& object) : object_(object) {}

    void complain(std::string_view member, std::string_view what,
                  MetadataErrc code = MetadataErrc::invalid_client_metadata) {
        if (!error_) error_ = Error(code, std::string(member).append(": ").append(what));
    }
    [[nodiscard]] std::optional<Error> const& error() const { return error_; }

    json::value const* find(std::string_view member) {
        known_.push_back(member);
        return object_.if_contains(member);
    }

    std::string text(std::string_view member, std::string_view otherwise = {}) {
        auto const* value = find(member);
        if (value == nullptr) return std::string(otherwise);
        if (auto const* text = value->if_string()) return std::string(*text);
        complain(member, "must be a text");
        return {};
    }

    bool flag(std::string_view member, bool otherwise) {
        auto const* value = find(member);
        if (value == nullptr) return otherwise;
        if (auto const* flag = value->if_bool()) return *flag;
        complain(member, "must be true or false");
        return otherwise;
    }

    std::optional<seconds> duration(std::string_view member, seconds most) {
        auto const* value = find(member);
        if (value == nullptr) return std::nullopt;
        auto const* number = value->if_int64();
        if (number != nullptr && *number >= 0 && *number <= most.count()) return seconds(*number);
        complain(member, "must be a whole number of seconds");
        return std::nullopt;
    }

    std::vector<std::string> texts(std::string_view member,
                                   std::vector<std::string> otherwise = {}) {
        auto const* value = find(member);
        if (value == nullptr) return otherwise;
        std::vector<std::string> list;
        auto const* array = value->if_array();
        if (array == nullptr) complain(member, "must be a list of texts");
        for (auto const& element : array != nullptr ? *array : json::array()) {
            auto const* text = element.if_string();
            if (text == nullptr)
                complain(member, "must be a list of texts");
            else if (!contains(list, *text))
                list.emplace_back(*text);
        }
        return list;
    }

    std::string web_uri(std::string_view member) {
        auto uri = text(member);
        if (uri.empty()) return uri;
        if (auto const reason = reject_web_uri(uri)) complain(member, *reason);
        return uri;
    }

    /// One of the words given, as its place in the list.
    template <std::size_t n>
    std::size_t choice(std::string_view member, std::array<std::string_view, n> const& words,
                       std::size_t otherwise) {
        auto const word = text(member, words[otherwise]);
        auto const found = std::ranges::find(words, word);
        if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
        complain(member, "unknown value");
        return otherwise;
    }

    void refuse_unknown() {
        for (auto const& member : object_) {
            std::string_view const name = member.key();
            if (std::ranges::find(known_, name) == known_.end() &&
                std::ranges::find(informational, name) == informational.end() &&
                !name.starts_with("client_name#"))
                complain(name, "unknown member");
        }
    }

    [[nodiscard]] json::object const& object() const { return object_; }

  private:
    json::object const& object_;
    std::vector<std::string_view> known_;
    std::optional<Error> error_;
};

void read_client_id(Metadata& metadata, Client& client, Limits const& limits) {
    client.client_id = metadata.text("client_id");
    bool const printable = std::ranges::all_of(
        client.client_id, [](char c) { return c > ' ' && c < '\x7f'; });  // RFC 6749 A.1, no space
    if (client.client_id.empty() || client.client_id.size() > limits.client_id_bytes || !printable)
        metadata.complain("client_id", "must be 1 to 255 visible ASCII characters");
}

/// Names are shown to people: nothing invisible, nothing that turns the text around.
bool is_showable(std::string_view name) {
    if (name.empty() || name.size() > max_name_bytes || !is_valid_utf8(name)) return false;
    if (std::ranges::any_of(
            name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; }))
        return false;
    for (std::string_view const mark :
         {"\u200e", "\u200f", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2028", "\u2029",
          "\u2066", "\u2067", "\u2068", "\u2069"})
        if (name.find(mark) != std::string_view::npos) return false;
    return true;
}

void read_names(Metadata& metadata, Client& client) {
    metadata.find("client_name");
    for (auto const& member : metadata.object()) {
        std::string_view const key = member.key();
        if (key != "client_name" && !key.starts_with("client_name#")) continue;
        auto const* text = member.value().if_string();
        if (text == nullptr || !is_showable(*text)) {
            metadata.complain(key, "must be a text that can be shown");
            continue;
        }
        auto const tag = key == "client_name" ? std::string_view() : key.substr(12);
        client.client_name[std::string(tag)] = std::string(*text);
    }
}

void read_uris(Metadata& metadata, Client& client, Limits const& limits) {
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
    client.backchannel_logout_uri = metadata.web_uri("backchannel_logout_uri");
    client.backchannel_logout_session_required =
        metadata.flag("backchannel_logout_session_required", false);
    client.client_uri = metadata.web_uri("client_uri");
    client.policy_uri = metadata.web_uri("policy_uri");
    client.tos_uri = metadata.web_uri("tos_uri");
    client.logo_uri = metadata.web_uri("logo_uri");
}

void read_grants(Metadata& metadata, Client& client, Limits const& limits) {
    client.grant_types = metadata.texts("grant_types", {"authorization_code"});
    for (auto const& grant : client.grant_types)
        if (grant != "authorization_code" && grant != "refresh_token" &&
            grant != "client_credentials")
            metadata.complain("grant_types", "unknown value");
    bool const has_code = client.allows_grant("authorization_code");
    if (has_code && client.redirect_uris.empty())
        metadata.complain("redirect_uris", "required by the grant authorization_code",
                          MetadataErrc::invalid_redirect_uri);
    if (!has_code && client.allows_grant("refresh_token"))
        metadata.complain("grant_types", "refresh_token needs authorization_code");

    auto const usual = has_code ? std::vector<std::string>{"code"} : std::vector<std::string>();
    client.response_types = metadata.texts("response_types", usual);
    if (client.response_types != usual)
        metadata.complain("response_types", "must be code with authorization_code, else nothing");

    auto scope = parse_scope(metadata.text("scope", usual_scope), limits);
    if (scope)
        client.scope = std::move(*scope);
    else
        metadata.complain("scope", scope.error().description);
}

Result<Secret> read_client_secret(json::value const& value, std::string const& folder) {
    if (!value.is_string()) return read_secret(value, folder);
    std::string text(value.get_string());
    if (text.empty()) return Error(BaseErrc::denied, "an empty secret");
    return Secret(std::move(text));
}

void read_authentication(Metadata& metadata, Client& client, std::string const& folder) {
    static constexpr std::array<std::string_view, 3> methods = {"none", "client_secret_basic",
                                                                "client_secret_post"};
    client.token_endpoint_auth_method = static_cast<TokenEndpointAuthMethod>(
        metadata.choice("token_endpoint_auth_method", methods, 1));
    bool const is_public = client.token_endpoint_auth_method == TokenEndpointAuthMethod::none;
    if (auto const* value = metadata.find("client_secret")) {
        auto secret = read_client_secret(*value, folder);
        if (secret)
            client.client_secret = std::move(*secret);
        else
            metadata.complain("client_secret", secret.error().text());
    }
    if (is_public && client.client_secret)
        metadata.complain("client_secret", "not for token_endpoint_auth_method none");
    if (!is_public && !client.client_secret)
        metadata.complain("client_secret", "required by token_endpoint_auth_method");
    if (is_public && client.allows_grant("client_credentials"))
        metadata.complain("grant_types", "client_credentials needs a client secret");
    client.require_pkce = metadata.flag("require_pkce", true);
    if (is_public && !client.require_pkce)
        metadata.complain("require_pkce", "a client without secret needs PKCE");
}

/// OpenID Connect Core §8.1: the host of sector_identifier_uri, or the one host of all
/// redirect_uris.
void read_subject(Metadata& metadata, Client& client) {
    static constexpr std::array<std::string_view, 2> types = {"public", "pairwise"};
    client.subject_type = static_cast<SubjectType>(metadata.choice("subject_type", types, 0));
    auto const sector = metadata.web_uri("sector_identifier_uri");
    if (!sector.empty()) {
        client.sector_identifier = host_of(sector);
    } else if (!client.redirect_uris.empty()) {
        auto const host = host_of(client.redirect_uris.front());
        if (std::ranges::all_of(client.redirect_uris,
                                [&](std::string const& uri) { return host_of(uri) == host; }))
            client.sector_identifier = host;
    }
    if (client.subject_type == SubjectType::pairwise && client.sector_identifier.empty())
        metadata.complain("sector_identifier_uri",
                          "required for pairwise subjects when redirect_uris differ in host");
}

void read_login(Metadata& metadata, Client& client, Limits const& limits) {
    static constexpr std::array<std::string_view, 3> algorithms = {"RS256", "ES256", "EdDSA"};
    client.id_token_signed_response_alg =
        algorithms[metadata.choice("id_token_signed_response_alg", algorithms, 0)];
    client.default_acr_values = metadata.texts("default_acr_values");
    client.default_max_age = metadata.duration("default_max_age", limits.max_age);
    client.require_auth_time = metadata.flag("require_auth_time", false);
    client.skip_consent = metadata.flag("skip_consent", false);
    client.consent_version = metadata.text("consent_version", "1");
    client.disabled = metadata.flag("disabled", false);
}

void read_origins(Metadata& metadata, Client& client) {
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

std::string Client::name(std::string_view locale) const {
    for (auto const tag : {locale, std::string_view()})
        if (auto const found = client_name.find(std::string(tag)); found != client_name.end())
            return found->second;
    return client_name.empty() ? client_id : client_name.begin()->second;
}

Result<Client> parse_client(json::object const& object, Limits const& limits,
                            std::string const& folder) {
    Metadata metadata(object);
    Client client;
    read_client_id(metadata, client, limits);
    read_names(metadata, client);
    read_uris(metadata, client, limits);
    read_grants(metadata, client, limits);
    read_authentication(metadata, client, folder);
    read_subject(metadata, client);
    read_login(metadata, client, limits);
    read_origins(metadata, client);
    metadata.refuse_unknown();
    if (metadata.error()) return *metadata.error();
    return client;
}

}  // namespace tunnus::oidc
