// SPDX-License-Identifier: MIT
#include "oidc/grants/consent.hpp"

#include "oidc/protocol/scope.hpp"

#include <algorithm>
#include <iterator>

namespace tunnus::oidc {
namespace {

void add_names(std::vector<std::string>& names, std::vector<ClaimRequest> const& requests) {
    for (auto const& request : requests)
        names.push_back(request.name);
}

/// What is verified is permitted like what is only said.
void add_names(std::vector<std::string>& names,
               std::vector<VerifiedClaimsRequest> const& requests) {
    std::ranges::copy(verified_claim_names(requests), std::back_inserter(names));
}

/// `claims` without the provider's own names and without those that nobody is asked about, and the
/// words of `details` and of the service's data fields.
ConsentNeeded needed_for(Provider const& provider, Client const& client,
                         std::vector<std::string> const& scope, std::vector<std::string> claims,
                         boost::json::array const& details) {
    ConsentNeeded needed;
    if (contains(scope, "offline_access")) needed.scopes.emplace_back("offline_access");
    for (auto const& one : provider.claims.scopes())
        if (one.ask_consent && contains(scope, one.name)) needed.scopes.push_back(one.name);
    std::ranges::sort(needed.scopes);
    std::erase_if(claims, [&](std::string const& name) {
        return name == "acr" || name == "auth_time" || name == "sub" ||
               !needs_consent(provider, name, scope);
    });
    for (auto const& detail : details)
        claims.push_back(detail_word(detail));
    if (client.service)
        for (auto const& field : client.service->data_fields)
            claims.push_back(data_field_word(field));
    std::ranges::sort(claims);
    claims.erase(std::unique(claims.begin(), claims.end()), claims.end());
    needed.claims = std::move(claims);
    return needed;
}

bool is_subset(std::vector<std::string> const& wanted, std::vector<std::string> const& had) {
    return std::ranges::all_of(wanted, [&](auto const& item) { return contains(had, item); });
}

}  // namespace

ConsentNeeded consent_needed(Provider const& provider, Client const& client,
                             AuthorizationRequest const& request) {
    std::vector<std::string> claims;
    add_names(claims, request.claims.id_token);
    add_names(claims, request.claims.userinfo);
    add_names(claims, request.claims.id_token_verified);
    add_names(claims, request.claims.userinfo_verified);
    return needed_for(provider, client, request.scope, std::move(claims),
                      request.authorization_details);
}

ConsentNeeded asked_of(Client const& client, ConsentNeeded needed) {
    if (!client.skip_consent) return needed;
    needed.scopes.clear();
    std::erase_if(needed.claims, [](auto const& claim) { return !is_data_field_word(claim); });
    return needed;
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
    std::vector<std::string> claims;
    add_names(claims, body.id_token_claims);
    add_names(claims, body.userinfo_claims);
    add_names(claims, body.id_token_verified);
    add_names(claims, body.userinfo_verified);
    auto const needed = asked_of(
        client, needed_for(provider, client, scope, std::move(claims), body.authorization_details));
    return needed.nothing() || (consent && is_covered(needed, client, *consent));
}

std::vector<std::string> readable_fields(Client const& client,
                                         std::optional<storage::Consent> const& consent) {
    if (!client.service || !consent || consent->withdrawn_at) return {};
    return permitted_fields(*client.service, consent->claims);
}

}  // namespace tunnus::oidc
