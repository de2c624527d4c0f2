// SPDX-License-Identifier: MIT
#include "plugins/host/answer_check.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/url.hpp"

#include <algorithm>

namespace tunnus::plugin {
namespace {

namespace json = boost::json;

bool is_one_of(std::vector<std::string> const& names, json::value const* name) {
    auto const* text = name ? name->if_string() : nullptr;
    return text && std::ranges::find(names, std::string_view(*text)) != names.end();
}

/// Where the type of what a piece of evidence is stands, and which types are offered.
bool has_offered_kind(json::object const& evidence, std::string_view member,
                      std::vector<std::string> const& kinds) {
    auto const* found = evidence.if_contains(member);
    auto const* kind = found ? found->if_object() : nullptr;
    return !found || (kind && is_one_of(kinds, kind->if_contains("type")));
}

bool is_offered_evidence(json::value const& value, VerifiedClaimsOffer const& offer) {
    auto const* evidence = value.if_object();
    return evidence && is_one_of(offer.evidence, evidence->if_contains("type")) &&
           has_offered_kind(*evidence, "record", offer.electronic_records) &&
           has_offered_kind(*evidence, "document_details", offer.documents);
}

bool is_offered_verification(json::object const& verification, VerifiedClaimsOffer const& offer) {
    if (!is_one_of(offer.trust_frameworks, verification.if_contains("trust_framework")))
        return false;
    auto const* evidence = verification.if_contains("evidence");
    if (!evidence) return true;
    auto const* list = evidence->if_array();
    return list && !list->empty() && std::ranges::all_of(*list, [&](auto const& one) {
               return is_offered_evidence(one, offer);
           });
}

}  // namespace

std::optional<json::object> check_attestation(json::value const& attestation,
                                              VerifiedClaimsOffer const& offer,
                                              std::vector<std::string> const& names) {
    auto const* object = attestation.if_object();
    auto const* verification = object ? object->if_contains("verification") : nullptr;
    auto const* claims = object ? object->if_contains("claims") : nullptr;
    if (!verification || !verification->is_object() || !claims || !claims->is_object() ||
        !is_offered_verification(verification->get_object(), offer))
        return std::nullopt;
    json::object asked;
    for (auto const& claim : claims->get_object()) {
        std::string_view const name = claim.key();
        if (std::ranges::find(offer.claims, name) == offer.claims.end()) return std::nullopt;
        if (std::ranges::find(names, name) != names.end()) asked[name] = claim.value();
    }
    return json::object{{"verification", *verification}, {"claims", std::move(asked)}};
}

void AnswerCheck::spend(std::size_t bytes) {
    if (bytes > bytes_left_) fail(Failure::Kind::oversized);
    bytes_left_ -= std::min(bytes, bytes_left_);
}

void AnswerCheck::text(std::string_view value) {
    spend(value.size());
    if (!failure_) demand(is_valid_utf8(value));
}

void AnswerCheck::json(boost::json::value const& value) {
    json(value, 0);
}

void AnswerCheck::json(boost::json::object const& object) {
    json(object, 0);
}

void AnswerCheck::json(boost::json::value const& value, std::size_t depth) {
    if (failure_) return;
    spend(1);
    if (depth > depth_)
        fail(Failure::Kind::oversized);
    else if (auto const* string = value.if_string())
        text(*string);
    else if (auto const* object = value.if_object())
        json(*object, depth);
    else if (auto const* array = value.if_array())
        for (auto const& element : *array)
            json(element, depth + 1);
}

void AnswerCheck::json(boost::json::object const& object, std::size_t depth) {
    for (auto const& [name, member] : object) {
        text(name);
        json(member, depth + 1);
    }
}

void AnswerCheck::identity(Identity const& identity, std::vector<std::string> const& levels) {
    demand(!identity.subject.empty());
    demand(std::ranges::find(levels, identity.acr) != levels.end());
    text(identity.subject.reveal());
    for (auto const& method : identity.amr)
        text(method);
    json(identity.attributes);
    json(identity.logout);
}

void AnswerCheck::acting(Acting const& acting) {
    if (!acting.mandate) return;
    auto const& mandate = *acting.mandate;
    demand(!mandate.principal.empty() && !mandate.authenticator.empty());
    demand(!mandate.name.empty() && !mandate.roles.empty());
    for (auto const* value : {&mandate.principal, &mandate.identifier})
        text(value->reveal());
    text(mandate.authenticator);
    text(mandate.name);
    for (auto const& role : mandate.roles)
        text(role);
    for (auto const& detail : mandate.authorization_details) {
        demand(detail.is_object());
        json(detail);
    }
    json(mandate.recheck);
    demand(!mandate.until || *mandate.until > mandate.checked_at);
}

void AnswerCheck::url(std::string_view value) {
    text(value);
    auto const parsed = parse_http_url(value);
    demand(parsed && (parsed->scheme == "https" || parsed->is_loopback()));
}

void AnswerCheck::operator()(Redirect const& redirect) {
    url(redirect.url);
    json(redirect.state);
    for (auto const& [name, value] : redirect.form) {
        text(name);
        text(value);
    }
}

void AnswerCheck::operator()(Page const& page) {
    static constexpr std::string_view name_signs = "abcdefghijklmnopqrstuvwxyz0123456789_";
    demand(!page.template_name.empty() &&
           page.template_name.find_first_not_of(name_signs) == std::string::npos);
    demand(page.status == 200 || page.status == 422 || page.status == 429);
    json(page.model);
    json(page.state);
}

void AnswerCheck::operator()(Deny const& deny) {
    text(deny.reason);
    text(deny.message.fi);
    text(deny.message.sv);
    text(deny.message.en);
    json(deny.details);
}

void AnswerCheck::operator()(Writes const& writes) {
    for (auto const& step : writes.steps) {
        spend(step.sql.size());
        for (auto const& parameter : step.parameters) {
            if (auto const* words = std::get_if<std::string>(&parameter)) text(*words);
            if (auto const* bytes = std::get_if<sql::Blob>(&parameter)) spend(bytes->bytes.size());
        }
    }
    for (auto const& event : writes.audit)
        json(event.fields);
}

}  // namespace tunnus::plugin
