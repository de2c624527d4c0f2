// SPDX-License-Identifier: MIT
// Sending the browser to another server, as a plugin wants it.
#pragma once

#include "idp/base/pages.hpp"
#include "plugins/api/plugin.hpp"
#include "storage/sessions.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tunnus::plugin {
class Plugins;
}

namespace tunnus::login {

/// A redirect, or a page that posts the form by itself; where no script runs, by its button.
[[nodiscard]] HttpResponse depart(Pages const& pages, plugin::Redirect const& redirect,
                                  std::string_view locale);

/// Whether a proof of this session may have begun a session elsewhere.
[[nodiscard]] bool may_leave(plugin::Plugins const& plugins, storage::Session const& session);

/// The way through the other ends of this session's proofs, the newest first, and on to
/// `return_to`; nothing when nobody is to be asked. Calls plugins, which may wait.
[[nodiscard]] std::optional<plugin::Redirect> find_way_out(plugin::Plugins& plugins,
                                                           storage::Session const& session,
                                                           std::string return_to,
                                                           std::string_view locale);

}  // namespace tunnus::login
