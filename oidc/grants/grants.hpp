// SPDX-License-Identifier: MIT
// The grants of the token endpoint: one file each. The endpoint has authenticated the client and
// checked that it registered the grant; a grant reads, checks, signs, and hands over one intention
// with the answer for either end of it.
#pragma once

#include "oidc/back_channel_call.hpp"

namespace tunnus::oidc {

using GrantRequest = BackChannelCall;
struct LiveToken;

/// RFC 6749 §4.1.3. A code that is unknown, another client's, expired, revoked, used, for another
/// redirect_uri or verifier is invalid_grant. A used one is besides an attack: everything of its
/// grant is revoked. Nothing else consumes it (threats.md O-43 to O-48).
///
/// A refresh token comes with it when the client registered the grant refresh_token and either
/// `offline_access` was granted or the client is confidential. Without offline_access it lives no
/// longer than the session (Back-Channel Logout §2.7).
[[nodiscard]] Checked<Outcome> redeem_authorization_code(GrantRequest const& request);

/// RFC 6749 §6, RFC 9700 §4.14.2: the token is replaced at each use, its end stays where the login
/// put it, and a replaced one that comes again ends the grant (threats.md O-63 to O-69). For
/// limits.refresh_repeat_window, and until its successor is used, the same request gets the same
/// answer once more.
[[nodiscard]] Checked<Outcome> refresh(GrantRequest const& request);

/// RFC 8628 §3.4: tokens once the person has allowed it, by an ordinary login on another device.
/// Until then authorization_pending, or slow_down for a device that asks too often and waits 5
/// seconds longer from then on; access_denied, expired_token. Refresh tokens as for a code.
[[nodiscard]] Checked<Outcome> redeem_device_code(GrantRequest const& request);

/// OpenID CIBA Core §10.1: the same for a person whom the service asked (auth_req_id), in the modes
/// poll and ping.
[[nodiscard]] Checked<Outcome> redeem_auth_req_id(GrantRequest const& request);

/// RFC 8693: an access token made of a person's access token, which the client holds itself or
/// which names it as its audience, for targets among the client's registered `resources`. It has no
/// more scope, and no longer a life, than the one it is made of, and ends with the same grant; it
/// has no refresh token. `act` says which client acts for the person: one that was handed the
/// token, or that shows a token of its own as `actor_token`. invalid_request, invalid_target,
/// invalid_scope (threats.md O-82).
[[nodiscard]] Checked<Outcome> exchange_token(GrantRequest const& request);

/// The same as Helsinki's services spell it to get one access token for each API: grant_type
/// `urn:ietf:params:oauth:grant-type:uma-ticket` with one `audience`, which the client registered
/// in `resources`, and the `permission`, spelled `#name`, if its registered `scope` has that name.
/// There is no ticket of UMA, and no client authentication but the access token of a `login`
/// (oidc/endpoints/token_by_bearer.hpp), whose end is the new token's too.
[[nodiscard]] Checked<Outcome> redeem_uma_ticket(GrantRequest const& request,
                                                 LiveToken const& login);

/// RFC 7523 §2.1: an access token about a person on the word of an issuer that the operator trusts
/// (oidc/protocol/assertion_grant.hpp), once, where the person has allowed this service what it
/// asks for. No login stands behind it: it has no level and no time, and there is no refresh token.
/// invalid_grant for every fault of the assertion and for an account that is not there or disabled
/// (threats.md O-83).
[[nodiscard]] Checked<Outcome> redeem_assertion(GrantRequest const& request);

/// RFC 6749 §4.4: a token for the client itself, which has no subject and opens nobody's data.
[[nodiscard]] Checked<Outcome> issue_to_client(GrantRequest const& request);

}  // namespace tunnus::oidc
