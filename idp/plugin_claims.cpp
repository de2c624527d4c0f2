// SPDX-License-Identifier: MIT
#include "idp/plugin_claims.hpp"

#include "idp/base/limits.hpp"
#include "idp/login/levels.hpp"
#include "oidc/protocol/claims_release.hpp"

#include <algorithm>

namespace tunnus {

PluginClaims::PluginClaims(plugin::Plugins& plugins) : plugins_(plugins) {
    for (auto const& scope : plugins.scopes())
        scopes_.push_back({.name = scope.name,
                           .claims = scope.claims,
                           .ask_consent = scope.ask_consent,
                           .minimum_acr = scope.minimum_acr});
    for (auto const& type : plugins.authorization_details_types())
        details_types_.push_back({type.name, JsonSchema::make(type.schema).value()});
    for (auto const& source : plugins.mandate_sources()) {
        for (auto& scope : scopes_)
            scope.acting |= std::ranges::count(source.scopes, scope.name) > 0;
        for (auto& type : details_types_)
            type.acting |= std::ranges::count(source.details_types, type.name) > 0;
    }
    levels_ = login::order_of_levels(plugins.authenticators());
    strong_levels_ = login::strong_levels(plugins.authenticators());
}

Result<std::vector<boost::json::object>> PluginClaims::claims_of_each(
    std::span<oidc::ClaimsQuery const> queries) {
    std::vector<plugin::ClaimsQuery> allowed;
    for (auto const& query : queries)
        allowed.push_back(allowed_of(query));
    return plugins_.claims_of_each(allowed);
}

plugin::ClaimsQuery PluginClaims::allowed_of(oidc::ClaimsQuery const& query) const {
    auto const destination = query.destination == oidc::ClaimsDestination::id_token
                                 ? plugin::Destination::id_token
                             : query.destination == oidc::ClaimsDestination::userinfo
                                 ? plugin::Destination::userinfo
                                 : plugin::Destination::access_token;
    auto allowed = oidc::release_at_level(query, scopes_, levels_);
    // What is verified is told of somebody who has proven to be that person.
    if (std::ranges::find(strong_levels_, allowed.acr) == strong_levels_.end())
        allowed.verified_names.clear();
    return {.user_id = std::move(allowed.user_id),
            .client_id = std::move(allowed.client_id),
            .acr = std::move(allowed.acr),
            .scopes = std::move(allowed.scopes),
            .claim_names = std::move(allowed.claim_names),
            .destination = destination,
            .locale = std::move(allowed.locale),
            .verified_names = std::move(allowed.verified_names)};
}

std::vector<oidc::AccountAction> account_actions_of(plugin::Plugins const& plugins) {
    std::vector<oidc::AccountAction> actions;
    for (auto const& authenticator : plugins.authenticators()) {
        for (auto const& name : authenticator.account_actions)
            actions.push_back({name, authenticator.name});
        actions.push_back(
            {std::string(login::link_action) + authenticator.name, authenticator.name});
    }
    return actions;
}

login::Policy policy_of(plugin::Plugins const& plugins, PluginClaims const& claims,
                        Limits const& limits) {
    login::Policy policy{.methods = {},
                         .levels = claims.acr_values_supported(),
                         .login_steps = plugins.login_steps()};
    for (auto const& authenticator : plugins.authenticators())
        policy.methods.push_back(
            {.name = authenticator.name, .acr_values = authenticator.acr_values});
    for (auto const& source : plugins.mandate_sources())
        policy.mandate_sources.push_back({source.name, source.scopes, source.details_types});
    policy.strong_levels = login::strong_levels(plugins.authenticators());
    // What is given out then lives half of its time at least.
    policy.mandate_freshness = std::min(limits.mandate_freshness, limits.mandate_recheck / 2);
    return policy;
}

}  // namespace tunnus
