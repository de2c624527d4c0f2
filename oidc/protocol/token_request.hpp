// SPDX-License-Identifier: MIT
// The form of a token request (RFC 6749 §4.1.3, §4.4.2, §6), and of its two kin, introspection (RFC
// 7662 §2.1) and revocation (RFC 7009 §2.1).
#pragma once

#include "idp/base/form.hpp"
#include "idp/base/http.hpp"
#include "idp/base/limits_fwd.hpp"
#include "oidc/protocol/client.hpp"
#include "oidc/protocol/refusal.hpp"

#include <optional>
#include <string_view>

namespace tunnus::oidc {

/// The body as a form. Refuses with invalid_request: another media type, parameters in the query,
/// a malformed body and a repeated parameter (threats.md O-57) but for `resource` and `audience`.
[[nodiscard]] Checked<Form> parse_back_channel_form(HttpRequest const& request,
                                                    Limits const& limits);

enum class GrantType {
    authorization_code,
    refresh_token,
    client_credentials,
    device_code,
    token_exchange,
    jwt_bearer,
    ciba,
};

/// RFC 8628 §3.4.
inline constexpr std::string_view device_code_grant_type =
    "urn:ietf:params:oauth:grant-type:device_code";
/// RFC 8693 §2.1.
inline constexpr std::string_view token_exchange_grant_type =
    "urn:ietf:params:oauth:grant-type:token-exchange";
/// RFC 7523 §2.1.
inline constexpr std::string_view jwt_bearer_grant_type =
    "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// By a bearer token (oidc/endpoints/token_by_bearer.hpp), so no GrantType.
inline constexpr std::string_view uma_ticket_grant_type =
    "urn:ietf:params:oauth:grant-type:uma-ticket";
/// OpenID CIBA Core §10.1.
inline constexpr std::string_view ciba_grant_type = "urn:openid:params:grant-type:ciba";

/// Missing: invalid_request; one we do not have: unsupported_grant_type; one the client did not
/// register: unauthorized_client.
[[nodiscard]] Checked<GrantType> check_grant_type(Client const& client, Form const& form);

}  // namespace tunnus::oidc
