// SPDX-License-Identifier: MIT
// Operators' log: one JSON event a line. What happened to people is Audit's affair.
#pragma once

#include <boost/json/value.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace tunnus {

enum class Level { debug, info, warning, error };

/// Any thread may call. Never throws, never blocks for long; a line that cannot be written is
/// counted.
///
/// `event` is a constant name such as `code.redeemed`. Values are escaped so that a line stays one
/// line (threats.md I12); secrets and identity codes cannot be passed because their types do not
/// convert.
class Log {
  public:
    struct Field {
        std::string_view name;
        boost::json::value value;
        Field(std::string_view field, std::string_view text)
            : name(field), value(boost::json::string(text.data(), text.size())) {}
        Field(std::string_view field, char const* text) : Field(field, std::string_view(text)) {}
        Field(std::string_view field, std::string const& text)
            : Field(field, std::string_view(text)) {}
        Field(std::string_view field, boost::json::value any)
            : name(field), value(std::move(any)) {}
        template <class Number>
        requires std::is_arithmetic_v<Number> Field(std::string_view field, Number number)
            : name(field), value(number) {}
    };
    virtual ~Log() = default;
    virtual void write(Level level, std::string_view event,
                       std::initializer_list<Field> fields) noexcept = 0;

    void debug(std::string_view event, std::initializer_list<Field> fields = {}) noexcept {
        write(Level::debug, event, fields);
    }
    void info(std::string_view event, std::initializer_list<Field> fields = {}) noexcept {
        write(Level::info, event, fields);
    }
    void warning(std::string_view event, std::initializer_list<Field> fields = {}) noexcept {
        write(Level::warning, event, fields);
    }
    void error(std::string_view event, std::initializer_list<Field> fields = {}) noexcept {
        write(Level::error, event, fields);
    }
};

}  // namespace tunnus
