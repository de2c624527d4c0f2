// SPDX-License-Identifier: MIT
// A WebSession as the host keeps it, sealed, while the person is elsewhere and with the grant.
#pragma once

#include "plugins/mandates/web_api.hpp"

namespace tunnus::plugin::mandates {

[[nodiscard]] boost::json::object to_json(WebSession const& session);
/// Of a value that this plugin has made.
[[nodiscard]] WebSession session_from(boost::json::object const& stored);

}  // namespace tunnus::plugin::mandates
