// SPDX-License-Identifier: MIT
// Document: a whole XML document that has passed every rule of threats.md 8.1. The one place where
// bytes become XML; S-71 checks that there is no second.
#pragma once

#include "saml/reason.hpp"
#include "saml/xml/element.hpp"
#include "saml/xml/library.hpp"

#include <memory>
#include <string_view>

namespace tunnus::saml::xml {

struct Tree;  // libxml2's side of the document; only .cpp files of this folder know it

/// Immutable to its users. Moving it keeps the addresses of its elements. One thread at a time: the
/// signature and decryption code marks libxml2's tree while it works.
class Document {
  public:
    /// Pre-scan of the bytes, strict parse without network, entities or recovery, the acceptance
    /// conditions, and a walk of our own that copies elements, attributes and text and refuses
    /// everything else. Identifiers (`ID`, `Id`, `id`, `xml:id`, `AssertionID`) are NCNames of
    /// bounded length and unique over the document (S-34, S-35). The library outlives the document.
    [[nodiscard]] static Result<Document> parse(Library const& library, std::string_view bytes);

    Document(Document&&) noexcept;
    Document& operator=(Document&&) noexcept;
    ~Document();

    [[nodiscard]] Element const& root() const { return *root_; }
    [[nodiscard]] Library const& library() const { return *library_; }
    [[nodiscard]] Tree& tree() const { return *tree_; }

  private:
    Document(Library const& library, std::unique_ptr<Tree> tree,
             std::unique_ptr<Element const> root);

    Library const* library_;
    std::unique_ptr<Tree> tree_;
    std::unique_ptr<Element const> root_;
};

}  // namespace tunnus::saml::xml
