// SPDX-License-Identifier: MIT
#include "saml/protocol/authn_request.hpp"

#include "saml/protocol/language_extension.hpp"
#include "saml/protocol/name_id.hpp"
#include "saml/protocol/times.hpp"
#include "saml/xml/namespaces.hpp"
#include "saml/xml/writer.hpp"

namespace tunnus::saml {
namespace {

std::string build_requested_context(std::vector<std::string> const& class_refs) {
    if (class_refs.empty()) return {};
    std::string list;
    for (auto const& class_ref : class_refs)
        list += xml::write_text("saml:AuthnContextClassRef", {{"xmlns:saml", xml::ns::assertion}},
                                class_ref);
    return xml::write_element("samlp:RequestedAuthnContext", {{"Comparison", "exact"}}, list);
}

}  // namespace

std::string build_authn_request(AuthnRequest const& request) {
    auto const body =
        xml::write_text("saml:Issuer", {{"xmlns:saml", xml::ns::assertion}}, request.issuer) +
        build_language_extension(request.language) +
        xml::write_element("samlp:NameIDPolicy",
                           {{"AllowCreate", "true"}, {"Format", request.name_id_format}}) +
        build_requested_context(request.authn_context_class_refs);
    return xml::write_element(
        "samlp:AuthnRequest",
        {{"xmlns:samlp", xml::ns::protocol},
         {"ID", request.id},
         {"Version", "2.0"},
         {"IssueInstant", format_time(request.issue_instant)},
         {"Destination", request.destination},
         {"ForceAuthn", request.force_authn ? "true" : ""},
         {"IsPassive", request.is_passive ? "true" : ""},
         {"ProtocolBinding", "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"},
         {"AssertionConsumerServiceURL", request.assertion_consumer_service_url}},
        body);
}

}  // namespace tunnus::saml
