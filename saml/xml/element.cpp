// SPDX-License-Identifier: MIT
#include "saml/xml/element.hpp"

#include <algorithm>

namespace tunnus::saml::xml {

std::optional<std::string_view> Element::attribute(std::string_view namespace_uri,
                                                   std::string_view name) const {
    for (auto const& attribute : attributes_)
        if (attribute.name == name && attribute.namespace_uri == namespace_uri)
            return attribute.value;
    return std::nullopt;
}

std::string_view Element::trimmed_text() const {
    return trim_white_space(text_);
}

std::size_t Element::count_named(std::string_view name) const {
    std::size_t count = name_ == name ? 1 : 0;
    for (auto const& child : children_)
        count += child.count_named(name);
    return count;
}

std::string_view trim_white_space(std::string_view text) {
    constexpr std::string_view white_space = " \t\r\n";
    auto const first = text.find_first_not_of(white_space);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

bool is_ncname(std::string_view text) {
    auto const starts = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    };
    auto const continues = [&](char c) {
        return starts(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
    };
    return !text.empty() && starts(text.front()) &&
           std::all_of(text.begin(), text.end(), continues);
}

}  // namespace tunnus::saml::xml
