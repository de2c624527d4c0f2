// SPDX-License-Identifier: MIT
// OpenID Connect for Identity Assurance 1.0: `verified_claims` in the claims parameter (§5.3 to
// §5.6) and what answers it (§5.7). Pure.
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/limits_fwd.hpp"
#include "oidc/protocol/refusal.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <vector>

namespace tunnus::oidc {

/// One element of a request.
struct VerifiedClaimsRequest {
    /// As it was asked, of a good shape: a member is asked for by null or an object, with what it
    /// must be in `value`, `values` or `max_age`.
    boost::json::object verification;
    /// By name, null or what the value must be. Not empty.
    boost::json::object claims;
};

/// An object, or a list of them. Refuses with invalid_request what has another shape than the
/// specification's; names and values that nobody knows are not wrong (§5.7.1). All elements
/// together name at most limits.claim_names claims.
[[nodiscard]] Checked<std::vector<VerifiedClaimsRequest>> parse_verified_claims(
    boost::json::value const& value, Limits const& limits);

/// What one element gets of one attestation, an object with all that stands in its `verification`
/// and its `claims`: never more than was asked for. Nothing where a demand on the verification is
/// not met or no claim is left; a claim whose demand is not met is left out (§5.7.4, §5.7.5).
[[nodiscard]] std::optional<boost::json::object> answer_verified_claims(
    VerifiedClaimsRequest const& request, boost::json::object const& attestation, TimePoint now);

/// The names of the claims that any of the elements asks for, each once.
[[nodiscard]] std::vector<std::string> verified_claim_names(
    std::vector<VerifiedClaimsRequest> const& requests);

/// The requests with the claims alone whose name passes; an element that has none left goes.
template <class Passes>
[[nodiscard]] std::vector<VerifiedClaimsRequest> only_claims(
    std::vector<VerifiedClaimsRequest> const& requests, Passes passes) {
    std::vector<VerifiedClaimsRequest> left;
    for (auto const& request : requests) {
        VerifiedClaimsRequest one{request.verification, {}};
        for (auto const& claim : request.claims)
            if (passes(claim.key())) one.claims[claim.key()] = claim.value();
        if (!one.claims.empty()) left.push_back(std::move(one));
    }
    return left;
}

/// For our own storage.
[[nodiscard]] boost::json::array verified_claims_to_json(
    std::vector<VerifiedClaimsRequest> const& requests);
[[nodiscard]] std::vector<VerifiedClaimsRequest> read_verified_claims(
    boost::json::object const& stored, std::string_view name);

}  // namespace tunnus::oidc
