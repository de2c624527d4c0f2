// SPDX-License-Identifier: MIT
// RFC 9470: a protected resource that asks for a better or fresher authentication than the access
// token stands for.
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/http.hpp"
#include "oidc/protocol/client.hpp"
#include "oidc/protocol/refusal.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus::oidc {

/// What a resource asks of the login behind a token.
struct AuthenticationDemand {
    std::vector<std::string> acr_values;  ///< any of these, or a level above one; empty: any
    std::optional<seconds> max_age;
};

/// Whether a login of this level and time satisfies the demand, in the order of `levels` (lowest
/// first). A time ahead of `now` does not (a clock went back).
[[nodiscard]] bool satisfies(AuthenticationDemand const& demand, std::string_view acr,
                             TimePoint auth_time, std::vector<std::string> const& levels,
                             TimePoint now);

/// What a client's registered minimum asks at userinfo: its default_acr_values that are levels of
/// ours. A login below it was made before the minimum was registered.
[[nodiscard]] AuthenticationDemand registered_demand(Client const& client,
                                                     std::vector<std::string> const& levels);

/// §3: insufficient_user_authentication.
[[nodiscard]] Refusal step_up_refusal();
/// Adds to the challenge of its answer (bearer_error) what to ask for at the authorization
/// endpoint: `acr_values` and `max_age` work there as always.
void state_demand(AuthenticationDemand const& demand, HttpResponse& response);

}  // namespace tunnus::oidc
