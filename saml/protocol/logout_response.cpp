// SPDX-License-Identifier: MIT
#include "saml/protocol/logout_response.hpp"

#include "saml/protocol/message_header.hpp"
#include "saml/protocol/times.hpp"
#include "saml/xml/namespaces.hpp"
#include "saml/xml/writer.hpp"

namespace tunnus::saml {

std::string build_logout_response(LogoutResponse const& response) {
    return xml::write_element(
        "samlp:LogoutResponse",
        {{"xmlns:samlp", xml::ns::protocol},
         {"ID", response.id},
         {"Version", "2.0"},
         {"IssueInstant", format_time(response.issue_instant)},
         {"Destination", response.destination},
         {"InResponseTo", response.in_response_to}},
        xml::write_text("saml:Issuer", {{"xmlns:saml", xml::ns::assertion}}, response.issuer) +
            build_status(response.status));
}

Result<LogoutResponse> parse_logout_response(xml::Element const& root, std::size_t max_bytes) {
    Children parts(root);
    auto header = parse_message_header(root, "LogoutResponse", parts, max_bytes);
    if (!header) return header.error();
    auto const status_element = parts.take(xml::ns::protocol, "Status");
    if (!status_element) return status_element.error();
    auto status = parse_status(**status_element);
    if (!status) return status.error();
    if (auto const done = parts.finish(); !done) return done.error();
    return LogoutResponse{std::move(header->id),     std::move(header->in_response_to),
                          header->issue_instant,     std::move(header->destination),
                          std::move(header->issuer), std::move(*status)};
}

Result<> check_logout_response(LogoutResponse const& response, LogoutResponsePolicy const& policy) {
    if (response.issuer != policy.idp_entity_id)
        return Error(Reason::wrong_issuer, "LogoutResponse");
    if (response.destination != policy.destination)
        return Error(Reason::wrong_destination, "LogoutResponse");
    if (response.in_response_to.empty())
        return Error(Reason::wrong_in_response_to, "LogoutResponse");
    return {};
}

}  // namespace tunnus::saml
