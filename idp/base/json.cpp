// SPDX-License-Identifier: MIT
#include "idp/base/json.hpp"

#include "idp/base/json_builder.hpp"

#include <boost/json/basic_parser_impl.hpp>

namespace tunnus {
namespace {

namespace json = boost::json;

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
    json::basic_parser<JsonBuilder> parser(options);
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

bool is_true(boost::json::object const& object, std::string_view name) {
    auto const* const value = object.if_contains(name);
    return value != nullptr && value->is_bool() && value->get_bool();
}

}  // namespace tunnus
