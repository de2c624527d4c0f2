// SPDX-License-Identifier: MIT
#include "saml/xml/writer.hpp"

namespace tunnus::saml::xml {
namespace {

/// For text and attribute values alike; white space other than a blank would be normalised away in
/// an attribute, so it is written by number.
std::string escape(std::string_view text) {
    std::string escaped;
    escaped.reserve(text.size());
    for (char const c : text) {
        switch (c) {
            case '&':
                escaped += "&amp;";
                break;
            case '<':
                escaped += "&lt;";
                break;
            case '>':
                escaped += "&gt;";
                break;
            case '"':
                escaped += "&quot;";
                break;
            case '\t':
                escaped += "&#9;";
                break;
            case '\n':
                escaped += "&#10;";
                break;
            case '\r':
                escaped += "&#13;";
                break;
            default:
                escaped += c;
        }
    }
    return escaped;
}

}  // namespace

std::string write_element(std::string_view name, Attributes attributes, std::string_view content) {
    std::string text = "<";
    text.append(name);
    for (auto const& [attribute, value] : attributes)
        if (!value.empty())
            text.append(" ").append(attribute).append("=\"").append(escape(value)).append("\"");
    return text.append(">").append(content).append("</").append(name).append(">");
}

std::string write_text(std::string_view name, Attributes attributes, std::string_view text) {
    return write_element(name, attributes, escape(text));
}

}  // namespace tunnus::saml::xml
