// SPDX-License-Identifier: MIT
// An access token that a request presents (RFC 6750, RFC 9449 §7), verified against storage and
// against what the caller proves to have: what every protected resource of ours asks.
#pragma once

#include "oidc/protocol/bearer.hpp"
#include "oidc/protocol/confirmation.hpp"
#include "oidc/protocol/step_up.hpp"
#include "oidc/provider.hpp"

#include <memory>

namespace tunnus::oidc {

struct LiveAccessToken {
    storage::AccessToken token;
    std::optional<storage::Grant> grant;  ///< none: the client's own token, about nobody
    std::shared_ptr<Client const> client;
    /// The proof that came with a token that is bound to a DPoP key: the caller uses it up before
    /// anything is answered (one_time_use.hpp).
    std::optional<DpopProof> proof;
    Confirmation shown;  ///< what the caller proved to have
};

/// One query. Refuses with invalid_token, for the caller alike for every reason; with
/// invalid_dpop_proof or use_dpop_nonce (dpop.hpp) when a token that is bound to a key comes
/// without a good proof; or with server_error when storage does not answer. A token that is bound
/// to a certificate is taken over a connection of that certificate alone (RFC 8705 §3).
[[nodiscard]] Checked<LiveAccessToken> verify_access_token(Provider const& provider,
                                                           HttpRequest const& request,
                                                           PresentedAccessToken const& presented,
                                                           TimePoint now);

/// Whether the login behind the token is of the level and age asked for (RFC 9470). A client's own
/// token has no login.
[[nodiscard]] bool satisfies(AuthenticationDemand const& demand, LiveAccessToken const& caller,
                             std::vector<std::string> const& levels, TimePoint now);

}  // namespace tunnus::oidc
