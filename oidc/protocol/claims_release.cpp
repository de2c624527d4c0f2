// SPDX-License-Identifier: MIT
#include "oidc/protocol/claims_release.hpp"

#include "oidc/protocol/scope.hpp"

#include <algorithm>

namespace tunnus::oidc {

ClaimsQuery release_at_level(ClaimsQuery query, std::vector<ScopeInfo> const& scopes,
                             std::vector<std::string> const& levels) {
    for (auto const& scope : scopes) {
        if (acr_at_least(levels, query.acr, scope.minimum_acr)) continue;
        std::erase(query.scopes, scope.name);
        auto const in_scope = [&](std::string_view tagged) {
            return contains(scope.claims, tagged.substr(0, tagged.find('#')));
        };
        std::erase_if(query.claim_names, in_scope);
        std::erase_if(query.verified_names, in_scope);
    }
    return query;
}

}  // namespace tunnus::oidc
