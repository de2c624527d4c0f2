// SPDX-License-Identifier: MIT
// What the rooms of the core are told of the configured plugins: oidc of claims, scopes and account
// actions, login of methods and levels.
#pragma once

#include "idp/base/limits_fwd.hpp"
#include "idp/login/decide.hpp"
#include "oidc/provider.hpp"
#include "plugins/host/plugins.hpp"

#include <span>
#include <string>
#include <vector>

namespace tunnus {

/// What oidc knows of claims and scopes, answered by the plugins. Any thread may call.
class PluginClaims final : public oidc::ClaimsProvider {
  public:
    /// `plugins` outlives it.
    explicit PluginClaims(plugin::Plugins& plugins);
    [[nodiscard]] Result<std::vector<boost::json::object>> claims_of_each(
        std::span<oidc::ClaimsQuery const> queries) override;
    [[nodiscard]] Result<std::string> find_person(std::string_view login_hint) override {
        return plugins_.find_person(login_hint);
    }
    [[nodiscard]] Result<bool> mandate_stands(std::string_view source,
                                              boost::json::object const& recheck) override {
        return plugins_.mandate_stands(source, recheck);
    }
    [[nodiscard]] std::vector<oidc::ScopeInfo> const& scopes() const override { return scopes_; }
    [[nodiscard]] std::vector<std::string> const& claims_supported() const override {
        return plugins_.claims_supported();
    }
    /// Nothing, where nobody can identify strongly.
    [[nodiscard]] VerifiedClaimsOffer const& verified_claims_offer() const override {
        return strong_levels_.empty() ? ClaimsProvider::verified_claims_offer()
                                      : plugins_.verified_claims_offer();
    }
    [[nodiscard]] std::vector<std::string> const& acr_values_supported() const override {
        return levels_;
    }
    [[nodiscard]] std::vector<oidc::AuthorizationDetailsType> const& authorization_details_types()
        const override {
        return details_types_;
    }

  private:
    [[nodiscard]] plugin::ClaimsQuery allowed_of(oidc::ClaimsQuery const& query) const;

    plugin::Plugins& plugins_;
    std::vector<oidc::ScopeInfo> scopes_;
    std::vector<oidc::AuthorizationDetailsType> details_types_;
    std::vector<std::string> levels_;
    std::vector<std::string> strong_levels_;  ///< those of them that are strong identification
};

/// `idp_link:<name>` is Keycloak's word for signing in by that method, to link it.
[[nodiscard]] std::vector<oidc::AccountAction> account_actions_of(plugin::Plugins const& plugins);

[[nodiscard]] login::Policy policy_of(plugin::Plugins const& plugins, PluginClaims const& claims,
                                      Limits const& limits);

}  // namespace tunnus
