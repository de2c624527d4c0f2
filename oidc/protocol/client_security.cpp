// SPDX-License-Identifier: MIT
#include "oidc/protocol/client_security.hpp"

#include "idp/base/configuration.hpp"
#include "oidc/protocol/client_certificate.hpp"
#include "oidc/protocol/encrypted_response.hpp"
#include "oidc/protocol/response_type.hpp"
#include "oidc/protocol/token_request.hpp"

#include <algorithm>
#include <array>

namespace tunnus::oidc {
namespace {

namespace json = boost::json;

Result<Secret> read_client_secret(json::value const& value, std::string const& folder) {
    if (!value.is_string()) return read_secret(value, folder);
    std::string text(value.get_string());
    if (text.empty()) return Error(BaseErrc::denied, "an empty secret");
    return Secret(std::move(text));
}

/// Signatures that a client makes: with a key of its own, or with its secret.
std::optional<jose::Algorithm> read_client_algorithm(MetadataReader& metadata,
                                                     std::string_view member) {
    auto const name = metadata.text(member);
    if (name.empty()) return std::nullopt;
    auto const found = jose::find_algorithm(name);
    if (!found) metadata.complain(member, "unknown algorithm");
    return found;
}

void read_keys(MetadataReader& metadata, Client& client, Limits const& limits) {
    client.jwks_uri = metadata.web_uri("jwks_uri");
    auto const* jwks = metadata.find("jwks");
    if (jwks == nullptr) return;
    if (!client.jwks_uri.empty()) metadata.complain("jwks", "not together with jwks_uri");
    auto const* object = jwks->if_object();
    auto keys = object != nullptr ? parse_client_keys(*object, limits)
                                  : Result<ClientKeys>(Error(BaseErrc::malformed, "no object"));
    if (keys)
        client.jwks = std::make_shared<ClientKeys const>(std::move(*keys));
    else
        metadata.complain("jwks", keys.error().text());
}

void read_certificate_subject(MetadataReader& metadata, Client& client) {
    using enum CertificateSubject::Kind;
    constexpr std::array<std::pair<std::string_view, CertificateSubject::Kind>, 5> members = {{
        {"tls_client_auth_subject_dn", dn},
        {"tls_client_auth_san_dns", san_dns},
        {"tls_client_auth_san_uri", san_uri},
        {"tls_client_auth_san_ip", san_ip},
        {"tls_client_auth_san_email", san_email},
    }};
    for (auto const& [member, kind] : members) {
        auto value = metadata.text(member);
        if (value.empty()) continue;
        if (client.tls_client_auth_subject)
            metadata.complain(member, "only one of the tls_client_auth members");
        if (kind == dn && !is_distinguished_name(value))
            metadata.complain(member, "is no distinguished name of RFC 4514");
        client.tls_client_auth_subject = CertificateSubject{kind, std::move(value)};
    }
}

/// Which secret, key or subject the method asks for, and none that another one does.
void check_credentials(MetadataReader& metadata, Client const& client) {
    using enum TokenEndpointAuthMethod;
    auto const method = client.token_endpoint_auth_method;
    bool const by_secret = method == client_secret_basic || method == client_secret_post ||
                           method == client_secret_jwt;
    bool const by_key = method == private_key_jwt || method == self_signed_tls_client_auth;
    // A client with keys may have a secret too: for HMAC-signed request objects.
    if (client.is_public() && client.client_secret)
        metadata.complain("client_secret", "not for token_endpoint_auth_method none");
    if (by_secret && !client.client_secret)
        metadata.complain("client_secret", "required by token_endpoint_auth_method");
    // RFC 7518 §3.2, for the shortest HMAC. A longer one refuses the secret when it is used.
    if (method == client_secret_jwt && client.client_secret &&
        client.client_secret->reveal().size() < 32)
        metadata.complain("client_secret", "needs 32 bytes for client_secret_jwt");
    if (by_key && !client.jwks && client.jwks_uri.empty())
        metadata.complain("jwks", "it or jwks_uri is required by token_endpoint_auth_method");
    if ((method == tls_client_auth) != client.tls_client_auth_subject.has_value())
        metadata.complain("tls_client_auth_subject_dn",
                          "it or its kin belongs to token_endpoint_auth_method tls_client_auth");
    if (auto const alg = client.token_endpoint_auth_signing_alg) {
        bool const symmetric = jose::shape_for(*alg).type == jose::KeyType::oct;
        if (method != (symmetric ? client_secret_jwt : private_key_jwt))
            metadata.complain("token_endpoint_auth_signing_alg",
                              "does not suit token_endpoint_auth_method");
    }
}

void read_authentication(MetadataReader& metadata, Client& client, Limits const& limits,
                         std::string const& folder) {
    static constexpr std::array<std::string_view, 7> methods = {"none",
                                                                "client_secret_basic",
                                                                "client_secret_post",
                                                                "client_secret_jwt",
                                                                "private_key_jwt",
                                                                "tls_client_auth",
                                                                "self_signed_tls_client_auth"};
    client.token_endpoint_auth_method = static_cast<TokenEndpointAuthMethod>(
        metadata.choice("token_endpoint_auth_method", methods, 1));
    client.token_endpoint_auth_signing_alg =
        read_client_algorithm(metadata, "token_endpoint_auth_signing_alg");
    if (auto const* value = metadata.find("client_secret")) {
        auto secret = read_client_secret(*value, folder);
        if (secret)
            client.client_secret = std::move(*secret);
        else
            metadata.complain("client_secret", secret.error().text());
    }
    read_keys(metadata, client, limits);
    read_certificate_subject(metadata, client);
    check_credentials(metadata, client);
    client.strict_assertion_audience = metadata.flag("strict_assertion_audience", false);
    for (std::string_view const grant :
         {std::string_view("client_credentials"), token_exchange_grant_type, jwt_bearer_grant_type,
          ciba_grant_type})
        if (client.is_public() && client.allows_grant(grant))
            metadata.complain("grant_types", std::string(grant) + " needs a confidential client");
}

void read_requests(MetadataReader& metadata, Client& client) {
    client.require_pkce = metadata.flag("require_pkce", true);
    if (client.is_public() && !client.require_pkce)
        metadata.complain("require_pkce", "a client without secret needs PKCE");
    client.require_pushed_authorization_requests =
        metadata.flag("require_pushed_authorization_requests", false);
    client.require_signed_request_object = metadata.flag("require_signed_request_object", false);
    client.request_object_signing_alg =
        read_client_algorithm(metadata, "request_object_signing_alg");
    constexpr std::string_view alg_member = "request_object_encryption_alg";
    constexpr std::string_view enc_member = "request_object_encryption_enc";
    auto& [alg, enc] = client.request_object_encryption;
    if (auto const name = metadata.text(alg_member); !name.empty()) {
        alg = jose::find_key_management(name);
        if (!alg) metadata.complain(alg_member, "unknown algorithm");
        enc = jose::ContentEncryption::A128CBC_HS256;  // OpenID Connect Registration §2
    }
    if (auto const name = metadata.text(enc_member); !name.empty()) {
        enc = jose::find_content_encryption(name);
        if (!enc || !alg) metadata.complain(enc_member, "unknown algorithm, or none to go with");
    }
    if (client.require_signed_request_object && !client.jwks && client.jwks_uri.empty() &&
        !client.client_secret)
        metadata.complain("require_signed_request_object", "needs keys to check signatures with");
}

/// The three members of one kind of token: `<kind>_signed_<what>_alg` and the two of encryption.
ResponseProtection read_protection(MetadataReader& metadata, Client const& client,
                                   std::string const& kind, std::optional<jose::Algorithm> usual) {
    ResponseProtection protection{.signed_alg = usual, .encrypted_alg = {}};
    auto const signed_member = kind + "_signed_response_alg";
    auto const alg_member = kind + "_encrypted_response_alg";
    auto const enc_member = kind + "_encrypted_response_enc";
    if (auto const name = metadata.text(signed_member); !name.empty()) {
        protection.signed_alg = jose::find_algorithm(name);
        // We sign by one name of each.
        if (!protection.signed_alg || jose::name_of(*protection.signed_alg) != name ||
            jose::shape_for(*protection.signed_alg).type == jose::KeyType::oct)
            metadata.complain(signed_member, "unknown algorithm");
    }
    auto const alg = metadata.text(alg_member);
    auto const enc = metadata.text(enc_member);
    if (!alg.empty()) {
        protection.encrypted_alg = jose::find_key_management(alg);
        if (!protection.encrypted_alg) metadata.complain(alg_member, "unknown algorithm");
        if (!client.jwks && client.jwks_uri.empty())
            metadata.complain(alg_member, "needs jwks or jwks_uri");
        if (client.jwks && protection.encrypted_alg &&
            !find_encryption_key(protection, *client.jwks))
            metadata.complain(alg_member, "jwks has no key for it");
    }
    if (!enc.empty()) {
        auto const found = jose::find_content_encryption(enc);
        if (!found) metadata.complain(enc_member, "unknown algorithm");
        if (alg.empty()) metadata.complain(enc_member, "needs " + alg_member);
        protection.encrypted_enc = found.value_or(jose::ContentEncryption::A128CBC_HS256);
    }
    return protection;
}

void read_tokens(MetadataReader& metadata, Client& client) {
    static constexpr std::array<std::string_view, 2> formats = {"opaque", "jwt"};
    client.access_token_claims = metadata.texts("access_token_claims");
    client.access_token_format =
        static_cast<AccessTokenFormat>(metadata.choice("access_token_format", formats, 0));
    client.dpop_bound_access_tokens = metadata.flag("dpop_bound_access_tokens", false);
    client.tls_client_certificate_bound_access_tokens =
        metadata.flag("tls_client_certificate_bound_access_tokens", false);
    bool const is_bound =
        client.dpop_bound_access_tokens || client.tls_client_certificate_bound_access_tokens;
    if (is_bound && std::ranges::any_of(client.response_types, [](std::string const& type) {
            return read_response_type(type).token;
        }))
        metadata.complain("response_types", "an access token by the browser cannot be bound");
    constexpr auto usual = jose::Algorithm::RS256;
    client.id_token = read_protection(metadata, client, "id_token", usual);
    client.userinfo = read_protection(metadata, client, "userinfo", std::nullopt);
    client.introspection = read_protection(metadata, client, "introspection", std::nullopt);
    client.authorization = read_protection(metadata, client, "authorization", usual);
}

void read_ciba(MetadataReader& metadata, Client& client) {
    static constexpr std::array<std::string_view, 2> modes = {"poll", "ping"};
    client.backchannel_token_delivery_mode =
        static_cast<DeliveryMode>(metadata.choice("backchannel_token_delivery_mode", modes, 0));
    client.backchannel_client_notification_endpoint =
        metadata.web_uri("backchannel_client_notification_endpoint");
    client.backchannel_authentication_request_signing_alg =
        read_client_algorithm(metadata, "backchannel_authentication_request_signing_alg");
    client.backchannel_user_code_parameter =
        metadata.flag("backchannel_user_code_parameter", false);
    if (client.backchannel_token_delivery_mode == DeliveryMode::ping &&
        client.backchannel_client_notification_endpoint.empty())
        metadata.complain("backchannel_client_notification_endpoint", "required by the mode ping");
    auto const alg = client.backchannel_authentication_request_signing_alg;
    if (!alg) return;
    constexpr std::string_view member = "backchannel_authentication_request_signing_alg";
    if (jose::shape_for(*alg).type == jose::KeyType::oct)
        metadata.complain(member, "must be asymmetric");
    if (!client.jwks && client.jwks_uri.empty())
        metadata.complain(member, "needs jwks or jwks_uri");
}

}  // namespace

Result<ClientKeys> parse_client_keys(json::object const& jwks, Limits const& limits) {
    auto verification = jose::JwkSet::parse(jwks, limits);
    if (!verification) return verification.error();
    ClientKeys keys{std::move(*verification), {}};
    for (auto const& key : jwks.at("keys").as_array())
        keys.all.push_back(key.as_object());
    return keys;
}

void read_security(MetadataReader& metadata, Client& client, Limits const& limits,
                   std::string const& folder) {
    read_authentication(metadata, client, limits, folder);
    read_requests(metadata, client);
    read_tokens(metadata, client);
    read_ciba(metadata, client);
}

}  // namespace tunnus::oidc
