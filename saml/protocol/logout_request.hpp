// SPDX-License-Identifier: MIT
// LogoutRequest (core §3.7.1), both ways. Who sent it is proven by the binding's signature, before
// any of this is asked.
#pragma once

#include "idp/base/clock.hpp"
#include "saml/protocol/name_id.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus::saml {

struct LogoutRequest {
    std::string id;
    TimePoint issue_instant{};
    std::string destination;
    std::string issuer;
    std::optional<TimePoint> not_on_or_after;
    NameId name_id;
    /// The sessions that end; none: all of this NameID.
    std::vector<std::string> session_indexes;
};

/// `language`: as in an AuthnRequest.
[[nodiscard]] std::string build_logout_request(LogoutRequest const& request,
                                               std::string_view language = {});

/// Issuer, Extensions (not read), a NameID in plain, SessionIndexes, in this order.
[[nodiscard]] Result<LogoutRequest> parse_logout_request(xml::Element const& root,
                                                         std::size_t max_bytes);

struct LogoutRequestPolicy {
    std::string_view idp_entity_id;
    std::string_view sp_entity_id;
    std::string_view destination;  ///< our single logout service
    TimePoint now;
    seconds skew;
    seconds lifetime;  ///< how old a request may be
    NameIdFormats name_id_formats = NameIdFormats::transient;
};
/// Issuer, Destination, age, NotOnOrAfter and the NameID's qualifiers (threats.md S-117). That the
/// request is used once is the caller's affair.
[[nodiscard]] Result<> check_logout_request(LogoutRequest const& request,
                                            LogoutRequestPolicy const& policy);

}  // namespace tunnus::saml
