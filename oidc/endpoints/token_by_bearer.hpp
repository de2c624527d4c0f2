// SPDX-License-Identifier: MIT
// A token request that says who asks by an access token in the place of the client's
// authentication: the uma-ticket spelling of a token exchange (oidc/grants/grants.hpp), and nothing
// else.
#pragma once

#include "oidc/provider.hpp"

namespace tunnus::oidc {

/// Whether a request to the token endpoint does so: `Authorization: Bearer` or `DPoP`.
[[nodiscard]] bool is_by_bearer_token(HttpRequest const& request);

/// Refuses a bad access token with BEAR(e), all else with TOK(e).
[[nodiscard]] Outcome token_by_bearer(Provider const& provider, HttpRequest const& request);

}  // namespace tunnus::oidc
