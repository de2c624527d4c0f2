// SPDX-License-Identifier: MIT
// Texts that services send and people see.
#pragma once

#include <cstddef>
#include <string_view>

namespace tunnus {

/// Code points of UTF-8.
[[nodiscard]] std::size_t count_characters(std::string_view text);
/// UTF-8 of 1 to `most` characters, of which none is invisible or turns the text around.
[[nodiscard]] bool is_showable(std::string_view text, std::size_t most);

}  // namespace tunnus
