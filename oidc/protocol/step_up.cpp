// SPDX-License-Identifier: MIT
#include "oidc/protocol/step_up.hpp"

#include "oidc/protocol/claims_provider.hpp"
#include "oidc/protocol/scope.hpp"

#include <algorithm>

namespace tunnus::oidc {

bool satisfies(AuthenticationDemand const& demand, std::string_view acr, TimePoint auth_time,
               std::vector<std::string> const& levels, TimePoint now) {
    bool const high_enough = demand.acr_values.empty() ||
                             std::ranges::any_of(demand.acr_values, [&](std::string const& level) {
                                 return acr_at_least(levels, acr, level);
                             });
    bool const fresh_enough =
        !demand.max_age || (auth_time <= now && now - auth_time <= *demand.max_age);
    return high_enough && fresh_enough;
}

std::string step_up_challenge(AuthenticationDemand const& demand) {
    std::string challenge =
        "Bearer error=\"insufficient_user_authentication\", "
        "error_description=\"a different authentication is needed\"";
    if (!demand.acr_values.empty())
        challenge.append(", acr_values=\"").append(format_scope(demand.acr_values)).append("\"");
    if (demand.max_age)
        challenge.append(", max_age=\"")
            .append(std::to_string(demand.max_age->count()))
            .append("\"");
    return challenge;
}

}  // namespace tunnus::oidc
