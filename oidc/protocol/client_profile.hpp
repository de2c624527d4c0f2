// SPDX-License-Identifier: MIT
// `"profile"` of a registration, ours: one word that turns on everything a security profile demands
// of a client.
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/result.hpp"
#include "oidc/jose/jwa.hpp"

#include <boost/json/object.hpp>

#include <string_view>

namespace tunnus::oidc {

/// FAPI 2.0 Security Profile §5.4.1.
inline constexpr jose::Algorithms fapi_algorithms{jose::Algorithm::PS256, jose::Algorithm::ES256,
                                                  jose::Algorithm::EdDSA};
/// Whether it is one of the two profiles of FAPI 2.0.
[[nodiscard]] bool is_fapi(std::string_view profile);

/// The registration with what its profile demands written out: what is absent is added, and what is
/// present and contradicts it is invalid_client_metadata, the member named. Without `profile` it
/// comes back as it is.
///
/// `fapi2` (FAPI 2.0 Security Profile §5.3): a confidential client that proves itself by
/// private_key_jwt (if it says nothing) or a certificate, pushes its requests, has response type
/// `code`, PKCE and sender-constrained tokens (by DPoP, if it says nothing), signs with PS256,
/// ES256 or EdDSA, and names the issuer alone as audience.
/// `fapi2-message-signing` (FAPI 2.0 Message Signing §5): the same, and its requests are signed;
/// its JARM and introspection responses are by the algorithms above.
/// `ftn` (Finnish Trust Network, recommendation 213/2023 S): private_key_jwt with a `kid`, keys
/// exchanged as a static `jwks`, requests signed or pushed, ID token and userinfo encrypted to the
/// client by the algorithm of its encryption key.
[[nodiscard]] Result<boost::json::object> apply_client_profile(boost::json::object metadata);

/// Whether this profile lets the client sign with this algorithm, where its registration leaves the
/// choice open (FAPI 2.0 Security Profile §5.4.1).
[[nodiscard]] bool profile_permits(std::string_view profile, jose::Algorithm algorithm);
/// Whether its client gets a new refresh token with each use. FAPI 2.0 wants none (Security Profile
/// §5.3.2.1): an answer that is lost on the way must not cost a client its grant.
[[nodiscard]] bool profile_rotates_refresh_tokens(std::string_view profile);
/// Whether what its client signs must say by which key (Finnish Trust Network).
[[nodiscard]] bool profile_demands_kid(std::string_view profile);
/// How long its client may take to redeem a code: as configured, but a minute in FAPI 2.0 (Security
/// Profile §5.3.2.1).
[[nodiscard]] seconds profile_code_lifetime(std::string_view profile, seconds configured);

}  // namespace tunnus::oidc
