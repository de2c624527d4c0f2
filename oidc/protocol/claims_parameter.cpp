// SPDX-License-Identifier: MIT
#include "oidc/protocol/claims_parameter.hpp"

#include "idp/base/json.hpp"
#include "idp/base/limits.hpp"
#include "oidc/protocol/scope.hpp"

#include <algorithm>

namespace tunnus::oidc {
namespace {

namespace json = boost::json;

Refusal malformed(std::string detail) {
    return {OAuthError::invalid_request, "claims is malformed", std::move(detail),
            Delivery::redirect};
}

bool is_ours(std::string_view name) {
    return name == "acr" || name == "auth_time" || name == "sub";
}

/// Of the scopes that release it, the client has registered one.
bool is_for_client(std::string_view name, ClaimsOnOffer const& offer) {
    bool in_some_scope = false;
    for (auto const& scope : offer.scopes) {
        if (!contains(scope.claims, name)) continue;
        if (contains(offer.client.scope, scope.name)) return true;
        in_some_scope = true;
    }
    return !in_some_scope;
}

bool is_on_offer(std::string_view tagged, ClaimsOnOffer const& offer) {
    if (is_ours(tagged)) return true;
    auto const name = tagged.substr(0, tagged.find('#'));  // §5.2: a language tag may follow
    return contains(offer.supported, name) && is_for_client(name, offer);
}

Checked<ClaimRequest> parse_request(std::string_view name, json::value const& value) {
    ClaimRequest request;
    request.name = std::string(name);
    if (value.is_null()) return request;
    auto const* object = value.if_object();
    if (object == nullptr) return malformed("a claim is neither null nor an object");
    if (auto const* essential = object->if_contains("essential")) {
        if (!essential->is_bool()) return malformed("essential is not true or false");
        request.essential = essential->get_bool();
    }
    auto const* single = object->if_contains("value");
    auto const* several = object->if_contains("values");
    if (single != nullptr) request.values.push_back(*single);
    if (several != nullptr) {
        if (!several->is_array()) return malformed("values is not a list");
        for (auto const& element : several->get_array())
            request.values.push_back(element);
    }
    return request;
}

Checked<std::vector<VerifiedClaimsRequest>> parse_verified(json::value const& value,
                                                           ClaimsOnOffer const& offer,
                                                           Limits const& limits) {
    auto const requests = parse_verified_claims(value, limits);
    if (!requests) return requests.error();
    return only_claims(*requests, [&](std::string_view name) {
        return contains(offer.verified, name) && is_for_client(name, offer);
    });
}

Checked<> parse_member(json::object const& claims, std::string_view member,
                       ClaimsOnOffer const& offer, Limits const& limits,
                       std::vector<ClaimRequest>& requests,
                       std::vector<VerifiedClaimsRequest>& verified_requests) {
    auto const* value = claims.if_contains(member);
    if (value == nullptr || value->is_null()) return {};
    auto const* object = value->if_object();
    if (object == nullptr) return malformed("id_token or userinfo is not an object");
    if (object->size() > limits.claim_names) return malformed("too many claims");
    for (auto const& entry : *object) {
        if (entry.key() == "verified_claims") {
            auto verified = parse_verified(entry.value(), offer, limits);
            if (!verified) return verified.error();
            verified_requests = std::move(*verified);
            continue;
        }
        auto request = parse_request(entry.key(), entry.value());
        if (!request) return request.error();
        if (is_on_offer(request->name, offer)) requests.push_back(std::move(*request));
    }
    return {};
}

}  // namespace

std::vector<std::string> text_values(ClaimRequest const& request) {
    std::vector<std::string> texts;
    for (auto const& value : request.values)
        if (auto const* text = value.if_string()) texts.emplace_back(*text);
    return texts;
}

ClaimRequest const* find_claim(std::vector<ClaimRequest> const& requests, std::string_view name) {
    auto const found = std::ranges::find(requests, name, &ClaimRequest::name);
    return found == requests.end() ? nullptr : &*found;
}

Checked<ClaimsParameter> parse_claims_parameter(std::string_view text, ClaimsOnOffer const& offer,
                                                Limits const& limits) {
    ClaimsParameter claims;
    if (text.empty()) return claims;
    auto const object = parse_json_object(text, {limits.claims_bytes, limits.json_depth});
    if (!object) return malformed(object.error().text());
    if (auto parsed = parse_member(*object, "id_token", offer, limits, claims.id_token,
                                   claims.id_token_verified);
        !parsed)
        return parsed.error();
    if (auto parsed = parse_member(*object, "userinfo", offer, limits, claims.userinfo,
                                   claims.userinfo_verified);
        !parsed)
        return parsed.error();
    return claims;
}

}  // namespace tunnus::oidc
