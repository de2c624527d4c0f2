// SPDX-License-Identifier: MIT
#include "saml/protocol/response.hpp"

#include "saml/protocol/children.hpp"
#include "saml/protocol/times.hpp"
#include "saml/xml/namespaces.hpp"

namespace tunnus::saml {
namespace {

namespace ns = xml::ns;

Result<> parse_header(xml::Element const& root, Response& response) {
    if (!root.is(ns::protocol, "Response"))
        return Error(Reason::unexpected_element, "not a Response");
    if (root.attribute("Version") != "2.0") return Error(Reason::wrong_version, "Response");
    auto id = read_attribute(root, "ID");
    if (!id) return id.error();
    response.id = std::move(*id);
    auto const issued = read_attribute(root, "IssueInstant");
    if (!issued) return issued.error();
    auto const time = parse_time(*issued);
    if (!time) return time.error();
    response.issue_instant = *time;
    response.in_response_to = root.attribute("InResponseTo").value_or("");
    response.destination = root.attribute("Destination").value_or("");
    return {};
}

}  // namespace

Result<Response> parse_response(xml::Element const& root, std::size_t max_bytes) {
    Response response;
    if (auto const header = parse_header(root, response); !header) return header.error();
    Children parts(root);
    auto const issuer = parts.take(ns::assertion, "Issuer");
    if (!issuer) return issuer.error();
    auto issuer_text = read_text(**issuer, max_bytes);
    if (!issuer_text) return issuer_text.error();
    response.issuer = std::move(*issuer_text);
    (void)parts.take_if(ns::protocol, "Extensions");
    auto const status_element = parts.take(ns::protocol, "Status");
    if (!status_element) return status_element.error();
    auto status = parse_status(**status_element);
    if (!status) return status.error();
    response.status = std::move(*status);

    response.encrypted_assertion = parts.take_if(ns::assertion, "EncryptedAssertion");
    if (response.encrypted_assertion == nullptr)
        response.assertion = parts.take_if(ns::assertion, "Assertion");
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
