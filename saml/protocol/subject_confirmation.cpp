// SPDX-License-Identifier: MIT
#include "saml/protocol/subject_confirmation.hpp"

#include "saml/protocol/children.hpp"
#include "saml/protocol/times.hpp"
#include "saml/xml/namespaces.hpp"

namespace tunnus::saml {
namespace {

constexpr std::string_view bearer = "urn:oasis:names:tc:SAML:2.0:cm:bearer";

std::optional<std::string> text_of(std::optional<std::string_view> value) {
    if (!value) return std::nullopt;
    return std::string(*value);
}

Result<> check_bearer(SubjectConfirmation const& confirmation, ConfirmationPolicy const& policy) {
    if (confirmation.has_not_before)
        return Error(Reason::no_valid_confirmation, "a bearer has no NotBefore");
    if (confirmation.recipient != policy.recipient)
        return Error(Reason::no_valid_confirmation, "Recipient");
    if (policy.request_id.empty() || confirmation.in_response_to != policy.request_id)
        return Error(Reason::wrong_in_response_to, "SubjectConfirmationData");
    if (!confirmation.not_on_or_after)
        return Error(Reason::no_valid_confirmation, "no NotOnOrAfter");
    if (has_ended(*confirmation.not_on_or_after, policy.now, policy.skew))
        return Error(Reason::expired, "SubjectConfirmationData");
    if (*confirmation.not_on_or_after - policy.now > policy.window)
        return Error(Reason::window_too_long, "SubjectConfirmationData");
    return {};
}

}  // namespace

Result<SubjectConfirmation> parse_subject_confirmation(xml::Element const& element) {
    SubjectConfirmation confirmation;
    auto method = read_attribute(element, "Method");
    if (!method) return method.error();
    confirmation.method = std::move(*method);
    Children parts(element);
    if (auto const* data = parts.take_if(xml::ns::assertion, "SubjectConfirmationData")) {
        if (auto const nothing = Children(*data).finish(); !nothing) return nothing.error();
        confirmation.recipient = text_of(data->attribute("Recipient"));
        confirmation.in_response_to = text_of(data->attribute("InResponseTo"));
        confirmation.has_not_before = data->attribute("NotBefore").has_value();
        if (auto const limit = data->attribute("NotOnOrAfter")) {
            auto const time = parse_time(*limit);
            if (!time) return time.error();
            confirmation.not_on_or_after = *time;
        }
    }
    if (auto const done = parts.finish(); !done) return done.error();
    return confirmation;
}

Result<> check_subject_confirmations(std::span<SubjectConfirmation const> confirmations,
                                     ConfirmationPolicy const& policy) {
    Result<> outcome = Error(Reason::no_valid_confirmation, "no bearer");
    for (auto const& confirmation : confirmations) {
        if (confirmation.method != bearer) continue;
        outcome = check_bearer(confirmation, policy);
        if (outcome) return outcome;
    }
    return outcome;
}

}  // namespace tunnus::saml
