// SPDX-License-Identifier: MIT
#include "oidc/protocol/stored_json.hpp"

#include "idp/base/json.hpp"

namespace tunnus::oidc::stored {

namespace json = boost::json;

void put(json::object& object, std::string_view name, std::optional<std::string> const& text) {
    if (text) object[name] = *text;
}

void put(json::object& object, std::string_view name, std::vector<std::string> const& texts) {
    if (!texts.empty()) object[name] = json::array(texts.begin(), texts.end());
}

void put(json::object& object, std::string_view name, bool flag) {
    if (flag) object[name] = true;
}

std::optional<std::string> text(json::object const& object, std::string_view name) {
    auto const found = find_string(object, name);
    return found ? std::optional(std::string(*found)) : std::nullopt;
}

std::vector<std::string> texts(json::object const& object, std::string_view name) {
    std::vector<std::string> list;
    auto const* value = object.if_contains(name);
    if (value == nullptr || !value->is_array()) return list;
    for (auto const& element : value->get_array())
        if (auto const* string = element.if_string()) list.emplace_back(*string);
    return list;
}

bool flag(json::object const& object, std::string_view name) {
    auto const* value = object.if_contains(name);
    return value != nullptr && value->is_bool() && value->get_bool();
}

std::optional<std::int64_t> number(json::object const& object, std::string_view name) {
    auto const* value = object.if_contains(name);
    if (value == nullptr || !value->is_int64()) return std::nullopt;
    return value->get_int64();
}

}  // namespace tunnus::oidc::stored
