// SPDX-License-Identifier: MIT
// The authentication request that a service sends us directly, with no browser in between: OpenID
// Client-Initiated Backchannel Authentication (CIBA) Core 1.0 §7.1, and for a client of a FAPI
// profile FAPI-CIBA §5.2.2.
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/form.hpp"
#include "idp/base/limits_fwd.hpp"
#include "oidc/protocol/client.hpp"
#include "oidc/protocol/refusal.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tunnus::oidc {

/// A signed request may be made once: `jti` is remembered until `expires_at`.
struct SignedRequestId {
    std::string jti;
    TimePoint expires_at{};
};
/// The parameters as they are to be read, without what authenticates the client.
struct AuthenticationParameters {
    Form form;
    std::optional<SignedRequestId> signed_as;  ///< of a signed request
};
struct AuthenticationRequestContext {
    std::string_view issuer;
    ClientKeys const* keys = nullptr;  ///< the client's; null: none
    Limits const& limits;
    TimePoint now{};
};
/// §7.1.1: signed for a client that registered backchannel_authentication_request_signing_alg, and
/// for no other. Then every parameter stands inside the JWT and none outside, which is signed by a
/// key of the client with that algorithm, and has `iss` (the client), `aud` (us), `exp`, `iat`,
/// `nbf` and `jti`; `nbf` and `exp` are at most limits.request_object_lifetime from now, and from
/// each other. Refuses with invalid_request.
[[nodiscard]] Checked<AuthenticationParameters> read_authentication_parameters(
    Form const& form, Client const& client, AuthenticationRequestContext const& context);

struct BackchannelAuthentication {
    // Exactly one of the two says who is asked.
    std::string login_hint;
    std::string id_token_hint;
    std::string client_notification_token;  ///< empty unless the client is pinged
    std::string binding_message;            ///< shown on both devices
    std::string user_code;                  ///< that the person chose; empty: none was sent
    seconds lifetime{};  ///< requested_expiry, within limits.ciba_longest_request_lifetime
};
/// All but `scope`, `acr_values`, `resource` and `authorization_details`, which are read as
/// everywhere. Refuses with invalid_request, and with invalid_binding_message what is too long or
/// cannot be shown.
[[nodiscard]] Checked<BackchannelAuthentication> parse_backchannel_authentication(
    Client const& client, Form const& form, Limits const& limits);

}  // namespace tunnus::oidc
