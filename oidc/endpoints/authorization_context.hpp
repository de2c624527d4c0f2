// SPDX-License-Identifier: MIT
// What an authorization request is compared with, whichever endpoint it comes to.
#pragma once

#include "oidc/protocol/authorization_request.hpp"
#include "oidc/provider.hpp"

namespace tunnus::oidc {

/// Refers to both arguments.
[[nodiscard]] inline AuthorizationContext authorization_context(Provider const& provider,
                                                                KeySet const& keys, TimePoint now) {
    AuthorizationContext context{provider.issuer,
                                 provider.limits,
                                 provider.clients,
                                 provider.claims.scopes(),
                                 provider.claims.claims_supported(),
                                 provider.claims.acr_values_supported(),
                                 keys.verification,
                                 now,
                                 provider.claims.authorization_details_types()};
    context.require_pushed = provider.require_pushed_authorization_requests;
    context.client_keys = &provider.client_keys;
    context.decryption = keys.decryption;
    context.signs = [&provider](jose::Algorithm algorithm) {
        return provider.keys.signing_key(jose::name_of(algorithm)) != nullptr;
    };
    context.verified_claims = &provider.claims.verified_claims_offer().claims;
    context.account_actions = provider.account_actions;
    return context;
}

}  // namespace tunnus::oidc
