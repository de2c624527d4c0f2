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

/// The public members of an RSA or EC key that OpenSSL holds in whatever way. malformed_key when it
/// is of another shape.
[[nodiscard]] Result<boost::json::object> export_public_key(EVP_PKEY const& key, KeyShape shape);

/// Names of the members that make up a public key of this `kty`, in lexicographic order: those of
/// RFC 7638 §3.2. Empty for another kty.
[[nodiscard]] std::span<std::string_view const> thumbprint_members(boost::json::object const& jwk);

/// A number of the key as base64url, at `width` bytes or, for 0, at its own length. What was in
/// between is wiped.
[[nodiscard]] std::string encoded_number(EVP_PKEY const& key, char const* openssl_name,
                                         std::size_t width = 0);
/// "P-256" and its kin, also OpenSSL's names. Not for other curves than those of ECDSA.
[[nodiscard]] char const* name_of(Curve curve);

/// A new EC private JWK, for one agreement (key_generation.cpp).
[[nodiscard]] Secret generate_ephemeral_jwk(Curve curve);

}  // namespace tunnus::jose
