// SPDX-License-Identifier: MIT
// SubjectConfirmation (profiles §4.1.4.2): that this bearer, at this address, answers this request.
#pragma once

#include "idp/base/clock.hpp"
#include "saml/reason.hpp"
#include "saml/xml/element.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tunnus::saml {

struct SubjectConfirmation {
    std::string method;
    // Of SubjectConfirmationData; all absent when there is none. Address is not read: Suomi.fi
    // states an inside proxy (suomifi.md part 2).
    std::optional<std::string> recipient;
    std::optional<std::string> in_response_to;
    std::optional<TimePoint> not_on_or_after;
    bool has_not_before = false;
};
[[nodiscard]] Result<SubjectConfirmation> parse_subject_confirmation(xml::Element const& element);

struct ConfirmationPolicy {
    std::string_view recipient;   ///< our assertion consumer service
    std::string_view request_id;  ///< of the pending request
    TimePoint now;
    seconds skew;
    seconds window;
};
/// One bearer confirmation must pass every check (threats.md S-91, S-95, S-99). The refusal is that
/// of the last bearer, or Reason::no_valid_confirmation when there is none.
[[nodiscard]] Result<> check_subject_confirmations(
    std::span<SubjectConfirmation const> confirmations, ConfirmationPolicy const& policy);

}  // namespace tunnus::saml
