// SPDX-License-Identifier: MIT
// What a login of some level releases: a scope with a `minimum_acr` gives its claims in a session
// of that level or a higher one alone, however they are asked for.
#pragma once

#include "oidc/protocol/claims_provider.hpp"

#include <string>
#include <vector>

namespace tunnus::oidc {

/// The query without what its `acr` does not reach, in the order of `levels` (lowest first). A
/// claim asked for by name (OpenID Connect Core §5.5, with or without a language tag) does not tell
/// for which scope: one that several release is held to the highest of their levels. What no scope
/// releases stays.
[[nodiscard]] ClaimsQuery release_at_level(ClaimsQuery query, std::vector<ScopeInfo> const& scopes,
                                           std::vector<std::string> const& levels);

}  // namespace tunnus::oidc
