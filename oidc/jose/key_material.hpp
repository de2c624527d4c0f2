// SPDX-License-Identifier: MIT
// From the numbers in a JWK to a key of OpenSSL's, and back for a key that was just made. Internal
// to oidc/jose.
#pragma once

#include "oidc/jose/error.hpp"
#include "oidc/jose/evp.hpp"

#include <boost/json/object.hpp>

#include <span>
#include <string_view>

namespace tunnus::jose {

/// The numbers of a public RSA, EC or OKP key, strictly read; a private member is malformed_key.
[[nodiscard]] Result<evp::Material> import_public_key(boost::json::object const& jwk);
/// The numbers of a private key, or the octets of a secret. That the halves match is not checked.
[[nodiscard]] Result<evp::Material> import_private_key(boost::json::object const& jwk);

/// Names of the members that make up a public key of this `kty`, in lexicographic order: those of
/// RFC 7638 §3.2. Empty for another kty.
[[nodiscard]] std::span<std::string_view const> thumbprint_members(boost::json::object const& jwk);

/// A new EC private JWK, for one agreement (key_generation.cpp).
[[nodiscard]] Secret generate_ephemeral_jwk(Curve curve);

}  // namespace tunnus::jose
