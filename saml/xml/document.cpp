// SPDX-License-Identifier: MIT
#include "saml/xml/document.hpp"

#include "idp/base/limits.hpp"
#include "saml/xml/byte_scan.hpp"
#include "saml/xml/namespaces.hpp"
#include "saml/xml/tree.hpp"

#include <libxml/parser.h>

#include <set>
#include <string>

namespace tunnus::saml::xml {
namespace {

struct FreeParser {
    void operator()(xmlParserCtxt* parser) const { xmlFreeParserCtxt(parser); }
};

/// What the parser told us besides its own verdict, which is not to be trusted alone: 2.9.14 calls
/// a document well-formed that was stopped at its DOCTYPE (S-54) or pollutes its namespaces (S-67).
struct Complaints {
    bool any = false;
    bool saw_dtd = false;
};

Complaints& complaints_of(void* parser) {
    return *static_cast<Complaints*>(static_cast<xmlParserCtxt*>(parser)->_private);
}

void note_error(void* parser, xmlErrorPtr) {
    complaints_of(parser).any = true;  // a warning counts too
    xmlStopParser(static_cast<xmlParserCtxt*>(parser));
}

void note_dtd(void* parser, xmlChar const*, xmlChar const*, xmlChar const*) {
    complaints_of(parser).saw_dtd = true;
    xmlStopParser(static_cast<xmlParserCtxt*>(parser));
}

/// The one call of an XML parser in the product.
Result<DocumentPointer> parse_strictly(std::string_view bytes) {
    std::unique_ptr<xmlParserCtxt, FreeParser> const parser(xmlNewParserCtxt());
    if (!parser) throw std::bad_alloc();
    Complaints complaints;
    parser->_private = &complaints;
    parser->sax->serror = note_error;
    parser->sax->internalSubset = note_dtd;
    DocumentPointer document(xmlCtxtReadMemory(parser.get(), bytes.data(),
                                               static_cast<int>(bytes.size()), nullptr, nullptr,
                                               XML_PARSE_NONET | XML_PARSE_NODICT));
    if (complaints.saw_dtd) return Error(Reason::xml_doctype, "");
    if (!document || parser->wellFormed != 1 || parser->nsWellFormed != 1 ||
        parser->errNo != XML_ERR_OK || complaints.any)
        return Error(Reason::xml_malformed, "libxml2 " + std::to_string(parser->errNo));
    if (document->intSubset != nullptr || document->extSubset != nullptr)
        return Error(Reason::xml_doctype, "");
    if (auto const encoding = view(document->encoding);
        !encoding.empty() && encoding != "UTF-8" && encoding != "utf-8")
        return Error(Reason::xml_not_utf8, "");
    return document;
}

std::string namespace_of(xmlNs const* declared) {
    return declared == nullptr ? std::string() : std::string(view(declared->href));
}

/// Canonicalization fails on a relative namespace name, which libxml2 does not mind (S-50).
bool is_absolute(std::string_view namespace_uri) {
    auto const colon = namespace_uri.find(':');
    return namespace_uri.empty() ||
           (colon != std::string_view::npos && is_ncname(namespace_uri.substr(0, colon)) &&
            namespace_uri.substr(0, colon).find('_') == std::string_view::npos);
}

/// Copies libxml2's tree into our own and refuses what we do not read.
class Walk {
  public:
    explicit Walk(Limits const& limits) : limits_(limits) {}

    Result<Element> copy(xmlNode const& node, std::size_t depth) {
        if (depth > limits_.xml_depth) return Error(Reason::xml_too_deep, "");
        for (auto const* declared = node.nsDef; declared != nullptr; declared = declared->next)
            if (!is_absolute(view(declared->href)))
                return Error(Reason::xml_malformed, "a relative namespace name");
        auto attributes = copy_attributes(node);
        if (!attributes) return attributes.error();
        std::string text;
        std::vector<Element> children;
        for (auto const* child = node.children; child != nullptr; child = child->next) {
            if (child->type == XML_TEXT_NODE) {
                text.append(view(child->content));
            } else if (child->type == XML_ELEMENT_NODE) {
                auto element = copy(*child, depth + 1);
                if (!element) return element;
                children.push_back(std::move(*element));
            } else {
                return Error(Reason::xml_node_kind, "type " + std::to_string(child->type));
            }
        }
        return Element(namespace_of(node.ns), std::string(view(node.name)), std::move(*attributes),
                       std::move(text), std::move(children));
    }

  private:
    Result<std::vector<Attribute>> copy_attributes(xmlNode const& node) {
        std::vector<Attribute> attributes;
        for (auto const* at = node.properties; at != nullptr; at = at->next) {
            Attribute attribute{namespace_of(at->ns), std::string(view(at->name)), {}};
            for (auto const* part = at->children; part != nullptr; part = part->next) {
                if (part->type != XML_TEXT_NODE) return Error(Reason::xml_node_kind, "");
                attribute.value.append(view(part->content));
            }
            if (auto const id = check_id(attribute); !id) return id.error();
            attributes.push_back(std::move(attribute));
        }
        return attributes;
    }

    Result<> check_id(Attribute const& attribute) {
        bool const is_xml_id = attribute.namespace_uri == ns::xml && attribute.name == "id";
        bool const is_plain_id = attribute.namespace_uri.empty() &&
                                 (attribute.name == "ID" || attribute.name == "Id" ||
                                  attribute.name == "id" || attribute.name == "AssertionID");
        if (!is_xml_id && !is_plain_id) return {};
        if (attribute.value.size() > limits_.xml_id_bytes || !is_ncname(attribute.value))
            return Error(Reason::xml_id, "not a short NCName");
        if (!ids_.insert(attribute.value).second) return Error(Reason::xml_id, "repeated");
        return {};
    }

    Limits const& limits_;
    std::set<std::string> ids_;
};

xmlNode* find_in(Element const& here, xmlNode* node, Element const& wanted) {
    if (&here == &wanted) return node;
    auto* child_node = node->children;
    for (auto const& child : here.children()) {
        while (child_node->type != XML_ELEMENT_NODE)
            child_node = child_node->next;
        if (auto* found = find_in(child, child_node, wanted)) return found;
        child_node = child_node->next;
    }
    return nullptr;
}

}  // namespace

Result<Document> Document::parse(Library const& library, std::string_view bytes) {
    if (auto const scan = scan_bytes(bytes, library.limits()); !scan) return scan.error();
    auto parsed = parse_strictly(bytes);
    if (!parsed) return parsed.error();
    auto const* root_node = xmlDocGetRootElement(parsed->get());
    for (auto const* node = (*parsed)->children; node != nullptr; node = node->next)
        if (node != root_node) return Error(Reason::xml_node_kind, "beside the root");
    auto root = Walk(library.limits()).copy(*root_node, 1);
    if (!root) return root.error();
    auto tree = std::make_unique<Tree>();
    tree->document = std::move(*parsed);
    return Document(library, std::move(tree), std::make_unique<Element const>(std::move(*root)));
}

Document::Document(Library const& library, std::unique_ptr<Tree> tree,
                   std::unique_ptr<Element const> root)
    : library_(&library), tree_(std::move(tree)), root_(std::move(root)) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

xmlNode* find_node(Document const& document, Element const& element) {
    return find_in(document.root(), xmlDocGetRootElement(document.tree().document.get()), element);
}

}  // namespace tunnus::saml::xml
