// SPDX-License-Identifier: MIT
#include "oidc/grants/consent.hpp"

#include "idp/base/crypto.hpp"
#include "idp/base/encoding.hpp"
#include "oidc/protocol/scope.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace tunnus::oidc {
namespace {

constexpr std::string_view word_start = "authorization_details:";

void add_names(std::vector<std::string>& names, std::vector<ClaimRequest> const& requests) {
    for (auto const& request : requests)
        names.push_back(request.name);
}

/// `claims` without the provider's own names and without those that nobody is asked about, and the
/// words of `details`.
ConsentNeeded needed_for(Provider const& provider, std::vector<std::string> const& scope,
                         std::vector<std::string> claims, boost::json::array const& details) {
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
        claims.push_back(consent_word(detail));
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
    add_names(claims, request.claims.id_token);
    add_names(claims, request.claims.userinfo);
    return needed_for(provider, request.scope, std::move(claims), request.authorization_details);
}

bool needs_consent(Provider const& provider, std::string_view claim,
                   std::vector<std::string> const& scope) {
    auto const name = claim.substr(0, claim.find('#'));
    return std::ranges::none_of(provider.claims.scopes(), [&](ScopeInfo const& one) {
        return contains(one.claims, name) && (!one.ask_consent || contains(scope, one.name));
    });
}

std::string consent_word(boost::json::value const& authorization_detail) {
    return std::string(word_start) +
           encode_base64url(sha256(boost::json::serialize(authorization_detail)));
}

bool is_consent_word(std::string_view claim) {
    return claim.starts_with(word_start);
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
    std::vector<std::string> claims;
    add_names(claims, body.id_token_claims);
    add_names(claims, body.userinfo_claims);
    auto const needed = needed_for(provider, scope, std::move(claims), body.authorization_details);
    return needed.nothing() || (consent && is_covered(needed, client, *consent));
}

}  // namespace tunnus::oidc
