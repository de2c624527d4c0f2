// SPDX-License-Identifier: MIT
#include "oidc/protocol/provider_metadata.hpp"

#include "oidc/protocol/dpop.hpp"
#include "oidc/protocol/json_writer.hpp"
#include "oidc/protocol/scope.hpp"
#include "oidc/protocol/token_request.hpp"

namespace tunnus::oidc {
namespace {

using Words = std::vector<std::string>;

/// `own` and then those of `others` that are new.
Words joined(Words own, Words const& others) {
    for (auto const& word : others)
        if (!contains(own, word)) own.push_back(word);
    return own;
}

/// RFC 8705 §5: the endpoints that a client calls itself.
boost::json::object aliases(std::string_view origin) {
    boost::json::object endpoints;
    for (auto const& [name, path] :
         {std::pair("token_endpoint", "/token"), std::pair("userinfo_endpoint", "/userinfo"),
          std::pair("introspection_endpoint", "/introspect"),
          std::pair("revocation_endpoint", "/revoke"),
          std::pair("pushed_authorization_request_endpoint", "/par"),
          std::pair("device_authorization_endpoint", "/device_authorization"),
          std::pair("backchannel_authentication_endpoint", "/backchannel_authentication")})
        endpoints[name] = std::string(origin).append(path);
    return endpoints;
}

/// OpenID Connect for Identity Assurance §8.
void add_verified_claims(JsonWriter& json, VerifiedClaimsOffer const& offer) {
    if (offer.claims.empty()) return;
    json.member("verified_claims_supported", true);
    json.member("trust_frameworks_supported", offer.trust_frameworks);
    json.member("claims_in_verified_claims_supported", offer.claims);
    if (!offer.evidence.empty()) json.member("evidence_supported", offer.evidence);
    if (!offer.documents.empty()) json.member("documents_supported", offer.documents);
    if (!offer.electronic_records.empty())
        json.member("electronic_records_supported", offer.electronic_records);
}

}  // namespace

std::string provider_metadata(ProviderMetadata const& metadata) {
    Words confidential_methods{"client_secret_basic", "client_secret_post", "client_secret_jwt",
                               "private_key_jwt"};
    if (metadata.certificate_authorities) confidential_methods.emplace_back("tls_client_auth");
    if (metadata.client_certificates)
        confidential_methods.emplace_back("self_signed_tls_client_auth");
    Words const methods = joined(confidential_methods, {"none"});
    Words const asymmetric_algorithms{"ES256", "EdDSA", "Ed25519", "PS256", "RS256", "ES384",
                                      "ES512", "PS384", "PS512",   "RS384", "RS512"};
    Words const client_algorithms = joined(asymmetric_algorithms, {"HS256", "HS384", "HS512"});
    Words const encryption_algorithms{"RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW",
                                      "ECDH-ES+A256KW"};
    Words const content_encryptions{"A128CBC-HS256", "A256GCM"};
    auto const at = [&](std::string_view path) {
        return std::string(metadata.issuer).append(path);
    };
    JsonWriter json(2'048);
    json.member("issuer", metadata.issuer);
    json.member("authorization_endpoint", at("/authorize"));
    json.member("token_endpoint", at("/token"));
    json.member("pushed_authorization_request_endpoint", at("/par"));
    json.member("require_pushed_authorization_requests",
                metadata.require_pushed_authorization_requests);
    json.member("userinfo_endpoint", at("/userinfo"));
    json.member("jwks_uri", at("/jwks.json"));
    json.member("introspection_endpoint", at("/introspect"));
    json.member("revocation_endpoint", at("/revoke"));
    json.member("device_authorization_endpoint", at("/device_authorization"));
    json.member("backchannel_authentication_endpoint", at("/backchannel_authentication"));
    json.member("backchannel_token_delivery_modes_supported", Words{"poll", "ping"});
    json.member("backchannel_authentication_request_signing_alg_values_supported",
                asymmetric_algorithms);
    json.member("backchannel_user_code_parameter_supported", true);
    json.member("end_session_endpoint", at("/logout"));
    if (metadata.registers_clients) json.member("registration_endpoint", at("/register"));
    json.member("response_types_supported",
                Words{"code", "id_token", "id_token token", "code id_token", "code token",
                      "code id_token token"});
    json.member("response_modes_supported", Words{"query", "fragment", "form_post", "jwt",
                                                  "query.jwt", "fragment.jwt", "form_post.jwt"});
    json.member("authorization_signing_alg_values_supported", metadata.signing_algorithms);
    json.member("authorization_encryption_alg_values_supported", encryption_algorithms);
    json.member("authorization_encryption_enc_values_supported", content_encryptions);
    Words grant_types{"authorization_code",
                      "implicit",
                      "refresh_token",
                      "client_credentials",
                      std::string(device_code_grant_type),
                      std::string(token_exchange_grant_type),
                      std::string(uma_ticket_grant_type),
                      std::string(ciba_grant_type)};
    if (metadata.takes_assertions) grant_types.emplace_back(jwt_bearer_grant_type);
    json.member("grant_types_supported", grant_types);
    json.member("code_challenge_methods_supported", Words{"S256"});
    json.member("subject_types_supported", Words{"public", "pairwise"});
    json.member("id_token_signing_alg_values_supported", metadata.signing_algorithms);
    for (std::string_view const kind : {"userinfo", "introspection"})
        json.member(std::string(kind) + "_signing_alg_values_supported",
                    metadata.signing_algorithms);
    for (std::string const kind : {"id_token", "userinfo", "introspection"}) {
        json.member(kind + "_encryption_alg_values_supported", encryption_algorithms);
        json.member(kind + "_encryption_enc_values_supported", content_encryptions);
    }
    json.member("token_endpoint_auth_methods_supported", methods);
    json.member("token_endpoint_auth_signing_alg_values_supported", client_algorithms);
    json.member("introspection_endpoint_auth_methods_supported", confidential_methods);
    json.member("introspection_endpoint_auth_signing_alg_values_supported", client_algorithms);
    json.member("revocation_endpoint_auth_methods_supported", methods);
    json.member("revocation_endpoint_auth_signing_alg_values_supported", client_algorithms);
    json.member("dpop_signing_alg_values_supported",
                Words(dpop_algorithm_names.begin(), dpop_algorithm_names.end()));
    if (metadata.client_certificates)
        json.member("tls_client_certificate_bound_access_tokens", true);
    if (!metadata.mtls_url.empty())
        json.member("mtls_endpoint_aliases", boost::json::value(aliases(metadata.mtls_url)));
    json.member("scopes_supported", joined({"openid", "offline_access"}, metadata.scopes));
    json.member("claim_types_supported", Words{"normal"});
    json.member("claims_supported", joined({"sub", "iss", "aud", "exp", "iat", "auth_time", "nonce",
                                            "acr", "amr", "azp", "sid", "at_hash"},
                                           metadata.claims));
    json.member("claims_parameter_supported", true);
    add_verified_claims(json, metadata.verified_claims);
    if (!metadata.authorization_details_types.empty())
        json.member("authorization_details_types_supported", metadata.authorization_details_types);
    json.member("acr_values_supported", metadata.acr_values);
    json.member("ui_locales_supported", Words{"fi", "sv", "en"});
    json.member("request_parameter_supported", true);
    json.member("request_uri_parameter_supported", true);
    json.member("require_request_uri_registration", true);
    json.member("request_object_signing_alg_values_supported", client_algorithms);
    if (!metadata.decryption_algorithms.empty()) {
        json.member("request_object_encryption_alg_values_supported",
                    metadata.decryption_algorithms);
        json.member("request_object_encryption_enc_values_supported", content_encryptions);
    }
    json.member("authorization_response_iss_parameter_supported", true);
    json.member("check_session_iframe", at("/session/check"));
    json.member("frontchannel_logout_supported", true);
    json.member("frontchannel_logout_session_supported", true);
    json.member("backchannel_logout_supported", true);
    json.member("backchannel_logout_session_supported", true);
    return std::move(json).finish();
}

}  // namespace tunnus::oidc
