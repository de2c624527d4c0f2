// SPDX-License-Identifier: MIT
// The check character of a personal identity code, and of the number that foreigners are given
// (suomifi.md part 5).
#pragma once

#include <string_view>

namespace tunnus {

/// Of nine digits; '\0' for anything else.
[[nodiscard]] constexpr char check_character(std::string_view nine_digits) {
    constexpr std::string_view characters = "0123456789ABCDEFHJKLMNPRSTUVWXY";
    if (nine_digits.size() != 9) return '\0';
    std::size_t remainder = 0;
    for (char const c : nine_digits) {
        if (c < '0' || c > '9') return '\0';
        remainder = (remainder * 10 + static_cast<std::size_t>(c - '0')) % characters.size();
    }
    return characters[remainder];
}

}  // namespace tunnus
