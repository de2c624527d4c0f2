// SPDX-License-Identifier: MIT
// The handler behind parse_json and parse_located_json. For these two files alone.
#pragma once

#include <boost/json/basic_parser.hpp>
#include <boost/json/value_stack.hpp>

#include <cmath>
#include <limits>
#include <string_view>

namespace tunnus {

// clang-format off
/// Builds a value out of basic_parser's events and refuses what Boost's own handler lets through: numbers that are not
/// finite, and integers outside int64, which it would turn into doubles. Names and signatures are basic_parser's.
class JsonBuilder {
  public:
    static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

    bool on_document_begin(boost::json::error_code&) { stack_.reset(); return true; }
    bool on_document_end(boost::json::error_code&) { return true; }
    bool on_object_begin(boost::json::error_code&) { return true; }
    bool on_object_end(std::size_t size, boost::json::error_code&) { members_ += size; stack_.push_object(size); return true; }
    bool on_array_begin(boost::json::error_code&) { return true; }
    bool on_array_end(std::size_t size, boost::json::error_code&) { stack_.push_array(size); return true; }
    bool on_key_part(std::string_view part, std::size_t, boost::json::error_code&) { stack_.push_chars(part); return true; }
    bool on_key(std::string_view part, std::size_t, boost::json::error_code&) { stack_.push_key(part); return true; }
    bool on_string_part(std::string_view part, std::size_t, boost::json::error_code&) { stack_.push_chars(part); return true; }
    bool on_string(std::string_view part, std::size_t, boost::json::error_code&) { stack_.push_string(part); return true; }
    bool on_number_part(std::string_view, boost::json::error_code&) { return true; }
    bool on_int64(std::int64_t number, std::string_view, boost::json::error_code&) { stack_.push_int64(number); return true; }
    bool on_uint64(std::uint64_t, std::string_view, boost::json::error_code& error) { return refuse_number(error); }
    bool on_double(double number, std::string_view text, boost::json::error_code& error) {
        bool const integer = text.find_first_of(".eE") == std::string_view::npos;
        if (integer || !std::isfinite(number)) return refuse_number(error);
        stack_.push_double(number);
        return true;
    }
    bool on_bool(bool value, boost::json::error_code&) { stack_.push_bool(value); return true; }
    bool on_null(boost::json::error_code&) { stack_.push_null(); return true; }
    bool on_comment_part(std::string_view, boost::json::error_code&) { return true; }
    bool on_comment(std::string_view, boost::json::error_code&) { return true; }

    [[nodiscard]] boost::json::value release() { return stack_.release(); }
    /// Members as written, repeated names included.
    [[nodiscard]] std::size_t members() const { return members_; }

  protected:
    static bool refuse_number(boost::json::error_code& error) { error = boost::json::error::not_exact; return false; }

  private:
    boost::json::value_stack stack_;
    std::size_t members_ = 0;
};
// clang-format on

}  // namespace tunnus
