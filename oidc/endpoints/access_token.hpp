// SPDX-License-Identifier: MIT
// An access token that a request presents (RFC 6750, RFC 9449 §7), verified against storage and
// against what the caller proves to have: what every protected resource of ours asks.
#pragma once

#include "oidc/grants/live_token.hpp"
#include "oidc/protocol/bearer.hpp"
#include "oidc/protocol/step_up.hpp"

namespace tunnus::oidc {

struct LiveAccessToken : LiveToken {
    /// The proof that came with a token that is bound to a DPoP key: the caller uses it up before
    /// anything is answered (one_time_use.hpp).
    std::optional<DpopProof> proof;
    Confirmation shown;                         ///< what the caller proved to have
    std::vector<std::string> permissions = {};  ///< of the token at its resource (a uma-ticket)
};

/// One query at most, then the judgement of live_token.hpp. `audience` is for whom the token must
/// be, by name (RFC 8707); empty: for this provider, as a token is that was asked for nothing in
/// particular. Refuses with invalid_token, for the
/// caller alike for every reason; with invalid_dpop_proof or use_dpop_nonce (dpop.hpp) when a token
/// that is bound to a key comes without a good proof; or with server_error when storage does not
/// answer. A token that is bound to a certificate is taken over a connection of that certificate
/// alone (RFC 8705 §3); one that is bound to a key and comes as a bearer token is told so (RFC 9449
/// §7.2).
[[nodiscard]] Checked<LiveAccessToken> verify_access_token(Provider const& provider,
                                                           HttpRequest const& request,
                                                           PresentedAccessToken const& presented,
                                                           TimePoint now,
                                                           std::string_view audience = {});

/// Whether the login behind the token is of the level and age asked for (RFC 9470). A client's own
/// token has no login.
[[nodiscard]] bool satisfies(AuthenticationDemand const& demand, LiveAccessToken const& caller,
                             std::vector<std::string> const& levels, TimePoint now);

}  // namespace tunnus::oidc
