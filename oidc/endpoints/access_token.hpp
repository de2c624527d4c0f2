// SPDX-License-Identifier: MIT
// An access token that a request presents (RFC 6750), verified against storage: what every
// protected resource of ours asks.
#pragma once

#include "oidc/protocol/refusal.hpp"
#include "oidc/provider.hpp"

#include <memory>

namespace tunnus::oidc {

struct LiveAccessToken {
    storage::AccessToken token;
    std::optional<storage::Grant> grant;  ///< none: the client's own token, about nobody
    std::shared_ptr<Client const> client;
};

/// One query. Refuses with invalid_token, for the caller alike for every reason, or server_error
/// when storage does not answer.
[[nodiscard]] Checked<LiveAccessToken> verify_access_token(Provider const& provider,
                                                           std::string_view text, TimePoint now);

}  // namespace tunnus::oidc
