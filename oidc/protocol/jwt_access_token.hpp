// SPDX-License-Identifier: MIT
// JWT access tokens, RFC 9068: what a service's API can read without asking us.
#pragma once

#include "idp/base/clock.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus::oidc {

/// §2.2. The claims that say how the person signed in are absent in a client's own token.
struct JwtAccessToken {
    std::string_view iss;
    std::string_view sub;  ///< the client_id in a client's own token
    std::vector<std::string> aud;
    std::string_view client_id;
    std::string jti;
    std::vector<std::string> scope;
    TimePoint iat{};
    TimePoint exp{};
    std::optional<TimePoint> auth_time;
    std::string acr;
    std::vector<std::string> amr;
    boost::json::array authorization_details = {};  ///< RFC 9396 §9.1
    boost::json::object act = {};                   ///< RFC 8693 §4.1
    boost::json::object on_behalf_of = {};          ///< for whom the person acts; empty: nobody
    std::vector<std::string> permissions = {};      ///< of a uma-ticket request
    std::string sid = {};             ///< of the session that it rests on; empty: on none
    boost::json::object claims = {};  ///< of the person, for the client's APIs
    boost::json::object cnf = {};     ///< RFC 7800 §3.1; empty: the bearer's
};
/// The payload to sign, for jose::typ::access_token.
[[nodiscard]] std::string jwt_access_token_payload(JwtAccessToken const& token);

}  // namespace tunnus::oidc
