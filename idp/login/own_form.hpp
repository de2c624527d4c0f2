// SPDX-License-Identifier: MIT
// Which login a request of the browser belongs to.
#pragma once

#include "idp/base/form.hpp"
#include "idp/login/walk.hpp"

namespace tunnus::login {

/// The login named by `handle`, if it belongs to this browser; 403 otherwise.
[[nodiscard]] std::variant<Walk, HttpResponse> resume_walk(Parts const& parts,
                                                           HttpRequest const& request,
                                                           std::string_view handle,
                                                           std::string_view locale);

struct OwnForm {
    Walk walk;
    Form form;
};
/// A form of ours: strict, from our own page, with the login's csrf token (threats.md W-05).
[[nodiscard]] std::variant<OwnForm, HttpResponse> read_own_form(Parts const& parts,
                                                                HttpRequest const& request);

/// The page that says: start again at the service.
[[nodiscard]] HttpResponse login_over(Parts const& parts, HttpRequest const& request, int status);
[[nodiscard]] HttpResponse bad_request(Parts const& parts, HttpRequest const& request,
                                       int status = 400);

}  // namespace tunnus::login
