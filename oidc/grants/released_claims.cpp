// SPDX-License-Identifier: MIT
#include "oidc/grants/released_claims.hpp"

#include "idp/base/locale.hpp"
#include "oidc/protocol/scope.hpp"

#include <algorithm>
#include <map>

namespace tunnus::oidc {
namespace {

namespace json = boost::json;

std::string language_of(std::string_view tag, std::string_view otherwise) {
    auto const known = locale_of_tag(tag);
    return std::string(known.empty() ? otherwise : known);
}

std::string_view name_of(ClaimRequest const& request) {
    return std::string_view(request.name).substr(0, request.name.find('#'));
}
/// Empty for a request without a tag.
std::string_view tag_of(ClaimRequest const& request) {
    auto const hash = request.name.find('#');
    return hash == std::string::npos ? "" : std::string_view(request.name).substr(hash + 1);
}

/// By language, the requests with a tag of it: whatever tags a client makes up, there is one query
/// for each language.
std::map<std::string, std::vector<ClaimRequest const*>> by_language(
    std::vector<ClaimRequest> const& requests, std::string_view otherwise) {
    std::map<std::string, std::vector<ClaimRequest const*>> found;
    for (auto const& request : requests)
        if (auto const tag = tag_of(request); !tag.empty())
            found[language_of(tag, otherwise)].push_back(&request);
    return found;
}

ClaimsQuery in_language(ClaimsQuery query, std::string const& language,
                        std::vector<ClaimRequest const*> const& requests) {
    query.scopes.clear();
    query.verified_names.clear();
    query.claim_names.clear();
    for (auto const* request : requests)
        if (!contains(query.claim_names, name_of(*request)))
            query.claim_names.emplace_back(name_of(*request));
    query.locale = language;
    return query;
}

void drop_other_values(json::object& claims, std::vector<ClaimRequest> const& requests) {
    for (auto const& request : requests) {
        auto const* claim = claims.if_contains(request.name);
        if (claim == nullptr || request.values.empty()) continue;
        if (std::ranges::find(request.values, *claim) == request.values.end())
            claims.erase(request.name);
    }
}

json::array take_attestations(json::object& claims) {
    auto* const found = claims.if_contains("verified_claims");
    auto attestations = found && found->is_array() ? std::move(found->get_array()) : json::array();
    claims.erase("verified_claims");
    return attestations;
}

/// OpenID Connect for Identity Assurance §5.6: one element, or a list of those that are met.
void add_verified_claims(json::object& claims, std::vector<VerifiedClaimsRequest> const& requests,
                         json::array const& attestations, TimePoint now) {
    json::array answers;
    for (auto const& request : requests)
        for (auto const& attestation : attestations)
            if (auto answer = answer_verified_claims(request, attestation.as_object(), now))
                answers.push_back(std::move(*answer));
    if (answers.empty()) return;
    claims["verified_claims"] =
        answers.size() == 1 ? std::move(answers.front()) : json::value(std::move(answers));
}

}  // namespace

Result<json::object> released_claims(Provider const& provider, ClaimsQuery query,
                                     std::vector<ClaimRequest> const& requests,
                                     std::vector<VerifiedClaimsRequest> const& verified) {
    if (requests.empty() && verified.empty()) return provider.claims.claims(query);
    query.verified_names = verified_claim_names(verified);
    query.claim_names.clear();
    for (auto const& request : requests)
        if (tag_of(request).empty()) query.claim_names.emplace_back(name_of(request));
    auto const tagged = by_language(requests, query.locale);
    std::vector<ClaimsQuery> queries{query};
    for (auto const& [language, of_language] : tagged)
        queries.push_back(in_language(query, language, of_language));
    auto found = provider.claims.claims_of_each(queries);
    if (!found) return found.error();
    auto claims = std::move(found->front());
    auto const attestations = take_attestations(claims);
    auto answer = found->begin();
    for (auto const& [language, of_language] : tagged) {
        ++answer;
        for (auto const* request : of_language)
            if (auto const* value = answer->if_contains(name_of(*request)))
                claims[request->name] = *value;
    }
    drop_other_values(claims, requests);
    add_verified_claims(claims, verified, attestations, provider.clock.now());
    return claims;
}

}  // namespace tunnus::oidc
