// SPDX-License-Identifier: MIT
// Texts that services send and people see.
#pragma once

#include <cstddef>
#include <string_view>

namespace tunnus::oidc {

/// UTF-8 of 1 to `most` characters, of which none is invisible or turns the text around.
[[nodiscard]] bool is_showable(std::string_view text, std::size_t most);

}  // namespace tunnus::oidc
