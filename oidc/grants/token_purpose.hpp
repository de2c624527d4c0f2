// SPDX-License-Identifier: MIT
// What one access token is for: a part of what was granted (RFC 8707 §2.2, RFC 9396 §6). It is the
// body of storage::AccessToken, which is empty for most tokens.
#pragma once

#include "oidc/grants/grant_body.hpp"
#include "oidc/grants/grants.hpp"

#include <boost/json/array.hpp>

#include <optional>
#include <string>
#include <vector>

namespace tunnus::oidc {

struct TokenPurpose {
    std::vector<std::string> resources;  ///< empty: for nothing in particular
    boost::json::array authorization_details;
    boost::json::object act = {};               ///< RFC 8693 §4.1: who acts; empty: nobody
    std::vector<std::string> permissions = {};  ///< at the resource, of a uma-ticket request
    /// When the mandate of its grant was found to stand; empty: at the login.
    std::optional<TimePoint> mandate_checked_at = {};

    [[nodiscard]] boost::json::object to_json() const;
    [[nodiscard]] static TokenPurpose from_json(boost::json::object const& stored);
    /// Whether a resource of this name may take the token.
    [[nodiscard]] bool covers(std::string_view resource) const;
};

/// What the token request asks for out of what its grant has. invalid_target,
/// invalid_authorization_details.
[[nodiscard]] Checked<TokenPurpose> purpose_within(GrantRequest const& request,
                                                   GrantBody const& granted);
/// The whole of a grant, for a token that is given out with it.
[[nodiscard]] TokenPurpose whole_purpose(GrantBody const& granted, std::string_view issuer);
/// What a client asks for itself, out of its registration.
[[nodiscard]] Checked<TokenPurpose> purpose_of_client(GrantRequest const& request);

}  // namespace tunnus::oidc
