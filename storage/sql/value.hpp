// SPDX-License-Identifier: MIT
// Values, rows and statements as plain data: what crosses between repositories and an engine.
#pragma once

#include "idp/base/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace tunnus::sql {

/// Bytes that are not text: digests, sealed values, ids.
struct Blob {
    std::string bytes;
    friend bool operator==(Blob const&, Blob const&) = default;
};

/// NULL, a 64-bit integer, UTF-8 text, or bytes. Time is stored as integer milliseconds since 1970,
/// truth as 0 or 1.
using Value = std::variant<std::monostate, std::int64_t, std::string, Blob>;

[[nodiscard]] inline Value value(std::int64_t number) {
    return number;
}
[[nodiscard]] inline Value value(TimePoint time) {
    return to_unix_ms(time);
}
[[nodiscard]] inline Value value(std::string text) {
    return text;
}
[[nodiscard]] inline Value value(std::string_view text) {
    return std::string(text);
}
[[nodiscard]] inline Value value(char const* text) {
    return std::string(text);
}
[[nodiscard]] inline Value blob(std::string_view bytes) {
    return Blob{std::string(bytes)};
}
template <class T>
[[nodiscard]] Value value(std::optional<T> const& maybe) {
    return maybe ? value(*maybe) : Value();
}

/// One row of a result. Reading a column as another type than it has is a bug and throws
/// std::logic_error; NULL reads as 0 or empty, ask is_null where that matters.
class Row {
  public:
    explicit Row(std::vector<Value> columns) : columns_(std::move(columns)) {}
    [[nodiscard]] bool is_null(std::size_t column) const;
    [[nodiscard]] std::int64_t integer(std::size_t column) const;
    [[nodiscard]] std::string const& text(std::size_t column) const;
    [[nodiscard]] std::string const& bytes(std::size_t column) const;
    [[nodiscard]] TimePoint time(std::size_t column) const { return from_unix_ms(integer(column)); }
    [[nodiscard]] std::optional<TimePoint> maybe_time(std::size_t column) const {
        return is_null(column) ? std::nullopt : std::optional(time(column));
    }

  private:
    std::vector<Value> columns_;
};
using Rows = std::vector<Row>;

/// One statement with its parameters. `sql` is a literal of the program (it is the key under which
/// an engine keeps the prepared statement); nothing that came from outside is ever part of it
/// (threats.md P-17).
struct Statement {
    std::string_view sql;
    std::vector<Value> parameters;
    /// When set, the statement must affect exactly this many rows, or the whole write is lost.
    std::optional<std::uint64_t> expected_rows;
    bool ends = false;  ///< where it affects a row, something has ended (Database::endings)
};
/// The statement, marked so.
[[nodiscard]] inline Statement ending(Statement statement) {
    statement.ends = true;
    return statement;
}

}  // namespace tunnus::sql
