// SPDX-License-Identifier: MIT
#include "saml/xml/byte_scan.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"

#include <algorithm>
#include <array>

namespace tunnus::saml::xml {
namespace {

Result<> scan_encoding(std::string_view bytes) {
    // A byte order mark or leading white space fails here too: a message starts with '<'.
    if (bytes.empty() || bytes.front() != '<')
        return Error(Reason::xml_not_utf8, "the document does not start with '<'");
    if (bytes.find('\0') != std::string_view::npos)
        return Error(Reason::xml_not_utf8, "a NUL byte");
    if (!is_valid_utf8(bytes)) return Error(Reason::xml_not_utf8, "invalid UTF-8");
    return {};
}

/// The length of the XML declaration, or 0 when there is none.
Result<std::size_t> scan_declaration(std::string_view bytes) {
    if (!bytes.starts_with("<?")) return std::size_t{0};
    constexpr std::array<std::string_view, 10> accepted{
        R"(<?xml version="1.0" encoding="UTF-8"?>)",
        R"(<?xml version="1.0" encoding="utf-8"?>)",
        R"(<?xml version='1.0' encoding='UTF-8'?>)",
        R"(<?xml version='1.0' encoding='utf-8'?>)",
        R"(<?xml version="1.0" encoding="UTF-8" ?>)",
        R"(<?xml version="1.0" encoding="utf-8" ?>)",
        R"(<?xml version='1.0' encoding='UTF-8' ?>)",
        R"(<?xml version='1.0' encoding='utf-8' ?>)",
        R"(<?xml version="1.0"?>)",
        R"(<?xml version='1.0'?>)",
    };
    for (auto const declaration : accepted)
        if (bytes.starts_with(declaration)) return declaration.size();
    return Error(Reason::xml_declaration, "an unusual XML declaration");
}

Result<> scan_markup(std::string_view bytes) {
    for (auto at = bytes.find('<'); at != std::string_view::npos; at = bytes.find('<', at + 1)) {
        auto const rest = bytes.substr(at + 1, 8);
        if (rest.starts_with('?')) return Error(Reason::xml_instruction, "");
        if (!rest.starts_with('!')) continue;
        if (rest.starts_with("!--")) return Error(Reason::xml_comment, "");
        if (rest.starts_with("![CDATA[")) return Error(Reason::xml_cdata, "");
        return Error(Reason::xml_doctype, "");
    }
    return {};
}

std::size_t count(std::string_view text, std::string_view what) {
    std::size_t found = 0;
    for (auto at = text.find(what); at != std::string_view::npos;
         at = text.find(what, at + what.size()))
        ++found;
    return found;
}

Result<> scan_tags(std::string_view bytes, Limits const& limits) {
    std::size_t tags = 0;
    for (std::size_t at = 0; at < bytes.size();) {
        if (++tags > limits.xml_tags) return Error(Reason::xml_too_many_tags, "");
        auto const next = std::min(bytes.find('<', at + 1), bytes.size());
        auto const piece = bytes.substr(at, next - at);
        if (std::min(piece.find('>'), piece.size()) > limits.xml_tag_bytes)
            return Error(Reason::xml_tag_too_long, "");
        if (count(piece, "=") > limits.xml_attributes)
            return Error(Reason::xml_too_many_attributes, "");
        at = next;
    }
    if (count(bytes, "xmlns") > limits.xml_namespaces)
        return Error(Reason::xml_too_many_attributes, "too many namespace declarations");
    return {};
}

}  // namespace

Result<> scan_bytes(std::string_view bytes, Limits const& limits) {
    if (bytes.size() > limits.xml_bytes) return Error(Reason::message_too_large, "");
    if (auto const encoding = scan_encoding(bytes); !encoding) return encoding.error();
    auto const declaration = scan_declaration(bytes);
    if (!declaration) return declaration.error();
    bytes.remove_prefix(*declaration);
    if (auto const markup = scan_markup(bytes); !markup) return markup.error();
    bytes.remove_prefix(std::min(bytes.find('<'), bytes.size()));
    return scan_tags(bytes, limits);
}

}  // namespace tunnus::saml::xml
