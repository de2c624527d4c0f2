// SPDX-License-Identifier: MIT
// The end of a login: the account, the session, the consent and the code become true together, or
// nothing does.
#pragma once

#include "idp/login/browser.hpp"

namespace tunnus::login {

/// `consent` is what the person had allowed before; `needed` what this request asks for. The
/// transaction's row, when it has one (version > 0), goes with the same write, in which a new
/// account and its identities stand too. When that is lost, because another request finished this
/// login, or the identity got an owner or the permission ended meanwhile, the person is told to
/// start again. A refusal when the account or the response cannot be had: nothing has changed then.
[[nodiscard]] std::variant<Outcome, oidc::Refusal> finish(
    Parts const& parts, HttpRequest const& request, LoginTransaction const& transaction,
    std::optional<storage::Session> const& session, std::optional<storage::Consent> const& consent,
    oidc::ConsentNeeded const& needed, oidc::Client const& client, TimePoint now);

}  // namespace tunnus::login
