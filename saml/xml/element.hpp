// SPDX-License-Identifier: MIT
// An XML element as an immutable value, free of any library's types. This is all that
// saml/protocol sees of a document.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus::saml::xml {

/// Namespace declarations are not attributes here.
struct Attribute {
    std::string namespace_uri;  ///< empty for an attribute without prefix
    std::string name;
    std::string value;
};

class Element {
  public:
    Element(std::string namespace_uri, std::string name, std::vector<Attribute> attributes,
            std::string text, std::vector<Element> children)
        : namespace_uri_(std::move(namespace_uri)),
          name_(std::move(name)),
          attributes_(std::move(attributes)),
          text_(std::move(text)),
          children_(std::move(children)) {}

    [[nodiscard]] std::string const& namespace_uri() const { return namespace_uri_; }
    /// The local name.
    [[nodiscard]] std::string const& name() const { return name_; }
    [[nodiscard]] bool is(std::string_view namespace_uri, std::string_view name) const {
        return name_ == name && namespace_uri_ == namespace_uri;
    }

    [[nodiscard]] std::vector<Attribute> const& attributes() const { return attributes_; }
    /// The value of the attribute of this name in no namespace.
    [[nodiscard]] std::optional<std::string_view> attribute(std::string_view name) const {
        return attribute("", name);
    }
    [[nodiscard]] std::optional<std::string_view> attribute(std::string_view namespace_uri,
                                                            std::string_view name) const;

    /// All character data directly within, in one piece. White space between children is included.
    [[nodiscard]] std::string const& text() const { return text_; }
    /// The text without XML white space (space, tab, CR, LF) at both ends.
    [[nodiscard]] std::string_view trimmed_text() const;
    [[nodiscard]] std::span<Element const> children() const { return children_; }

    /// How many elements of this local name there are here and below, in whatever namespace.
    [[nodiscard]] std::size_t count_named(std::string_view name) const;

  private:
    std::string namespace_uri_;
    std::string name_;
    std::vector<Attribute> attributes_;
    std::string text_;
    std::vector<Element> children_;
};

/// Removes XML white space (space, tab, CR, LF) from both ends and nothing else (threats.md S-22).
[[nodiscard]] std::string_view trim_white_space(std::string_view text);

/// An NCName (XML Namespaces §3) of ASCII letters, digits, `_`, `-` and `.`.
[[nodiscard]] bool is_ncname(std::string_view text);

}  // namespace tunnus::saml::xml
