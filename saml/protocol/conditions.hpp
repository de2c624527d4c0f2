// SPDX-License-Identifier: MIT
// Conditions (core §2.5.1): when and for whom an assertion holds.
#pragma once

#include "idp/base/clock.hpp"
#include "saml/reason.hpp"
#include "saml/xml/element.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tunnus::saml {

struct Conditions {
    TimePoint not_before{};
    TimePoint not_on_or_after{};
    /// One list for each AudienceRestriction: all of them must name us, each by one of its entries.
    std::vector<std::vector<std::string>> audiences;
};

/// Both times and at least one AudienceRestriction are demanded. OneTimeUse and ProxyRestriction
/// are understood (we use an assertion once and never issue one); any other condition is refused
/// (threats.md S-92, S-106).
[[nodiscard]] Result<Conditions> parse_conditions(xml::Element const& element,
                                                  std::size_t max_bytes);

struct ConditionsPolicy {
    std::string_view audience;  ///< our entity id
    TimePoint now;
    seconds skew;    ///< tolerated at either end
    seconds window;  ///< the longest validity that is believed (S-96)
};
[[nodiscard]] Result<> check_conditions(Conditions const& conditions,
                                        ConditionsPolicy const& policy);

}  // namespace tunnus::saml
