// SPDX-License-Identifier: MIT
#include "saml/protocol/conditions.hpp"

#include "saml/protocol/children.hpp"
#include "saml/protocol/times.hpp"
#include "saml/xml/namespaces.hpp"

#include <algorithm>

namespace tunnus::saml {
namespace {

Result<TimePoint> time_attribute(xml::Element const& element, std::string_view name) {
    auto const text = read_attribute(element, name);
    if (!text) return text.error();
    return parse_time(*text);
}

Result<std::vector<std::string>> parse_audiences(xml::Element const& restriction,
                                                 std::size_t max_bytes) {
    std::vector<std::string> audiences;
    Children parts(restriction);
    while (auto const* audience = parts.take_if(xml::ns::assertion, "Audience")) {
        auto text = read_text(*audience, max_bytes);
        if (!text) return text.error();
        audiences.push_back(std::move(*text));
    }
    if (auto const done = parts.finish(); !done) return done.error();
    return audiences;
}

}  // namespace

Result<Conditions> parse_conditions(xml::Element const& element, std::size_t max_bytes) {
    Conditions conditions;
    auto const not_before = time_attribute(element, "NotBefore");
    if (!not_before) return not_before.error();
    auto const not_on_or_after = time_attribute(element, "NotOnOrAfter");
    if (!not_on_or_after) return not_on_or_after.error();
    conditions.not_before = *not_before;
    conditions.not_on_or_after = *not_on_or_after;

    Children parts(element);
    for (auto const* part = parts.next(); part != nullptr; part = parts.next()) {
        if (part->is(xml::ns::assertion, "AudienceRestriction")) {
            auto audiences = parse_audiences(*part, max_bytes);
            if (!audiences) return audiences.error();
            conditions.audiences.push_back(std::move(*audiences));
        } else if (!part->is(xml::ns::assertion, "OneTimeUse") &&
                   !part->is(xml::ns::assertion, "ProxyRestriction")) {
            return Error(Reason::unexpected_element, "an unknown condition");
        }
    }
    if (auto const done = parts.finish(); !done) return done.error();
    if (conditions.audiences.empty()) return Error(Reason::wrong_audience, "no restriction");
    return conditions;
}

Result<> check_conditions(Conditions const& conditions, ConditionsPolicy const& policy) {
    for (auto const& audiences : conditions.audiences)
        if (std::find(audiences.begin(), audiences.end(), policy.audience) == audiences.end())
            return Error(Reason::wrong_audience, "another service provider");
    if (conditions.not_on_or_after - conditions.not_before > policy.window)
        return Error(Reason::window_too_long, "Conditions");
    if (!has_begun(conditions.not_before, policy.now, policy.skew))
        return Error(Reason::not_yet_valid, "Conditions");
    if (has_ended(conditions.not_on_or_after, policy.now, policy.skew))
        return Error(Reason::expired, "Conditions");
    return {};
}

}  // namespace tunnus::saml
