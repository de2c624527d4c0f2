// SPDX-License-Identifier: MIT
// OAuth 2.0 Token Exchange, RFC 8693: what is asked, and who acts for whom.
#pragma once

#include "idp/base/form.hpp"
#include "oidc/protocol/client.hpp"
#include "oidc/protocol/refusal.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tunnus::oidc {

inline constexpr std::string_view access_token_type =
    "urn:ietf:params:oauth:token-type:access_token";

/// Refers to the form.
struct TokenExchangeRequest {
    std::string_view subject_token;
    std::string_view actor_token;      ///< empty: none
    std::vector<std::string> targets;  ///< `resource` and `audience`, without repeats
};
/// §2.1. Only access tokens are taken and given out; an ID token says who somebody is and opens
/// nothing (threats.md O-82). invalid_request, and invalid_target for what the client did not
/// register in `resources`.
[[nodiscard]] Checked<TokenExchangeRequest> parse_token_exchange(Client const& client,
                                                                 Form const& form);

/// §4.1: `act` with a new actor around what it was before. Empty `before`: nobody acted.
[[nodiscard]] boost::json::object add_actor(boost::json::object before, std::string_view actor);
/// How many act for one another.
[[nodiscard]] std::size_t count_actors(boost::json::object const& act);

}  // namespace tunnus::oidc
