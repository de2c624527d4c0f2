// SPDX-License-Identifier: MIT
// RFC 6750, and RFC 9449 §7.1 for tokens that are bound to a key: how an access token is presented,
// and the challenge when it does not do.
#pragma once

#include "idp/base/http.hpp"
#include "idp/base/limits_fwd.hpp"
#include "oidc/protocol/refusal.hpp"

#include <optional>
#include <string>

namespace tunnus::oidc {

enum class TokenScheme { bearer, dpop };

struct PresentedAccessToken {
    std::string text;
    TokenScheme scheme = TokenScheme::bearer;
};

/// The token of the Authorization header, whose scheme is `Bearer` or `DPoP` in any case (§2.1), or
/// of a POSTed form (§2.2). Empty when there is none. Refuses with invalid_request: a token in the
/// query (RFC 9700 §4.3.2), two tokens or ways, a repeated header, a malformed form.
[[nodiscard]] Checked<std::optional<PresentedAccessToken>> find_access_token(
    HttpRequest const& request, Limits const& limits);

/// 401 with bare challenges: no token was sent (§3.1).
[[nodiscard]] HttpResponse bearer_challenge();
/// BEAR(e) of threats.md 0.2: 401, 403 for insufficient_scope, 400 for invalid_request, 503 for
/// server_error. The challenge is in the scheme that the caller used; in DPoP's is said what is
/// wrong with a proof, and that a token wants one (Delivery::dpop; RFC 9449 §7.1).
[[nodiscard]] HttpResponse bearer_error(Refusal const& refusal,
                                        TokenScheme scheme = TokenScheme::bearer);

}  // namespace tunnus::oidc
