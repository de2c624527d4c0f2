// SPDX-License-Identifier: MIT
// The messages that the plugin sends: `mail_<what>_subject` and `mail_<what>_text` of its texts,
// with {code} or {link}, {minutes}, {days} and {host} put in.
#pragma once

#include "plugins/api/plugin.hpp"

#include <string_view>

namespace tunnus::plugin::password {

/// `what`: signup, signup_known, reset, reset_unknown, first_strong, changed, change_email,
/// change_email_known or email_changed. `code`: the code or the link. Recorded as mail_sent.
[[nodiscard]] Result<> send_message(Host& host, std::string_view what, std::string const& to,
                                    LoginView const& login, std::string_view code);

}  // namespace tunnus::plugin::password
