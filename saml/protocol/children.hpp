// SPDX-License-Identifier: MIT
// Reading an element's children in the schema's order: what is not taken is refused (threats.md
// S-69, S-70).
#pragma once

#include "saml/reason.hpp"
#include "saml/xml/element.hpp"

#include <string>
#include <string_view>

namespace tunnus::saml {

/// Walks over the children of an element, which outlives it.
class Children {
  public:
    explicit Children(xml::Element const& parent) : parent_(parent) {}

    /// The next child when it is of this name; null, and nothing is taken, when it is not.
    [[nodiscard]] xml::Element const* take_if(std::string_view ns, std::string_view name);
    /// The same, but Reason::missing_element when it is not.
    [[nodiscard]] Result<xml::Element const*> take(std::string_view ns, std::string_view name);
    /// The next child whatever it is; null at the end.
    [[nodiscard]] xml::Element const* next();
    /// Reason::unexpected_element unless every child was taken and there is no text among them.
    [[nodiscard]] Result<> finish() const;

  private:
    xml::Element const& parent_;
    std::size_t at_ = 0;
};

/// The text of an element without children, trimmed of XML white space, 1 to `max_bytes` long.
[[nodiscard]] Result<std::string> read_text(xml::Element const& element, std::size_t max_bytes);

/// An attribute in no namespace; Reason::missing_attribute when absent, bad_value when empty.
[[nodiscard]] Result<std::string> read_attribute(xml::Element const& element,
                                                 std::string_view name);

}  // namespace tunnus::saml
