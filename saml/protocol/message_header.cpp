// SPDX-License-Identifier: MIT
#include "saml/protocol/message_header.hpp"

#include "saml/protocol/times.hpp"
#include "saml/xml/namespaces.hpp"

namespace tunnus::saml {

Result<MessageHeader> parse_message_header(xml::Element const& root, std::string_view name,
                                           Children& parts, std::size_t max_bytes) {
    if (!root.is(xml::ns::protocol, name))
        return Error(Reason::unexpected_element, "not a " + std::string(name));
    if (root.attribute("Version") != "2.0") return Error(Reason::wrong_version, std::string(name));
    MessageHeader header;
    auto id = read_attribute(root, "ID");
    if (!id) return id.error();
    header.id = std::move(*id);
    auto const issued = read_attribute(root, "IssueInstant");
    if (!issued) return issued.error();
    auto const time = parse_time(*issued);
    if (!time) return time.error();
    header.issue_instant = *time;
    header.in_response_to = root.attribute("InResponseTo").value_or("");
    header.destination = root.attribute("Destination").value_or("");
    auto const issuer = parts.take(xml::ns::assertion, "Issuer");
    if (!issuer) return issuer.error();
    auto issuer_text = read_text(**issuer, max_bytes);
    if (!issuer_text) return issuer_text.error();
    header.issuer = std::move(*issuer_text);
    (void)parts.take_if(xml::ns::protocol, "Extensions");
    return header;
}

}  // namespace tunnus::saml
