// SPDX-License-Identifier: MIT
// OpenID Connect Front-Channel Logout 1.0: services hear of the end of a session by frames on the
// last page of a logout.
#pragma once

#include "idp/login/parts.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus::login {

/// `name` and `address` of what the page loads, for each of these services of the session that
/// wants it, and at most limits.front_channel_logouts of them.
[[nodiscard]] boost::json::array frames_of(Parts const& parts, storage::Session const& session,
                                           std::vector<std::string> const& client_ids,
                                           std::string_view locale);

/// A page that loads the frames, which are some, and then goes on to `return_to` by itself: when
/// they have come (Refresh counts from then) or, where scripts run, after
/// limits.front_channel_logout_wait.
[[nodiscard]] HttpResponse tell_by_frames(Parts const& parts, boost::json::object model,
                                          boost::json::array frames,
                                          std::optional<std::string> const& return_to,
                                          std::string_view locale);

}  // namespace tunnus::login
