// SPDX-License-Identifier: MIT
#include "oidc/protocol/client_registration.hpp"

#include "idp/base/ascii.hpp"
#include "idp/base/json.hpp"
#include "idp/base/url.hpp"
#include "oidc/protocol/registered_uri.hpp"
#include "oidc/protocol/scope.hpp"

#include <algorithm>
#include <array>

namespace tunnus::oidc {
namespace {

namespace json = boost::json;

constexpr auto registrable = std::to_array<std::string_view>({
    "application_type",
    "authorization_encrypted_response_alg",
    "authorization_encrypted_response_enc",
    "authorization_signed_response_alg",
    "backchannel_authentication_request_signing_alg",
    "backchannel_client_notification_endpoint",
    "backchannel_logout_session_required",
    "backchannel_logout_uri",
    "backchannel_token_delivery_mode",
    "backchannel_user_code_parameter",
    "client_name",
    "client_uri",
    "contacts",
    "default_acr_values",
    "default_max_age",
    "dpop_bound_access_tokens",
    "frontchannel_logout_session_required",
    "frontchannel_logout_uri",
    "grant_types",
    "id_token_encrypted_response_alg",
    "id_token_encrypted_response_enc",
    "id_token_signed_response_alg",
    "initiate_login_uri",
    "introspection_encrypted_response_alg",
    "introspection_encrypted_response_enc",
    "introspection_signed_response_alg",
    "jwks",
    "jwks_uri",
    "logo_uri",
    "policy_uri",
    "post_logout_redirect_uris",
    "profile",
    "redirect_uris",
    "request_object_encryption_alg",
    "request_object_encryption_enc",
    "request_object_signing_alg",
    "request_uris",
    "require_auth_time",
    "require_pkce",
    "require_pushed_authorization_requests",
    "require_signed_request_object",
    "response_types",
    "scope",
    "sector_identifier_uri",
    "software_id",
    "software_statement",
    "software_version",
    "strict_assertion_audience",
    "subject_type",
    "tls_client_auth_san_dns",
    "tls_client_auth_san_email",
    "tls_client_auth_san_ip",
    "tls_client_auth_san_uri",
    "tls_client_auth_subject_dn",
    "tls_client_certificate_bound_access_tokens",
    "token_endpoint_auth_method",
    "token_endpoint_auth_signing_alg",
    "tos_uri",
    "userinfo_encrypted_response_alg",
    "userinfo_encrypted_response_enc",
    "userinfo_signed_response_alg",
});
static_assert(std::ranges::is_sorted(registrable));

/// They reach others' services, so somebody must have vouched.
constexpr std::array<std::string_view, 4> vouched_members = {
    "access_token_claims", "access_token_format", "authorization_details_types", "resources"};
constexpr std::array<std::string_view, 2> strangers_grants = {"authorization_code",
                                                              "refresh_token"};
constexpr std::array<std::string_view, 6> strangers_scopes = {
    "openid", "profile", "email", "address", "phone", "offline_access"};

constexpr std::string_view name_in = "client_name#";
constexpr std::size_t language_tag_bytes = 35;  // BCP 47 §4.4.1

bool is_name_in_a_language(std::string_view member) {
    if (!member.starts_with(name_in)) return false;
    auto const tag = member.substr(name_in.size());
    return !tag.empty() && tag.size() <= language_tag_bytes &&
           std::ranges::all_of(tag, [](char c) { return is_alphanumeric(c) || c == '-'; });
}

Refusal invalid_metadata(std::string_view member, std::string_view why) {
    return {OAuthError::invalid_client_metadata, std::string(member).append(" ").append(why), {}};
}

/// https at a name, a public address or one that calls may go to all the same. That a name leads to
/// none inside is checked when the socket is opened (idp/base/http_client.hpp).
bool may_be_called(std::string_view uri, std::span<IpNetwork const> inside) {
    auto const url = parse_http_url(uri.substr(0, uri.find('#')));
    if (!url || url->scheme != "https") return false;
    std::string_view host = url->host;
    if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
    if (auto const address = IpAddress::parse(host))
        return address->is_public() || std::ranges::any_of(inside, [&](IpNetwork const& block) {
                   return block.contains(*address);
               });
    return !url->is_loopback() && !host.ends_with(".localhost");
}

Checked<> check_addresses(Client const& client, std::span<IpNetwork const> inside) {
    for (auto const& [member, uri] :
         std::initializer_list<std::pair<std::string_view, std::string>>{
             {"jwks_uri", client.jwks_uri},
             {"sector_identifier_uri", client.sector_identifier_uri},
             {"client_uri", client.client_uri},
             {"logo_uri", client.logo_uri},
             {"policy_uri", client.policy_uri},
             {"tos_uri", client.tos_uri},
             {"initiate_login_uri", client.initiate_login_uri},
             {"backchannel_logout_uri", client.backchannel_logout_uri},
             {"frontchannel_logout_uri", client.frontchannel_logout_uri},
             {"backchannel_client_notification_endpoint",
              client.backchannel_client_notification_endpoint}})
        if (!uri.empty() && !may_be_called(uri, inside))
            return invalid_metadata(member, "is not outside");
    for (auto const& uri : client.request_uris)
        if (!may_be_called(uri, inside)) return invalid_metadata("request_uris", "are not outside");
    return {};
}

Checked<> check_stranger(Client const& client) {
    for (auto const& grant : client.grant_types)
        if (std::ranges::find(strangers_grants, grant) == strangers_grants.end())
            return invalid_metadata("grant_types", "has one for known clients alone");
    for (auto const& scope : client.scope)
        if (std::ranges::find(strangers_scopes, scope) == strangers_scopes.end())
            return invalid_metadata("scope", "has one for known clients alone");
    for (auto const& [member, uri] :
         std::initializer_list<std::pair<std::string_view, std::string>>{
             {"client_uri", client.client_uri},
             {"logo_uri", client.logo_uri},
             {"policy_uri", client.policy_uri},
             {"tos_uri", client.tos_uri}}) {
        auto const is_there = [host = host_of(uri)](std::string const& redirect_uri) {
            return host_of(redirect_uri) == host;
        };
        if (!uri.empty() && std::ranges::none_of(client.redirect_uris, is_there))
            return invalid_metadata(member, "is on another host than the redirect_uris");
    }
    return {};
}

json::array list_of(std::vector<std::string> const& texts) {
    json::array list;
    for (auto const& text : texts)
        list.push_back(json::value(text));
    return list;
}

}  // namespace

json::object registrable_members(json::object const& asked, Registrant registrant) {
    json::object members;
    for (auto const& member : asked) {
        std::string_view const name = member.key();
        bool const vouched = registrant == Registrant::vouched &&
                             std::ranges::find(vouched_members, name) != vouched_members.end();
        // RFC 7591 §2: null is the same as absent.
        bool const may =
            vouched || std::ranges::binary_search(registrable, name) || is_name_in_a_language(name);
        if (may && !member.value().is_null()) members[name] = member.value();
    }
    return members;
}

bool needs_client_secret(json::object const& metadata) {
    auto const method =
        find_string(metadata, "token_endpoint_auth_method").value_or("client_secret_basic");
    if (method == "none") return false;
    if (method.starts_with("client_secret_")) return true;
    for (std::string_view const member :
         {"request_object_signing_alg", "backchannel_authentication_request_signing_alg"})
        if (find_string(metadata, member).value_or("").starts_with("HS")) return true;
    return false;
}

Checked<> check_registrable(Client const& client, Registrant registrant,
                            std::span<IpNetwork const> inside) {
    if (client.allows_grant("implicit")) return invalid_metadata("grant_types", "has implicit");
    if (auto outside = check_addresses(client, inside); !outside) return outside;
    if (registrant == Registrant::stranger) return check_stranger(client);
    return {};
}

void write_defaults(Client const& client, json::object& metadata) {
    auto const usual = [&](std::string_view member, json::value value) {
        metadata.emplace(member, std::move(value));
    };
    usual("application_type", "web");
    usual("grant_types", list_of(client.grant_types));
    usual("response_types", list_of(client.response_types));
    usual("scope", json::string(format_scope(client.scope)));
    usual("subject_type", "public");
    usual("token_endpoint_auth_method", "client_secret_basic");
    usual("id_token_signed_response_alg", json::string(jose::name_of(*client.id_token.signed_alg)));
}

Refusal metadata_refusal(Error const& error) {
    bool const of_redirects = error.code == make_error_code(MetadataErrc::invalid_redirect_uri);
    auto const member = error.detail.substr(0, error.detail.find(':'));
    return {of_redirects ? OAuthError::invalid_redirect_uri : OAuthError::invalid_client_metadata,
            member + " does not do", error.detail};
}

}  // namespace tunnus::oidc
