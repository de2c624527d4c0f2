// SPDX-License-Identifier: MIT
#include "idp/base/json.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>

#include <cmath>
#include <limits>

namespace tunnus {
namespace {

namespace json = boost::json;

// clang-format off
/// Builds a value out of basic_parser's events and refuses what Boost's own handler lets through: numbers that are not
/// finite, and integers outside int64, which it would turn into doubles. Names and signatures are basic_parser's.
class Builder {
  public:
    static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

    bool on_document_begin(json::error_code&) { stack_.reset(); return true; }
    bool on_document_end(json::error_code&) { return true; }
    bool on_object_begin(json::error_code&) { return true; }
    bool on_object_end(std::size_t size, json::error_code&) { members_ += size; stack_.push_object(size); return true; }
    bool on_array_begin(json::error_code&) { return true; }
    bool on_array_end(std::size_t size, json::error_code&) { stack_.push_array(size); return true; }
    bool on_key_part(std::string_view part, std::size_t, json::error_code&) { stack_.push_chars(part); return true; }
    bool on_key(std::string_view part, std::size_t, json::error_code&) { stack_.push_key(part); return true; }
    bool on_string_part(std::string_view part, std::size_t, json::error_code&) { stack_.push_chars(part); return true; }
    bool on_string(std::string_view part, std::size_t, json::error_code&) { stack_.push_string(part); return true; }
    bool on_number_part(std::string_view, json::error_code&) { return true; }
    bool on_int64(std::int64_t number, std::string_view, json::error_code&) { stack_.push_int64(number); return true; }
    bool on_uint64(std::uint64_t, std::string_view, json::error_code& error) { return refuse_number(error); }
    bool on_double(double number, std::string_view text, json::error_code& error) {
        bool const integer = text.find_first_of(".eE") == std::string_view::npos;
        if (integer || !std::isfinite(number)) return refuse_number(error);
        stack_.push_double(number);
        return true;
    }
    bool on_bool(bool value, json::error_code&) { stack_.push_bool(value); return true; }
    bool on_null(json::error_code&) { stack_.push_null(); return true; }
    bool on_comment_part(std::string_view, json::error_code&) { return true; }
    bool on_comment(std::string_view, json::error_code&) { return true; }

    [[nodiscard]] json::value release() { return stack_.release(); }
    /// Members as written, repeated names included.
    [[nodiscard]] std::size_t members() const { return members_; }

  private:
    static bool refuse_number(json::error_code& error) { error = json::error::not_exact; return false; }
    json::value_stack stack_;
    std::size_t members_ = 0;
};
// clang-format on

std::size_t count_members(json::value const& value) {
    std::size_t count = 0;
    if (auto const* object = value.if_object()) {
        count = object->size();
        for (auto const& member : *object)
            count += count_members(member.value());
    } else if (auto const* array = value.if_array()) {
        for (auto const& element : *array)
            count += count_members(element);
    }
    return count;
}

}  // namespace

Result<json::value> parse_json(std::string_view text, JsonBounds bounds) {
    if (text.size() > bounds.bytes) return Error(BaseErrc::too_large, "JSON");
    json::parse_options options;
    options.max_depth = bounds.depth;
    json::basic_parser<Builder> parser(options);
    json::error_code error;
    auto const read = parser.write_some(false, text.data(), text.size(), error);
    if (!error && read < text.size()) error = json::error::extra_data;
    if (error) return Error(BaseErrc::malformed, "JSON: " + error.message());
    auto value = parser.handler().release();
    // Boost keeps the last of repeated names. An object of fewer members than were written had one,
    // however it was spelled.
    if (count_members(value) != parser.handler().members())
        return Error(BaseErrc::malformed, "JSON: a repeated name");
    return value;
}

Result<json::object> parse_json_object(std::string_view text, JsonBounds bounds) {
    auto value = parse_json(text, bounds);
    if (!value) return value.error();
    auto* object = value->if_object();
    if (object == nullptr) return Error(BaseErrc::malformed, "JSON: not an object");
    return std::move(*object);
}

std::optional<std::string_view> find_string(json::object const& object, std::string_view name) {
    auto const* value = object.if_contains(name);
    if (value == nullptr || !value->is_string()) return std::nullopt;
    return value->get_string();
}

}  // namespace tunnus
