// SPDX-License-Identifier: MIT
// The claims of a person that a token or userinfo holds: what the scopes release and what was asked
// for by name (OpenID Connect Core §5.4, §5.5).
#pragma once

#include "oidc/protocol/claims_parameter.hpp"
#include "oidc/provider.hpp"

#include <vector>

namespace tunnus::oidc {

/// `query` without claim_names, which are those of `requests`. A request for one or several values
/// gets the claim where it has one of these and nothing otherwise (§5.5.1); a request with a
/// language tag gets the claim under the tagged name, as the plugins give it in that language
/// (§5.2). `verified` gets a member `verified_claims`, with an element for each of them and each
/// attestation that meets it, or none.
[[nodiscard]] Result<boost::json::object> released_claims(
    Provider const& provider, ClaimsQuery query, std::vector<ClaimRequest> const& requests,
    std::vector<VerifiedClaimsRequest> const& verified);

}  // namespace tunnus::oidc
