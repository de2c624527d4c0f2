// SPDX-License-Identifier: MIT
// What people permit services, for the pages of plugins.
#pragma once

#include "idp/login/item_titles.hpp"
#include "oidc/protocol/client.hpp"
#include "storage/logins.hpp"

namespace tunnus::login {

/// Any thread may call.
class AccountPermissions final : public plugin::Permissions {
  public:
    AccountPermissions(oidc::Clients const& clients, sql::Database& database, Clock const& clock,
                       Random& random)
        : clients_(clients),
          consents_(database),
          committer_(database),
          clock_(clock),
          random_(random) {}
    /// What the items are called; once, before anybody calls.
    void learn(ItemTitles titles) { titles_ = std::move(titles); }

    [[nodiscard]] Result<std::vector<plugin::Permission>> of(std::string_view user_id,
                                                             std::string_view locale) override;
    [[nodiscard]] LocalizedText title_of(std::string_view client_id) override;
    [[nodiscard]] Result<> withdraw(std::string_view user_id, std::string_view service,
                                    std::string_view request_id) override;

  private:
    [[nodiscard]] plugin::Permission permission_of(oidc::Client const& client,
                                                   storage::Consent const& consent) const;

    oidc::Clients const& clients_;
    storage::Consents consents_;
    Committer& committer_;
    Clock const& clock_;
    Random& random_;
    ItemTitles titles_;
};

}  // namespace tunnus::login
