// SPDX-License-Identifier: MIT
// What every protocol message begins with (core §3.2.1, §3.2.2).
#pragma once

#include "idp/base/clock.hpp"
#include "saml/protocol/children.hpp"

#include <string>
#include <string_view>

namespace tunnus::saml {

struct MessageHeader {
    std::string id;
    TimePoint issue_instant{};
    std::string in_response_to;  ///< empty when absent
    std::string destination;     ///< empty when absent
    std::string issuer;
};
/// The attributes of a samlp message called `name`, its Issuer, and Extensions, which is passed
/// over unread. `parts` stands behind them afterwards. A Signature has no place here: it was
/// verified and left out before, or the binding's own signature counts.
[[nodiscard]] Result<MessageHeader> parse_message_header(xml::Element const& root,
                                                         std::string_view name, Children& parts,
                                                         std::size_t max_bytes);

}  // namespace tunnus::saml
