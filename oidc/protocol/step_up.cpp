// SPDX-License-Identifier: MIT
#include "oidc/protocol/step_up.hpp"

#include "oidc/protocol/acr.hpp"
#include "oidc/protocol/claims_provider.hpp"
#include "oidc/protocol/scope.hpp"

#include <algorithm>
#include <iterator>

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

AuthenticationDemand registered_demand(Client const& client,
                                       std::vector<std::string> const& levels) {
    AuthenticationDemand demand;
    std::ranges::copy_if(minimum_levels(client, levels), std::back_inserter(demand.acr_values),
                         [&](std::string const& level) { return contains(levels, level); });
    return demand;
}

Refusal step_up_refusal() {
    return {OAuthError::insufficient_user_authentication,
            "a different authentication is needed",
            {},
            Delivery::bearer};
}

void state_demand(AuthenticationDemand const& demand, HttpResponse& response) {
    std::string challenge(response.headers.find("WWW-Authenticate").value_or(""));
    if (!demand.acr_values.empty())
        challenge.append(", acr_values=\"").append(format_scope(demand.acr_values)).append("\"");
    if (demand.max_age)
        challenge.append(", max_age=\"")
            .append(std::to_string(demand.max_age->count()))
            .append("\"");
    response.headers.set("WWW-Authenticate", challenge);
}

}  // namespace tunnus::oidc
