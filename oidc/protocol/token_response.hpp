// SPDX-License-Identifier: MIT
// The answers of the token endpoint: RFC 6749 §5.1, §5.2 and OpenID Connect Core §3.1.3.3.
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/http.hpp"
#include "oidc/protocol/refusal.hpp"

#include <boost/json/array.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tunnus::oidc {

struct TokenResponse {
    std::string access_token;
    seconds expires_in{};
    std::vector<std::string> scope;
    std::string refresh_token;  ///< empty: none
    std::string id_token;       ///< empty: none
    std::string_view token_type = "Bearer";
    std::string_view issued_token_type = {};        ///< RFC 8693 §2.2.1; empty: none
    boost::json::array authorization_details = {};  ///< RFC 9396 §7; empty: none
};
/// 200, no-store.
[[nodiscard]] HttpResponse token_response(TokenResponse const& tokens);

/// TOK(e) and TOK401 of threats.md 0.2: 400, or 401 for invalid_client, with a Basic challenge when
/// the client used the Authorization header (§5.2), or 503 with Retry-After for server_error and
/// temporarily_unavailable. For introspection and revocation too.
[[nodiscard]] HttpResponse token_error(Refusal const& refusal, HttpRequest const& request);

/// Cache-Control: no-store and Referrer-Policy: no-referrer, which everything that carries a code,
/// a token or a person's data has (threats.md O-95).
void forbid_storing(HttpResponse& response);

}  // namespace tunnus::oidc
