// SPDX-License-Identifier: MIT
// OpenID Connect Core §5.5: the `claims` parameter.
#pragma once

#include "idp/base/limits.hpp"
#include "oidc/protocol/refusal.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tunnus::oidc {

/// One member of `id_token` or `userinfo`.
struct ClaimRequest {
    std::string name;  ///< with its language tag, if it has one: `given_name#fi`
    bool essential = false;
    std::vector<std::string> values;  ///< `value` or `values`, when they are texts
};
struct ClaimsParameter {
    std::vector<ClaimRequest> id_token;
    std::vector<ClaimRequest> userinfo;
};

/// Refuses with invalid_request what is not JSON or of another shape than the specification's.
/// Claims that are not in `supported` are passed over, `acr`, `auth_time` and `sub` excepted, which
/// are the provider's own. An empty text asks for nothing.
[[nodiscard]] Checked<ClaimsParameter> parse_claims_parameter(
    std::string_view text, std::vector<std::string> const& supported, Limits const& limits);

/// The request for this name, or null.
[[nodiscard]] ClaimRequest const* find_claim(std::vector<ClaimRequest> const& requests,
                                             std::string_view name);

}  // namespace tunnus::oidc
