// SPDX-License-Identifier: MIT
#include "idp/base/encoding.hpp"
#include "oidc/endpoints/endpoints.hpp"
#include "oidc/endpoints/public_document.hpp"
#include "oidc/protocol/provider_metadata.hpp"
#include "oidc/protocol/scope.hpp"

#include <algorithm>

namespace tunnus::oidc {

/// Written anew each time, some ten microseconds: what is stated can then never lag behind what is
/// configured.
Outcome openid_configuration(Provider const& provider, HttpRequest const& request) {
    ProviderMetadata metadata;
    metadata.issuer = provider.issuer;
    metadata.registers_clients = provider.registers_clients;
    metadata.takes_assertions = std::ranges::any_of(provider.assertion_issuers,
                                                    [](auto const& one) { return !one.disabled; });
    for (auto const& scope : provider.claims.scopes())
        metadata.scopes.push_back(scope.name);
    metadata.claims = provider.claims.claims_supported();
    metadata.verified_claims = provider.claims.verified_claims_offer();
    metadata.acr_values = provider.claims.acr_values_supported();
    for (auto const& key : provider.keys.current()->keys)
        if (!contains(metadata.signing_algorithms, key.alg))
            metadata.signing_algorithms.push_back(key.alg);
    for (auto const alg : jose::all_key_managements)
        if (std::ranges::any_of(provider.keys.current()->decryption,
                                [alg](auto const& key) { return key.takes(alg); }))
            metadata.decryption_algorithms.emplace_back(jose::name_of(alg));
    for (auto const& type : provider.claims.authorization_details_types())
        metadata.authorization_details_types.push_back(type.name);
    metadata.require_pushed_authorization_requests = provider.require_pushed_authorization_requests;
    metadata.client_certificates = provider.certificates.accepted;
    metadata.certificate_authorities = provider.certificates.authorities != nullptr;
    metadata.mtls_url = provider.certificates.url;
    auto const json = provider_metadata(metadata);
    auto const etag = '"' + encode_base64url(sha256(json).substr(0, 16)) + '"';
    return public_document(request, json, etag);
}

}  // namespace tunnus::oidc
