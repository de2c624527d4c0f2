// SPDX-License-Identifier: MIT
// Tokens for services' own GDPR APIs, as services of Helsinki check them (citizen-services.md 3.1,
// 3.4): a JWT access token of ours (RFC 9068) for the API's audience, with the one scope in
// `authorization.permissions`. No row stands behind it, so that it opens nothing of ours.
#pragma once

#include "oidc/provider.hpp"
#include "plugins/api/plugin.hpp"

#include <shared_mutex>

namespace tunnus::login {

/// Any thread may call. Plugins may hold it longer than the provider lives, across a reload.
class SignedGdprTokens final : public plugin::GdprTokens {
  public:
    /// Who signs; before anybody calls.
    void learn(oidc::Provider const& provider);
    /// The provider goes: waits for who is signing. Later calls are BaseErrc::unavailable.
    void forget();

    [[nodiscard]] Result<Token> make(RegisteredService const& service, Use use,
                                     std::string_view user_id,
                                     boost::json::object const& claims) override;

  private:
    std::shared_mutex mutex_;
    oidc::Provider const* provider_ = nullptr;
};

}  // namespace tunnus::login
