// SPDX-License-Identifier: MIT
// What a plugin declares is checked when it is loaded, so that `tunnus check` tells of it and no
// login has to (threats.md X-16). Pure. Errors are texts for the administrator and name the
// declaration that is wrong.
#pragma once

#include "plugins/host/loaded.hpp"

namespace tunnus::plugin {

/// By the rules that plugin.hpp states for each interface. What only several plugins together can
/// break is Plugins::load's to find.
[[nodiscard]] Result<> check_declarations(Loaded const& loaded);

}  // namespace tunnus::plugin
