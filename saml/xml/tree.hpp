// SPDX-License-Identifier: MIT
// libxml2's side of a Document, for the .cpp files of this folder and nobody else.
#pragma once

#include "saml/xml/document.hpp"

#include <libxml/tree.h>

#include <memory>
#include <string_view>

namespace tunnus::saml::xml {

struct FreeDocument {
    void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
};
using DocumentPointer = std::unique_ptr<xmlDoc, FreeDocument>;

struct Tree {
    DocumentPointer document;
};

/// The node that `element`, an element of `document`, was copied from; null for a stranger.
[[nodiscard]] xmlNode* find_node(Document const& document, Element const& element);

inline xmlChar const* xml_text(char const* text) {
    return reinterpret_cast<xmlChar const*>(text);
}
inline std::string_view view(xmlChar const* text) {
    return text == nullptr ? std::string_view() : reinterpret_cast<char const*>(text);
}

}  // namespace tunnus::saml::xml
