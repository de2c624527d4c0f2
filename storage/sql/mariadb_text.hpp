// SPDX-License-Identifier: MIT
// SQL as text for MariaDB: where its placeholders stand, and how values are written into them.
#pragma once

#include "storage/sql/value.hpp"

namespace tunnus::sql {

/// One statement cut at its placeholders: `pieces` has one more element than there are parameters.
/// Views into the text that was given.
struct MariadbTemplate {
    std::vector<std::string_view> pieces;
};

/// The statements of a script, without what stands between them. A `;` or `?` inside quotes or a
/// comment is no end and no placeholder; what stands in `/*M! … */` is no comment. Empty ones are
/// left out.
[[nodiscard]] std::vector<std::string_view> split_statements(std::string_view script);

/// Empty unless the text is exactly one statement.
[[nodiscard]] std::optional<MariadbTemplate> parse_template(std::string_view sql);

/// Appends the statement with its values in place. False, and nothing is appended, when their
/// number does not fit.
///
/// Values become decimal digits, `NULL`, or the hexadecimal digits of their bytes: no character of
/// a value is ever read as SQL, whatever the server's modes and character sets (threats.md P-17).
[[nodiscard]] bool append_statement(std::string& script, MariadbTemplate const& sql,
                                    std::vector<Value> const& values);

}  // namespace tunnus::sql
