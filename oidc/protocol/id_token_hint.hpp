// SPDX-License-Identifier: MIT
// `id_token_hint` (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2): an ID token of our own
// that comes back.
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/limits_fwd.hpp"
#include "oidc/jose/jwk_set.hpp"
#include "oidc/protocol/refusal.hpp"

#include <string>
#include <string_view>

namespace tunnus::oidc {

struct IdTokenHint {
    std::string client_id;  ///< `aud`
    std::string sub;
    std::string sid;  ///< empty without
};

/// Accepts what we signed as an ID token, also when it has expired. Anything else is
/// invalid_request: a hint that cannot be believed must not pick a person (threats.md O-31).
/// Whether it is the asking client's is for the caller to compare.
[[nodiscard]] Checked<IdTokenHint> check_id_token_hint(std::string_view id_token,
                                                       std::string_view issuer,
                                                       jose::JwkSet const& keys,
                                                       Limits const& limits, TimePoint now);

}  // namespace tunnus::oidc
