// SPDX-License-Identifier: MIT
// Response (core §3.3.3): the envelope around an assertion.
#pragma once

#include "idp/base/clock.hpp"
#include "saml/protocol/status.hpp"
#include "saml/reason.hpp"
#include "saml/xml/element.hpp"

#include <string>
#include <string_view>

namespace tunnus::saml {

/// The pointers lead into the element that was parsed, which outlives this.
struct Response {
    std::string id;
    std::string in_response_to;  ///< empty when absent
    std::string destination;     ///< empty when absent
    std::string issuer;
    TimePoint issue_instant{};
    Status status;
    xml::Element const* assertion = nullptr;            ///< the one plain assertion
    xml::Element const* encrypted_assertion = nullptr;  ///< or the one EncryptedAssertion
};

/// Reads the envelope: the signed element of an xml::Verified or, where policy lets the envelope be
/// unsigned, the root of the document. On success there is exactly one assertion in the whole
/// document, also counting what stands inside Extensions (threats.md 1.1, S-07, S-11); a response
/// of another status may hold none or one, and no one looks at it (S-83).
[[nodiscard]] Result<Response> parse_response(xml::Element const& root, std::size_t max_bytes);

/// Assertions, plain or encrypted, at any place and in any namespace.
[[nodiscard]] std::size_t count_assertions(xml::Element const& root);

struct ResponsePolicy {
    std::string_view idp_entity_id;
    std::string_view acs_url;
    std::string_view request_id;
    TimePoint requested_at;
    TimePoint now;
    seconds skew;
    seconds request_lifetime;
};
/// Issuer, Destination, InResponseTo and IssueInstant, in this order. Destination is compared byte
/// by byte (S-90). There are no unsolicited responses (S-84).
[[nodiscard]] Result<> check_response(Response const& response, ResponsePolicy const& policy);

}  // namespace tunnus::saml
