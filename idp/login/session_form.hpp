// SPDX-License-Identifier: MIT
// A form of a page that belongs to a session rather than to a login under way.
#pragma once

#include "idp/base/form.hpp"
#include "idp/login/browser.hpp"

namespace tunnus::login {

struct SessionForm {
    storage::Session session;
    Form form;
};
/// Strict, from our own page, with the session's csrf token (threats.md W-05); 403 for any other.
[[nodiscard]] std::variant<SessionForm, HttpResponse> read_session_form(Parts const& parts,
                                                                        HttpRequest const& request);

}  // namespace tunnus::login
