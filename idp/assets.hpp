// SPDX-License-Identifier: MIT
// Where pages, texts, styles and the plugins' own folders are when the configuration names none.
#pragma once

#include <string>

namespace tunnus {

struct Assets {
    std::string templates;
    std::string texts;
    std::string static_files;
    std::string plugins;  ///< holds `<plugin>/pages` and `<plugin>/texts` of those compiled in
};

/// Beside an installed program `<prefix>/share/tunnus`, beside one that was built the source tree.
/// Where neither is there, what the installed ones would be called.
[[nodiscard]] Assets find_assets();

}  // namespace tunnus
