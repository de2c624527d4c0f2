// SPDX-License-Identifier: MIT
// JWT Secured Authorization Response Mode (JARM) §2.1: an authorization response as one JWT.
#pragma once

#include "idp/base/clock.hpp"
#include "oidc/protocol/authorization_response.hpp"

#include <string>
#include <string_view>

namespace tunnus::oidc {

/// The payload to sign: `iss`, `aud` (the client), `exp`, and the fields as text claims.
[[nodiscard]] std::string response_jwt_payload(ResponseFields const& fields,
                                               std::string_view issuer, std::string_view client_id,
                                               TimePoint exp);

}  // namespace tunnus::oidc
