// SPDX-License-Identifier: MIT
#include "storage/sql/value.hpp"

#include <stdexcept>

namespace tunnus::sql {
namespace {

template <class T>
T const& as(Value const& value, T const& when_null, char const* wanted) {
    if (std::holds_alternative<std::monostate>(value)) return when_null;
    if (auto const* found = std::get_if<T>(&value)) return *found;
    throw std::logic_error(std::string("a column is not ") + wanted);
}

}  // namespace

bool Row::is_null(std::size_t column) const {
    return std::holds_alternative<std::monostate>(columns_.at(column));
}

std::int64_t Row::integer(std::size_t column) const {
    return as<std::int64_t>(columns_.at(column), 0, "an integer");
}

std::string const& Row::text(std::size_t column) const {
    static std::string const empty;
    return as(columns_.at(column), empty, "text");
}

std::string const& Row::bytes(std::size_t column) const {
    static Blob const empty;
    return as(columns_.at(column), empty, "bytes").bytes;
}

}  // namespace tunnus::sql
