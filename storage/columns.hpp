// SPDX-License-Identifier: MIT
// How values that are more than a number or a text stand in a column. For this folder's .cpp files.
#pragma once

#include "idp/base/crypto.hpp"
#include "storage/sql/value.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tunnus::storage {

/// Words with one space between them; a word holds no space.
[[nodiscard]] std::string join_words(std::vector<std::string> const& words);
[[nodiscard]] std::vector<std::string> split_words(std::string_view text);

/// JSON that we wrote ourselves. SqlErrc::corrupt when it is none.
[[nodiscard]] Result<boost::json::object> read_object(std::string_view text);

/// JSON at rest. `column` is `table.column` and `row` its key: a sealed value that was moved to
/// another column or row does not open.
[[nodiscard]] sql::Value seal_json(Sealer const& sealer, std::string_view column,
                                   std::string_view row, boost::json::value const& plain,
                                   Random& random);
/// BaseErrc::denied when it was sealed under another key, column or row.
[[nodiscard]] Result<boost::json::value> open_json(Sealer const& sealer, std::string_view column,
                                                   std::string_view row, std::string_view sealed);

}  // namespace tunnus::storage
