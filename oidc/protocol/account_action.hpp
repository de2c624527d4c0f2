// SPDX-License-Identifier: MIT
// What pages that were made for Keycloak ask for by `kc_action`: that the person does something
// about their account in this login, and how it ended comes back as `kc_action_status`. No
// specification has it; it is off unless the configuration turns it on (city-profile-ui.md 6).
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

namespace tunnus::oidc {

struct AccountAction {
    std::string name;    ///< `UPDATE_PASSWORD`, `idp_link:suomifi`
    std::string method;  ///< the authenticator that does it: its proof is the end of it
};

/// Null when there is none of that name.
[[nodiscard]] inline AccountAction const* find_account_action(
    std::span<AccountAction const> actions, std::string_view name) {
    auto const found = std::ranges::find(actions, name, &AccountAction::name);
    return found == actions.end() ? nullptr : &*found;
}

}  // namespace tunnus::oidc
