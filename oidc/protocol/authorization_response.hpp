// SPDX-License-Identifier: MIT
// The authorization response (RFC 6749 §4.1.2, §4.2.2, OpenID Connect Core §3.2.2.5, §3.3.2.5) with
// the issuer (RFC 9207 §2), as fields. How they travel is the request's response_mode.
#pragma once

#include "oidc/protocol/authorization_request.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tunnus::oidc {

using ResponseFields = std::vector<std::pair<std::string_view, std::string_view>>;

/// What the authorization endpoint gives out; empty: not asked for.
struct AuthorizationResponse {
    std::string code;
    std::string access_token;
    std::string expires_in;  ///< with access_token: seconds
    std::string scope;       ///< with access_token
    std::string id_token;
    std::string session_state;
    bool account_action_done = false;  ///< AuthorizationRequest::account_action
};

/// What there is, `state` when the request had one, `iss`, and session_state; with an
/// account_action `kc_action_status`. Refers to the arguments.
[[nodiscard]] ResponseFields success_fields(AuthorizationRequest const& request,
                                            AuthorizationResponse const& response,
                                            std::string_view issuer);
/// Refusal::detail where the person themselves gave the login up: its `kc_action_status` is
/// `cancelled`, that of every other refusal `error`.
inline constexpr std::string_view given_up = "the person gave up";
/// `error`, `error_description` unless empty, `state` and `iss`. Refers to the arguments.
[[nodiscard]] ResponseFields error_fields(AuthorizationRequest const& request,
                                          Refusal const& refusal, std::string_view issuer);

/// The Location of response_mode `query`: the redirect_uri as registered, its own query kept, with
/// the fields added, every byte outside RFC 3986's unreserved ones escaped.
[[nodiscard]] std::string response_location(RegisteredRedirectUri const& redirect_uri,
                                            ResponseFields const& fields);
/// The same for `fragment`.
[[nodiscard]] std::string fragment_location(RegisteredRedirectUri const& redirect_uri,
                                            ResponseFields const& fields);

}  // namespace tunnus::oidc
