// SPDX-License-Identifier: MIT
// OpenID Connect Core §5.5: the `claims` parameter.
#pragma once

#include "idp/base/limits_fwd.hpp"
#include "oidc/protocol/claims_provider.hpp"
#include "oidc/protocol/client.hpp"
#include "oidc/protocol/refusal.hpp"
#include "oidc/protocol/verified_claims.hpp"

#include <boost/json/array.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tunnus::oidc {

/// One member of `id_token` or `userinfo`.
struct ClaimRequest {
    std::string name;  ///< with its language tag, if it has one: `given_name#fi`
    bool essential = false;
    /// `value` or `values`: the claim is given where it is one of these, else left out. Empty: any.
    boost::json::array values = {};
};
struct ClaimsParameter {
    std::vector<ClaimRequest> id_token;
    std::vector<ClaimRequest> userinfo;
    // What either asks for within `verified_claims`.
    std::vector<VerifiedClaimsRequest> id_token_verified = {};
    std::vector<VerifiedClaimsRequest> userinfo_verified = {};
};

/// What a claims parameter may ask for.
struct ClaimsOnOffer {
    std::vector<std::string> const& supported;
    std::vector<ScopeInfo> const& scopes;
    Client const& client;
    std::vector<std::string> const& verified;  ///< VerifiedClaimsOffer::claims
};

/// Refuses with invalid_request what is not JSON or of another shape than the specification's.
/// Passed over are claims that are not supported, and claims that some scope releases but none that
/// the client registered (threats.md O-30); within `verified_claims` as well. `acr`, `auth_time`
/// and `sub` are the provider's own and always on offer. An empty text asks for nothing.
[[nodiscard]] Checked<ClaimsParameter> parse_claims_parameter(std::string_view text,
                                                              ClaimsOnOffer const& offer,
                                                              Limits const& limits);

/// The texts among the request's values.
[[nodiscard]] std::vector<std::string> text_values(ClaimRequest const& request);

/// The request for this name, or null.
[[nodiscard]] ClaimRequest const* find_claim(std::vector<ClaimRequest> const& requests,
                                             std::string_view name);

/// For our own storage: a request for a bare name is its name.
[[nodiscard]] boost::json::array claim_requests_to_json(std::vector<ClaimRequest> const& requests);
[[nodiscard]] std::vector<ClaimRequest> read_claim_requests(boost::json::object const& stored,
                                                            std::string_view name);

}  // namespace tunnus::oidc
