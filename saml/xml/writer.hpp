// SPDX-License-Identifier: MIT
// Writing the little XML that we send. No library: text that is well-formed because it is built
// from the inside out.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace tunnus::saml::xml {

/// Attributes with an empty value are left out.
using Attributes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

/// `<name a="…">content</name>`; `content` is XML, attribute values are escaped.
[[nodiscard]] std::string write_element(std::string_view name, Attributes attributes,
                                        std::string_view content = {});
/// The same with escaped text in place of XML.
[[nodiscard]] std::string write_text(std::string_view name, Attributes attributes,
                                     std::string_view text);

}  // namespace tunnus::saml::xml
