// SPDX-License-Identifier: MIT
#include "saml/protocol/logout_request.hpp"

#include "saml/protocol/language_extension.hpp"
#include "saml/protocol/message_header.hpp"
#include "saml/protocol/times.hpp"
#include "saml/xml/namespaces.hpp"
#include "saml/xml/writer.hpp"

namespace tunnus::saml {
namespace {

namespace ns = xml::ns;

Result<std::vector<std::string>> parse_session_indexes(Children& parts, std::size_t max_bytes) {
    std::vector<std::string> indexes;
    while (auto const* element = parts.take_if(ns::protocol, "SessionIndex")) {
        auto index = read_text(*element, max_bytes);
        if (!index) return index.error();
        indexes.push_back(std::move(*index));
    }
    return indexes;
}

}  // namespace

std::string build_logout_request(LogoutRequest const& request, std::string_view language) {
    auto body = xml::write_text("saml:Issuer", {{"xmlns:saml", ns::assertion}}, request.issuer) +
                build_language_extension(language) + build_name_id(request.name_id);
    for (auto const& index : request.session_indexes)
        body += xml::write_text("samlp:SessionIndex", {}, index);
    auto const limit =
        request.not_on_or_after ? format_time(*request.not_on_or_after) : std::string();
    return xml::write_element("samlp:LogoutRequest",
                              {{"xmlns:samlp", ns::protocol},
                               {"ID", request.id},
                               {"Version", "2.0"},
                               {"IssueInstant", format_time(request.issue_instant)},
                               {"Destination", request.destination},
                               {"NotOnOrAfter", limit}},
                              body);
}

Result<LogoutRequest> parse_logout_request(xml::Element const& root, std::size_t max_bytes) {
    Children parts(root);
    auto header = parse_message_header(root, "LogoutRequest", parts, max_bytes);
    if (!header) return header.error();
    LogoutRequest request{std::move(header->id),
                          header->issue_instant,
                          std::move(header->destination),
                          std::move(header->issuer),
                          {},
                          {},
                          {}};
    if (auto const limit = root.attribute("NotOnOrAfter")) {
        auto const time = parse_time(*limit);
        if (!time) return time.error();
        request.not_on_or_after = *time;
    }
    auto const name_id_element = parts.take(ns::assertion, "NameID");
    if (!name_id_element) return name_id_element.error();
    auto name_id = parse_name_id(**name_id_element, max_bytes);
    if (!name_id) return name_id.error();
    request.name_id = std::move(*name_id);
    auto indexes = parse_session_indexes(parts, max_bytes);
    if (!indexes) return indexes.error();
    request.session_indexes = std::move(*indexes);
    if (auto const done = parts.finish(); !done) return done.error();
    return request;
}

Result<> check_logout_request(LogoutRequest const& request, LogoutRequestPolicy const& policy) {
    if (request.issuer != policy.idp_entity_id) return Error(Reason::wrong_issuer, "LogoutRequest");
    if (request.destination != policy.destination)
        return Error(Reason::wrong_destination, "LogoutRequest");
    if (!has_begun(request.issue_instant, policy.now, policy.skew))
        return Error(Reason::wrong_issue_instant, "in the future");
    if (has_ended(request.issue_instant + policy.lifetime, policy.now, policy.skew))
        return Error(Reason::wrong_issue_instant, "too long ago");
    if (request.not_on_or_after && has_ended(*request.not_on_or_after, policy.now, policy.skew))
        return Error(Reason::expired, "LogoutRequest");
    return check_name_id(request.name_id, policy.idp_entity_id, policy.sp_entity_id,
                         policy.name_id_formats);
}

}  // namespace tunnus::saml
