// SPDX-License-Identifier: MIT
// A Mail as RFC 5322 text.
#pragma once

#include "idp/base/email_address.hpp"
#include "idp/base/mailer.hpp"

#include <string>
#include <string_view>

namespace tunnus {

/// The message with CRLF line ends, ready for DATA before dot-stuffing. Subject and name become
/// encoded words (RFC 2047) unless they are short plain ASCII; control characters in them become
/// spaces. The body is UTF-8 in base64, its line ends normalised to CRLF, so nothing in it can end
/// the message (threats.md L-21). `id` is the left side of the Message-ID.
[[nodiscard]] std::string build_mail_message(Mail const& mail, Mailbox const& from, TimePoint now,
                                             std::string_view id);

}  // namespace tunnus
