// SPDX-License-Identifier: MIT
// The claims of a logout token: OpenID Connect Back-Channel Logout 1.0 §2.4.
#pragma once

#include "idp/base/clock.hpp"

#include <string>
#include <string_view>

namespace tunnus::oidc {

struct LogoutToken {
    std::string_view iss;
    std::string_view aud;
    std::string_view sub;
    std::string_view sid;  ///< left out when empty
    std::string_view jti;
    TimePoint iat{};
    TimePoint exp{};
};

/// The payload to sign with `typ` logout+jwt. It has no nonce, so that it is no ID token.
[[nodiscard]] std::string logout_token_payload(LogoutToken const& token);

}  // namespace tunnus::oidc
