// SPDX-License-Identifier: MIT
// The token request that Helsinki's services send to get one access token for each API: grant_type
// `urn:ietf:params:oauth:grant-type:uma-ticket` with `audience` and `permission`, and no client
// authentication but the login's own access token as a bearer token. It is a token exchange by
// another spelling (RFC 8693), without a ticket of UMA.
#pragma once

#include "oidc/provider.hpp"

namespace tunnus::oidc {

/// Whether a request to the token endpoint authenticates so: `Authorization: Bearer` or `DPoP`.
[[nodiscard]] bool is_by_bearer_token(HttpRequest const& request);

/// One access token for one `audience`, which the token's client registered in `resources`, and
/// with the `permission`, spelled `#name`, if its registered `scope` has that name. The new token
/// ends with the one it is made of. Refuses a bad bearer token with BEAR(e), all else with TOK(e).
[[nodiscard]] Outcome uma_ticket(Provider const& provider, HttpRequest const& request);

}  // namespace tunnus::oidc
