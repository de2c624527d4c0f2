// SPDX-License-Identifier: MIT
// The few character rules that protocols state in ASCII. None of them looks at the locale; bytes of
// 0x80 and above are left as they are. Unicode rules are email_address.hpp's affair.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace tunnus {

[[nodiscard]] constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
[[nodiscard]] constexpr bool is_alphanumeric(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
[[nodiscard]] constexpr char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
[[nodiscard]] inline std::string to_lower(std::string_view text) {
    std::string lower(text);
    for (char& c : lower)
        c = to_lower(c);
    return lower;
}
[[nodiscard]] constexpr char to_upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}
[[nodiscard]] inline std::string to_upper(std::string_view text) {
    std::string upper(text);
    for (char& c : upper)
        c = to_upper(c);
    return upper;
}
[[nodiscard]] constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() &&
           std::ranges::equal(a, b, [](char x, char y) { return to_lower(x) == to_lower(y); });
}
/// Without SP and HT at both ends: RFC 9110's optional white space.
[[nodiscard]] constexpr std::string_view trim(std::string_view text) {
    auto const first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace tunnus
