// SPDX-License-Identifier: MIT
// The level of assurance a login must reach: `acr_values` (OpenID Connect Core §3.1.2.1), the `acr`
// claims request (§5.5.1.1) and the client's registered minimum, brought to one list.
#pragma once

#include "oidc/protocol/claims_parameter.hpp"
#include "oidc/protocol/client.hpp"
#include "oidc/protocol/refusal.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tunnus::oidc {

struct AcrDemand {
    std::vector<std::string> values;  ///< any of these, or one above, will do; empty: any level
    bool essential = false;           ///< asked as an essential claim: no lower level will do
};

/// Any of these, or one above, is enough for every login of the client; empty: any level is. Its
/// default_acr_values that are not below its service's minimum (RegisteredService), or else that
/// minimum. Levels that nobody proves may be among them.
[[nodiscard]] std::vector<std::string> minimum_levels(Client const& client,
                                                      std::vector<std::string> const& levels);

/// An essential `acr` claim counts alone; else its values come before those of `acr_values`. What
/// no authenticator can prove (`levels`, lowest first) is passed over as a wish and refused as a
/// demand (unmet_authentication_requirements). What lies below the client's minimum, the lowest of
/// minimum_levels, gives way to these (threats.md O-27).
[[nodiscard]] Checked<AcrDemand> check_acr(Client const& client, std::string_view acr_values,
                                           ClaimRequest const* acr_claim,
                                           std::vector<std::string> const& levels);

}  // namespace tunnus::oidc
