// SPDX-License-Identifier: MIT
// Assertion (core §2.3.3) as values. It can only be made from bytes that a checked signature
// covered.
#pragma once

#include "saml/protocol/conditions.hpp"
#include "saml/protocol/name_id.hpp"
#include "saml/protocol/subject_confirmation.hpp"
#include "saml/xml/signature.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus::saml {

struct AuthnStatement {
    TimePoint authn_instant{};
    std::string session_index;
    std::optional<TimePoint> session_not_on_or_after;
    std::string authn_context_class_ref;  ///< the level that was reached
};

/// Attributes are known by Name; FriendlyName is never looked at (threats.md S-20). Values are
/// trimmed of XML white space and may be empty.
struct AttributeValues {
    std::string name;
    std::vector<std::string> values;
};

struct Assertion {
    std::string id;
    TimePoint issue_instant{};
    std::string issuer;
    NameId name_id;
    std::vector<SubjectConfirmation> subject_confirmations;
    Conditions conditions;
    AuthnStatement authn_statement;
    std::vector<AttributeValues> attributes;  ///< no name twice
};

/// Exactly the schema's order, one Subject, one Conditions, one AuthnStatement, at most one
/// AttributeStatement; Advice is passed over, anything encrypted or unknown within is refused
/// (S-69, S-70, S-81).
[[nodiscard]] Result<Assertion> parse_assertion(xml::Verified const& verified);

struct AssertionPolicy {
    std::string_view idp_entity_id;
    std::string_view sp_entity_id;
    std::string_view acs_url;
    std::string_view request_id;
    TimePoint requested_at;
    bool force_authn = false;  ///< the request demanded a fresh proof (S-98)
    TimePoint now;
    seconds skew;
    seconds window;
    NameIdFormats name_id_formats = NameIdFormats::transient;
};
/// Issuer, NameID, confirmation, conditions and times, in this order.
[[nodiscard]] Result<> check_assertion(Assertion const& assertion, AssertionPolicy const& policy);

}  // namespace tunnus::saml
