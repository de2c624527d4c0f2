// SPDX-License-Identifier: MIT
#include "saml/protocol/response.hpp"

#include "saml/protocol/message_header.hpp"
#include "saml/protocol/times.hpp"
#include "saml/xml/namespaces.hpp"

namespace tunnus::saml {
Result<Response> parse_response(xml::Element const& root, std::size_t max_bytes) {
    Children parts(root);
    auto header = parse_message_header(root, "Response", parts, max_bytes);
    if (!header) return header.error();
    Response response;
    response.id = std::move(header->id);
    response.in_response_to = std::move(header->in_response_to);
    response.destination = std::move(header->destination);
    response.issuer = std::move(header->issuer);
    response.issue_instant = header->issue_instant;
    auto const status_element = parts.take(xml::ns::protocol, "Status");
    if (!status_element) return status_element.error();
    auto status = parse_status(**status_element);
    if (!status) return status.error();
    response.status = std::move(*status);

    response.encrypted_assertion = parts.take_if(xml::ns::assertion, "EncryptedAssertion");
    if (response.encrypted_assertion == nullptr)
        response.assertion = parts.take_if(xml::ns::assertion, "Assertion");
    bool const has_one = response.encrypted_assertion != nullptr || response.assertion != nullptr;
    if (count_assertions(root) > 1 || (response.status.is_success() && !has_one))
        return Error(Reason::assertion_count, std::to_string(count_assertions(root)));
    if (auto const done = parts.finish(); !done) return done.error();
    return response;
}

std::size_t count_assertions(xml::Element const& root) {
    return root.count_named("Assertion") + root.count_named("EncryptedAssertion");
}

Result<> check_response(Response const& response, ResponsePolicy const& policy) {
    if (response.issuer != policy.idp_entity_id) return Error(Reason::wrong_issuer, "Response");
    if (response.destination != policy.acs_url)
        return Error(Reason::wrong_destination, response.destination.empty() ? "none" : "another");
    if (policy.request_id.empty() || response.in_response_to != policy.request_id)
        return Error(Reason::wrong_in_response_to,
                     response.in_response_to.empty() ? "none" : "another request");
    if (!has_begun(response.issue_instant, policy.now, policy.skew))
        return Error(Reason::wrong_issue_instant, "in the future");
    if (response.issue_instant < policy.requested_at - policy.skew)
        return Error(Reason::wrong_issue_instant, "before the request");
    if (policy.now > policy.requested_at + policy.request_lifetime)
        return Error(Reason::wrong_in_response_to, "the request has expired");
    return {};
}

}  // namespace tunnus::saml
