// SPDX-License-Identifier: MIT
#include "saml/protocol/children.hpp"

namespace tunnus::saml {

xml::Element const* Children::take_if(std::string_view ns, std::string_view name) {
    auto const children = parent_.children();
    if (at_ == children.size() || !children[at_].is(ns, name)) return nullptr;
    return &children[at_++];
}

Result<xml::Element const*> Children::take(std::string_view ns, std::string_view name) {
    if (auto const* child = take_if(ns, name)) return child;
    return Error(Reason::missing_element, std::string(name));
}

xml::Element const* Children::next() {
    auto const children = parent_.children();
    return at_ == children.size() ? nullptr : &children[at_++];
}

Result<> Children::finish() const {
    if (at_ != parent_.children().size())
        return Error(Reason::unexpected_element, "in " + parent_.name());
    if (!parent_.trimmed_text().empty())
        return Error(Reason::unexpected_element, "text in " + parent_.name());
    return {};
}

Result<std::string> read_text(xml::Element const& element, std::size_t max_bytes) {
    if (!element.children().empty())
        return Error(Reason::unexpected_element, "in " + element.name());
    auto const text = element.trimmed_text();
    if (text.empty() || text.size() > max_bytes) return Error(Reason::bad_value, element.name());
    return std::string(text);
}

Result<std::string> read_attribute(xml::Element const& element, std::string_view name) {
    auto const value = element.attribute(name);
    if (!value) return Error(Reason::missing_attribute, std::string(name));
    if (value->empty()) return Error(Reason::bad_value, std::string(name));
    return std::string(*value);
}

}  // namespace tunnus::saml
