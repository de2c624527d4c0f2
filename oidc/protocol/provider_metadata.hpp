// SPDX-License-Identifier: MIT
// OpenID Connect Discovery §3 and RFC 8414 §2: what this provider states of itself. Only what is
// built and configured.
#pragma once

#include "idp/base/verified_claims_offer.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tunnus::oidc {

struct ProviderMetadata {
    std::string_view issuer;
    std::vector<std::string> scopes;      ///< the plugins'; `openid` and `offline_access` are added
    std::vector<std::string> claims;      ///< the plugins'; the provider's own are added
    std::vector<std::string> acr_values;  ///< lowest first
    std::vector<std::string> signing_algorithms;
    std::vector<std::string> authorization_details_types = {};
    bool require_pushed_authorization_requests = false;  ///< of every client
    bool registers_clients = false;
    // RFC 8705, where client certificates can arrive
    bool client_certificates = false;
    bool certificate_authorities = false;  ///< tls_client_auth, besides self-signed ones
    std::string_view mtls_url = {};        ///< origin of the aliases; empty: none
    bool takes_assertions = false;         ///< some issuer's, as a grant (RFC 7523 §2.1)
    VerifiedClaimsOffer verified_claims = {};
    std::vector<std::string> decryption_algorithms = {};  ///< empty: nothing is encrypted to us
};
/// One document for both well-known addresses: RFC 8414 §2 lets further members stand in it.
[[nodiscard]] std::string provider_metadata(ProviderMetadata const& metadata);

}  // namespace tunnus::oidc
