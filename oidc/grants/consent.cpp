// SPDX-License-Identifier: MIT
#include "oidc/grants/consent.hpp"

#include "oidc/protocol/scope.hpp"

#include <algorithm>

namespace tunnus::oidc {
namespace {

/// `claims` without the provider's own names and without those that nobody is asked about.
ConsentNeeded needed_for(Provider const& provider, std::vector<std::string> const& scope,
                         std::vector<std::string> claims) {
    ConsentNeeded needed;
    if (contains(scope, "offline_access")) needed.scopes.emplace_back("offline_access");
    for (auto const& one : provider.claims.scopes())
        if (one.ask_consent && contains(scope, one.name)) needed.scopes.push_back(one.name);
    std::ranges::sort(needed.scopes);
    std::erase_if(claims, [&](std::string const& name) {
        return name == "acr" || name == "auth_time" || name == "sub" ||
               !needs_consent(provider, name, scope);
    });
    std::ranges::sort(claims);
    claims.erase(std::unique(claims.begin(), claims.end()), claims.end());
    needed.claims = std::move(claims);
    return needed;
}

bool is_subset(std::vector<std::string> const& wanted, std::vector<std::string> const& had) {
    return std::ranges::all_of(wanted, [&](auto const& item) { return contains(had, item); });
}

}  // namespace

ConsentNeeded consent_needed(Provider const& provider, AuthorizationRequest const& request) {
    std::vector<std::string> claims;
    for (auto const* member : {&request.claims.id_token, &request.claims.userinfo})
        for (auto const& claim : *member)
            claims.push_back(claim.name);
    return needed_for(provider, request.scope, std::move(claims));
}

bool needs_consent(Provider const& provider, std::string_view claim,
                   std::vector<std::string> const& scope) {
    auto const name = claim.substr(0, claim.find('#'));
    return std::ranges::none_of(provider.claims.scopes(), [&](ScopeInfo const& one) {
        return contains(one.claims, name) && (!one.ask_consent || contains(scope, one.name));
    });
}

bool is_covered(ConsentNeeded const& needed, Client const& client,
                storage::Consent const& consent) {
    return !consent.withdrawn_at && consent.text_version == client.consent_version &&
           is_subset(needed.scopes, consent.scopes) && is_subset(needed.claims, consent.claims);
}

bool is_still_permitted(Provider const& provider, Client const& client, GrantBody const& body,
                        std::vector<std::string> const& scope,
                        std::optional<storage::Consent> const& consent) {
    if (client.skip_consent) return true;
    auto claims = body.id_token_claims;
    claims.insert(claims.end(), body.userinfo_claims.begin(), body.userinfo_claims.end());
    auto const needed = needed_for(provider, scope, std::move(claims));
    return needed.nothing() || (consent && is_covered(needed, client, *consent));
}

}  // namespace tunnus::oidc
