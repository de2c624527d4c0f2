// SPDX-License-Identifier: MIT
// RFC 7523 §2.2 and §3, OpenID Connect Core §9: a client that proves itself by a JWT it signed,
// with its secret (`client_secret_jwt`) or its private key (`private_key_jwt`).
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/limits_fwd.hpp"
#include "oidc/jose/jws.hpp"
#include "oidc/protocol/client.hpp"
#include "oidc/protocol/refusal.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tunnus::oidc {

inline constexpr std::string_view client_assertion_type =
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Who presents it and with which key, as it claims: to find the registration that checks it, and
/// for nothing else.
struct ClaimedAssertion {
    std::string client_id;           ///< `sub`
    std::optional<std::string> kid;  ///< of the header
};
/// Empty when it is no JWS with a `sub`.
[[nodiscard]] std::optional<ClaimedAssertion> read_claimed_assertion(std::string_view assertion,
                                                                     Limits const& limits);

struct AssertionContext {
    std::string_view issuer;
    /// What a client without strict_assertion_audience may name besides the issuer: the token
    /// endpoint and the one that was called (RFC 9126 §2).
    std::vector<std::string> const& endpoints;
    /// The client's public keys, its own or fetched from its jwks_uri; null for none. A client by
    /// secret needs none; one by a self-signed certificate has it there.
    ClientKeys const* keys = nullptr;
    Limits const& limits;
    TimePoint now{};
};

/// An assertion may prove its client once. `jti` is remembered until `expires_at`, when it would no
/// longer be taken anyway.
struct ClientAssertion {
    std::string jti;
    TimePoint expires_at{};
};

/// Refuses with invalid_client, alike for every reason (threats.md O-53, O-54, J-14 to J-16): a
/// signature that is not the client's by the algorithm of its registration; `iss` or `sub` that is
/// not its client_id; `aud` that is not one text that names us; no `exp`, one that has passed, one
/// further ahead than limits.client_assertion_lifetime; `nbf` or `iat` more than a minute ahead; no
/// `jti`; another kind's `typ`.
[[nodiscard]] Checked<ClientAssertion> check_client_assertion(std::string_view assertion,
                                                              Client const& client,
                                                              AssertionContext const& context);

/// The signature algorithms that may prove this client; those of FAPI 2.0 Security Profile §5.4 for
/// a client of that profile.
[[nodiscard]] jose::Algorithms assertion_algorithms(Client const& client);

}  // namespace tunnus::oidc
