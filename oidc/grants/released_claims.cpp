// SPDX-License-Identifier: MIT
#include "oidc/grants/released_claims.hpp"

#include "oidc/protocol/scope.hpp"

#include <algorithm>
#include <map>

namespace tunnus::oidc {
namespace {

namespace json = boost::json;

/// By language tag, the names asked for in it; untagged ones under the empty tag.
std::map<std::string, std::vector<std::string>> names_by_tag(
    std::vector<ClaimRequest> const& requests) {
    std::map<std::string, std::vector<std::string>> names;
    for (auto const& request : requests) {
        auto const hash = request.name.find('#');
        auto const tag = hash == std::string::npos ? "" : request.name.substr(hash + 1);
        names[tag].push_back(request.name.substr(0, hash));
    }
    return names;
}

/// BCP 47: the language comes first.
std::string language_of(std::string_view tag, std::string_view otherwise) {
    auto const language = tag.substr(0, tag.find('-'));
    bool const is_ours = language == "fi" || language == "sv" || language == "en";
    return std::string(is_ours ? language : otherwise);
}

void drop_other_values(json::object& claims, std::vector<ClaimRequest> const& requests) {
    for (auto const& request : requests) {
        auto const* claim = claims.if_contains(request.name);
        if (claim == nullptr || request.values.empty()) continue;
        if (std::ranges::find(request.values, *claim) == request.values.end())
            claims.erase(request.name);
    }
}

}  // namespace

Result<json::object> released_claims(Provider const& provider, ClaimsQuery query,
                                     std::vector<ClaimRequest> const& requests) {
    if (requests.empty()) return provider.claims.claims(query);
    auto by_tag = names_by_tag(requests);
    query.claim_names = std::move(by_tag[""]);
    by_tag.erase("");
    auto claims = provider.claims.claims(query);
    if (!claims) return claims;
    for (auto& [tag, names] : by_tag) {
        auto tagged = query;
        tagged.scopes.clear();
        tagged.claim_names = std::move(names);
        tagged.locale = language_of(tag, query.locale);
        auto found = provider.claims.claims(tagged);
        if (!found) return found;
        for (auto& [name, value] : *found)
            if (contains(tagged.claim_names, name))
                (*claims)[std::string(name) + '#' + tag] = std::move(value);
    }
    drop_other_values(*claims, requests);
    return claims;
}

}  // namespace tunnus::oidc
