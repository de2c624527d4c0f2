// SPDX-License-Identifier: MIT
// What a grant remembers besides its columns: the `body` of storage::Grant.
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/result.hpp"
#include "oidc/protocol/claims_parameter.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <vector>

namespace tunnus::oidc {

struct GrantBody {
    std::string redirect_uri;
    std::optional<std::string> code_challenge;
    std::optional<std::string> dpop_jkt;  ///< RFC 9449 §10: the code is for this key alone
    std::optional<std::string> nonce;
    std::vector<std::string> scope;
    std::vector<ClaimRequest> id_token_claims;  ///< of the claims parameter, as permitted
    std::vector<ClaimRequest> userinfo_claims;
    std::vector<VerifiedClaimsRequest> id_token_verified;  ///< likewise
    std::vector<VerifiedClaimsRequest> userinfo_verified;
    std::string acr;
    std::vector<std::string> amr;
    TimePoint auth_time{};
    std::string locale;
    std::vector<std::string> resources;        ///< RFC 8707
    boost::json::array authorization_details;  ///< RFC 9396
    std::string acting_for;                    ///< sealed (acting_for.hpp); empty: for nobody

    [[nodiscard]] boost::json::object to_json() const;
    [[nodiscard]] static Result<GrantBody> from_json(boost::json::object const& stored);
};

}  // namespace tunnus::oidc
