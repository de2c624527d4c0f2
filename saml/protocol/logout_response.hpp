// SPDX-License-Identifier: MIT
// LogoutResponse (core §3.7.2), both ways; the binding's signature has proven the sender.
#pragma once

#include "idp/base/clock.hpp"
#include "saml/protocol/status.hpp"

#include <string>
#include <string_view>

namespace tunnus::saml {

struct LogoutResponse {
    std::string id;
    std::string in_response_to;
    TimePoint issue_instant{};
    std::string destination;
    std::string issuer;
    Status status;
    /// The person is logged out there: success, or their session was gone already (suomifi.md 2.3).
    [[nodiscard]] bool is_logged_out() const {
        return status.is_success() || status.second == status_code::unknown_principal;
    }
};

[[nodiscard]] std::string build_logout_response(LogoutResponse const& response);
[[nodiscard]] Result<LogoutResponse> parse_logout_response(xml::Element const& root,
                                                           std::size_t max_bytes);

struct LogoutResponsePolicy {
    std::string_view idp_entity_id;
    std::string_view destination;  ///< our single logout service
};
/// Issuer, Destination, and that it answers some request: whether that was ours and waits for an
/// answer, the caller knows (threats.md S-119).
[[nodiscard]] Result<> check_logout_response(LogoutResponse const& response,
                                             LogoutResponsePolicy const& policy);

}  // namespace tunnus::saml
