// SPDX-License-Identifier: MIT
// RFC 7662 §2.2: what a client learns of a token of its own, and a resource of one for it.
#pragma once

#include "idp/base/clock.hpp"
#include "oidc/protocol/confirmation.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus::oidc {

struct IntrospectedToken {
    std::string_view iss;
    std::string client_id;  ///< that the token was given to
    std::string sub;        ///< empty for a client's own token, which has none (threats.md O-61)
    std::vector<std::string> scope;
    TimePoint iat{};
    TimePoint exp{};
    std::string acr;  ///< with auth_time: RFC 9470 §6.2
    std::optional<TimePoint> auth_time;
    Confirmation confirmation;  ///< RFC 9449 §6.2, RFC 8705 §3.2
    bool is_access_token = true;
    std::vector<std::string> aud;              ///< RFC 8707; left out when empty
    boost::json::array authorization_details;  ///< RFC 9396 §9.2; left out when empty
    boost::json::object act = {};              ///< RFC 8693 §4.1; left out when empty
    boost::json::object on_behalf_of = {};     ///< for whom the person acts
    /// As Keycloak has them, `authorization.permissions[].scopes`; left out when empty.
    std::vector<std::string> permissions = {};
};
[[nodiscard]] std::string introspection_response(IntrospectedToken const& token);

/// RFC 9701 §5: the claims of the JWT that holds this response, for the client that asked.
[[nodiscard]] std::string introspection_jwt_payload(std::string_view response,
                                                    std::string_view issuer,
                                                    std::string_view client_id, TimePoint iat);

/// For every reason alike, and nothing more (threats.md O-73).
inline constexpr std::string_view inactive_response = R"({"active":false})";

}  // namespace tunnus::oidc
