// SPDX-License-Identifier: MIT
// What a string literal means (section 2.9.4): escapes, and the indentation of block strings.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tunnus::graphql {

/// The value of what stands between the quotation marks of a "string", which follows the grammar.
/// Nothing when an escape names no Unicode scalar value: half a surrogate pair, or above U+10FFFF.
[[nodiscard]] std::optional<std::string> string_value(std::string_view raw);

/// The value of what stands between the marks of a """block string""".
[[nodiscard]] std::string block_string_value(std::string_view raw);

}  // namespace tunnus::graphql
