// SPDX-License-Identifier: MIT
// The plugins that are compiled in: the list that plugins/CMakeLists.txt makes from its
// tunnus_plugin() lines.
#pragma once

#include "plugins/api/entry.hpp"

#include <span>

namespace tunnus::plugin {

using EntryFunction = TunnusPluginV1 const* (*)();
[[nodiscard]] std::span<EntryFunction const> builtin_entries();

}  // namespace tunnus::plugin
