// SPDX-License-Identifier: MIT
// The one parser of JSON that comes from outside: no duplicate names (also by \u escapes), bounded
// depth, finite numbers, integers within int64, valid UTF-8, nothing after the value (threats.md
// P-05 to P-10).
#pragma once

#include "idp/base/result.hpp"

#include <boost/json/value.hpp>

#include <optional>
#include <string_view>

namespace tunnus {

struct JsonBounds {
    std::size_t bytes = 65'536;
    std::size_t depth = 16;
};
[[nodiscard]] Result<boost::json::value> parse_json(std::string_view text, JsonBounds bounds = {});
/// The same, and the value must be an object.
[[nodiscard]] Result<boost::json::object> parse_json_object(std::string_view text,
                                                            JsonBounds bounds = {});

/// The member as text; empty when absent or of another type.
[[nodiscard]] std::optional<std::string_view> find_string(boost::json::object const& object,
                                                          std::string_view name);
/// Whether the member is there and true.
[[nodiscard]] bool is_true(boost::json::object const& object, std::string_view name);

}  // namespace tunnus
