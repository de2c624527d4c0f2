// SPDX-License-Identifier: MIT
// E-mail addresses: which ones we take, and when two are the same (threats.md 3.2).
#pragma once

#include "idp/base/result.hpp"

#include <string>
#include <string_view>

namespace tunnus {

/// `local@domain` as RFC 5321 §4.1.2 has it, narrowed: a dot-atom (letters beyond ASCII allowed,
/// RFC 6531), no quoted local part, no address literal, a domain of two labels or more; 64 bytes of
/// local part, 254 in all.
struct EmailAddress {
    std::string address;  ///< as it is stored and mailed to: the local part as given, the domain in
                          ///< A-labels, lower case
    /// Equal for two addresses that may be one person's, so a taken one is found: NFKC case folding
    /// of the whole. For look-up alone; mail always goes to `address`.
    std::string lookup_key;
};

/// Spaces at the ends are not taken off. BaseErrc::malformed for everything else, the detail
/// without the address.
[[nodiscard]] Result<EmailAddress> parse_email_address(std::string_view text);

/// `address` or `Name <address>`, as a configuration has it for senders. The name is UTF-8 without
/// control characters and angle brackets; quotes around it are taken off.
struct Mailbox {
    std::string name;
    std::string address;
};
[[nodiscard]] Result<Mailbox> parse_mailbox(std::string_view text);

}  // namespace tunnus
