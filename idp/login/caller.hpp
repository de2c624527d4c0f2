// SPDX-License-Identifier: MIT
// Who calls a plugin's route: a person with a session, or a service with an access token.
#pragma once

#include "idp/login/browser.hpp"

namespace tunnus::login {

/// The caller, or the answer that refuses: for a person a login that leads back to the page, where
/// it is one to return to (idp/login/own_pages), else a page of 401, or 403 (a POST needs the
/// session's csrf token in a form or in the field X-CSRF-Token), BEAR(e) of threats.md 0.2 for a
/// service. A login that is not of the level or the age that the route asks for meets the same: a
/// login that reaches it, 403, or the challenge of RFC 9470.
[[nodiscard]] std::variant<plugin::Caller, HttpResponse> find_caller(
    Parts const& parts, HttpRequest const& request, plugin::RouteSource::PluginRoute const& route);

}  // namespace tunnus::login
