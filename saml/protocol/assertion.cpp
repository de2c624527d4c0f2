// SPDX-License-Identifier: MIT
#include "saml/protocol/assertion.hpp"

#include "idp/base/limits.hpp"
#include "saml/protocol/children.hpp"
#include "saml/protocol/times.hpp"
#include "saml/xml/namespaces.hpp"

#include <algorithm>

namespace tunnus::saml {
namespace {

using xml::Element;
namespace ns = xml::ns;

Result<TimePoint> time_attribute(Element const& element, std::string_view name) {
    auto const text = read_attribute(element, name);
    if (!text) return text.error();
    return parse_time(*text);
}

Result<> parse_subject(Element const& subject, Limits const& limits, Assertion& assertion) {
    Children parts(subject);
    auto const name_id_element = parts.take(ns::assertion, "NameID");
    if (!name_id_element) return name_id_element.error();
    auto name_id = parse_name_id(**name_id_element, limits.saml_value_bytes);
    if (!name_id) return name_id.error();
    assertion.name_id = std::move(*name_id);
    while (auto const* element = parts.take_if(ns::assertion, "SubjectConfirmation")) {
        auto confirmation = parse_subject_confirmation(*element);
        if (!confirmation) return confirmation.error();
        assertion.subject_confirmations.push_back(std::move(*confirmation));
    }
    return parts.finish();
}

Result<std::string> parse_authn_context(Element const& context, std::size_t max_bytes) {
    Children parts(context);
    auto const class_ref = parts.take(ns::assertion, "AuthnContextClassRef");
    if (!class_ref) return class_ref.error();
    while (parts.take_if(ns::assertion, "AuthenticatingAuthority") != nullptr) {
    }
    if (auto const done = parts.finish(); !done) return done.error();
    return read_text(**class_ref, max_bytes);
}

Result<AuthnStatement> parse_authn_statement(Element const& element, Limits const& limits) {
    AuthnStatement statement;
    auto const instant = time_attribute(element, "AuthnInstant");
    if (!instant) return instant.error();
    statement.authn_instant = *instant;
    auto session_index = read_attribute(element, "SessionIndex");
    if (!session_index) return session_index.error();
    if (session_index->size() > limits.saml_value_bytes)
        return Error(Reason::bad_value, "SessionIndex");
    statement.session_index = std::move(*session_index);
    if (element.attribute("SessionNotOnOrAfter")) {
        auto const limit = time_attribute(element, "SessionNotOnOrAfter");
        if (!limit) return limit.error();
        statement.session_not_on_or_after = *limit;
    }
    Children parts(element);
    (void)parts.take_if(ns::assertion, "SubjectLocality");
    auto const context = parts.take(ns::assertion, "AuthnContext");
    if (!context) return context.error();
    if (auto const done = parts.finish(); !done) return done.error();
    auto class_ref = parse_authn_context(**context, limits.saml_value_bytes);
    if (!class_ref) return class_ref.error();
    statement.authn_context_class_ref = std::move(*class_ref);
    return statement;
}

/// A plain string: no children, not nil, of no other type than xs:string. The prefix of the type is
/// whatever the sender bound to XML Schema; canonicalization may have dropped its declaration.
Result<std::string> parse_value(Element const& value) {
    auto const type = value.attribute(ns::schema_instance, "type");
    bool const is_string = !type || *type == "string" || type->ends_with(":string");
    if (!is_string || value.attribute(ns::schema_instance, "nil") || !value.children().empty())
        return Error(Reason::bad_attribute_value, "not a string");
    return std::string(value.trimmed_text());
}

Result<AttributeValues> parse_attribute(Element const& element) {
    auto name = read_attribute(element, "Name");
    if (!name) return name.error();
    AttributeValues attribute{std::move(*name), {}};
    Children parts(element);
    while (auto const* part = parts.take_if(ns::assertion, "AttributeValue")) {
        auto value = parse_value(*part);
        if (!value) return value.error();
        attribute.values.push_back(std::move(*value));
    }
    if (auto const done = parts.finish(); !done) return done.error();
    return attribute;
}

Result<std::vector<AttributeValues>> parse_attributes(Element const& statement,
                                                      Limits const& limits) {
    std::vector<AttributeValues> attributes;
    Children parts(statement);
    while (auto const* part = parts.take_if(ns::assertion, "Attribute")) {
        auto attribute = parse_attribute(*part);
        if (!attribute) return attribute.error();
        if (std::any_of(attributes.begin(), attributes.end(),
                        [&](auto const& earlier) { return earlier.name == attribute->name; }))
            return Error(Reason::repeated_attribute, "");
        if (attributes.size() == limits.saml_attributes)
            return Error(Reason::bad_value, "too many attributes");
        attributes.push_back(std::move(*attribute));
    }
    if (auto const done = parts.finish(); !done) return done.error();
    return attributes;
}

/// What follows Conditions and Advice: one AuthnStatement and at most one AttributeStatement.
Result<> parse_statements(Children& parts, Limits const& limits, Assertion& assertion) {
    bool has_authn = false;
    bool has_attributes = false;
    for (auto const* part = parts.next(); part != nullptr; part = parts.next()) {
        if (part->is(ns::assertion, "AuthnStatement") && !has_authn) {
            auto statement = parse_authn_statement(*part, limits);
            if (!statement) return statement.error();
            assertion.authn_statement = std::move(*statement);
            has_authn = true;
        } else if (part->is(ns::assertion, "AttributeStatement") && !has_attributes) {
            auto attributes = parse_attributes(*part, limits);
            if (!attributes) return attributes.error();
            assertion.attributes = std::move(*attributes);
            has_attributes = true;
        } else {
            return Error(Reason::unexpected_element, "in Assertion");
        }
    }
    if (!has_authn) return Error(Reason::missing_element, "AuthnStatement");
    return parts.finish();
}

Result<> parse_header(Element const& root, Assertion& assertion) {
    if (!root.is(ns::assertion, "Assertion"))
        return Error(Reason::unexpected_element, "not an Assertion");
    if (root.attribute("Version") != "2.0") return Error(Reason::wrong_version, "Assertion");
    auto id = read_attribute(root, "ID");
    if (!id) return id.error();
    assertion.id = std::move(*id);
    auto const issued = time_attribute(root, "IssueInstant");
    if (!issued) return issued.error();
    assertion.issue_instant = *issued;
    return {};
}

Result<> check_authn_statement(AuthnStatement const& statement, AssertionPolicy const& policy) {
    if (!has_begun(statement.authn_instant, policy.now, policy.skew))
        return Error(Reason::wrong_authn_instant, "in the future");
    if (policy.force_authn && statement.authn_instant < policy.requested_at - policy.skew)
        return Error(Reason::wrong_authn_instant, "older than the request that demanded a proof");
    if (statement.session_not_on_or_after &&
        has_ended(*statement.session_not_on_or_after, policy.now, policy.skew))
        return Error(Reason::expired, "SessionNotOnOrAfter");
    return {};
}

}  // namespace

Result<Assertion> parse_assertion(xml::Verified const& verified) {
    auto const& root = verified.element();
    auto const& limits = verified.document().library().limits();
    Assertion assertion;
    if (auto const header = parse_header(root, assertion); !header) return header.error();
    Children parts(root);
    auto const issuer = parts.take(ns::assertion, "Issuer");
    if (!issuer) return issuer.error();
    auto issuer_text = read_text(**issuer, limits.saml_value_bytes);
    if (!issuer_text) return issuer_text.error();
    assertion.issuer = std::move(*issuer_text);
    auto const subject = parts.take(ns::assertion, "Subject");
    if (!subject) return subject.error();
    if (auto const read = parse_subject(**subject, limits, assertion); !read) return read.error();
    auto const conditions_element = parts.take(ns::assertion, "Conditions");
    if (!conditions_element) return conditions_element.error();
    auto conditions = parse_conditions(**conditions_element, limits.saml_value_bytes);
    if (!conditions) return conditions.error();
    assertion.conditions = std::move(*conditions);
    (void)parts.take_if(ns::assertion, "Advice");
    if (auto const read = parse_statements(parts, limits, assertion); !read) return read.error();
    return assertion;
}

Result<> check_assertion(Assertion const& assertion, AssertionPolicy const& policy) {
    if (assertion.issuer != policy.idp_entity_id) return Error(Reason::wrong_issuer, "Assertion");
    if (!has_begun(assertion.issue_instant, policy.now, policy.skew))
        return Error(Reason::wrong_issue_instant, "Assertion");
    if (auto name_id = check_name_id(assertion.name_id, policy.idp_entity_id, policy.sp_entity_id,
                                     policy.name_id_formats);
        !name_id)
        return name_id;
    if (auto confirmed = check_subject_confirmations(
            assertion.subject_confirmations,
            {policy.acs_url, policy.request_id, policy.now, policy.skew, policy.window});
        !confirmed)
        return confirmed;
    if (auto conditions = check_conditions(
            assertion.conditions, {policy.sp_entity_id, policy.now, policy.skew, policy.window});
        !conditions)
        return conditions;
    return check_authn_statement(assertion.authn_statement, policy);
}

}  // namespace tunnus::saml
