// SPDX-License-Identifier: MIT
#include "idp/base/showable.hpp"

#include "idp/base/encoding.hpp"

#include <algorithm>

namespace tunnus {

std::size_t count_characters(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool is_showable(std::string_view text, std::size_t most) {
    if (text.empty() || !is_valid_utf8(text)) return false;
    if (count_characters(text) > most) return false;
    if (std::ranges::any_of(
            text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; }))
        return false;
    for (std::string_view const mark :
         {"\u061c", "\u200b", "\u200e", "\u200f", "\ufeff", "\u202a", "\u202b", "\u202c", "\u202d",
          "\u202e", "\u2028", "\u2029", "\u2066", "\u2067", "\u2068", "\u2069"})
        if (text.find(mark) != std::string_view::npos) return false;
    return true;
}

}  // namespace tunnus
