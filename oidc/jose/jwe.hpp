// SPDX-License-Identifier: MIT
// JSON Web Encryption, RFC 7516, in its compact serialization and no other: `zip`, `crit` and
// everything that key_management.hpp does not have is refused before any key is touched (threats.md
// J-10).
#pragma once

#include "idp/base/limits_fwd.hpp"
#include "idp/base/random.hpp"
#include "oidc/jose/content_encryption.hpp"
#include "oidc/jose/error.hpp"
#include "oidc/jose/key_management.hpp"

#include <boost/json/object.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tunnus::jose {

/// Somebody's public key, to encrypt to. A cheap handle; any thread may use it.
class EncryptionKey {
  public:
    /// A public RSA or EC key for this algorithm, which the owner registered; `use`, where present,
    /// is "enc" and `alg` the same algorithm. Errors: malformed_key, unsupported_key, weak_key.
    [[nodiscard]] static Result<EncryptionKey> parse(boost::json::object const& jwk,
                                                     KeyManagement algorithm);

    /// `header.encrypted_key.iv.ciphertext.tag`. `cty` is "JWT" around a signed token; an empty one
    /// is left out.
    [[nodiscard]] std::string encrypt(ContentEncryption encryption, std::string_view cty,
                                      std::string_view plain, Random& random) const;

  private:
    EncryptionKey() = default;
    KeyManagement algorithm_{};
    std::string kid_;
    std::shared_ptr<evp::Material const> material_;
};

/// A private key of ours, to decrypt with.
class DecryptionKey {
  public:
    /// A private RSA or EC JWK with `kid`, `use` "enc" where present. Without `alg` it takes every
    /// algorithm that suits its type, else that one.
    [[nodiscard]] static Result<DecryptionKey> parse(Secret const& private_jwk);

    [[nodiscard]] std::string const& kid() const noexcept { return kid_; }
    /// For others to encrypt to.
    [[nodiscard]] boost::json::object const& public_jwk() const { return *public_jwk_; }
    [[nodiscard]] bool takes(KeyManagement algorithm) const;

    /// The plain text of a token encrypted to this key, with this `enc` where one is given. Errors:
    /// malformed_token (also beyond limits.jwt_bytes), refused_header, refused_algorithm,
    /// unknown_key (it names another `kid`); and bad_encryption for everything that comes after the
    /// header, without saying what.
    [[nodiscard]] Result<std::string> decrypt(std::string_view token,
                                              std::optional<ContentEncryption> allowed = {},
                                              Limits const& limits = standard_limits()) const;

  private:
    DecryptionKey() = default;
    std::optional<KeyManagement> algorithm_;
    std::string kid_;
    std::shared_ptr<boost::json::object const> public_jwk_;
    std::shared_ptr<evp::Material const> material_;
};

/// Makes a key with OpenSSL's generator and returns it as the private JWK that
/// DecryptionKey::parse reads: RSA of 2048 bits for RSA-OAEP-256, else EC on P-256, without `alg`,
/// for the whole family of ECDH-ES. `kid` is its thumbprint.
[[nodiscard]] Secret generate_encryption_jwk(KeyManagement algorithm);

/// What an encrypted token is encrypted with, as far as its owner cares.
struct AllowedEncryption {
    std::optional<KeyManagement> alg;
    std::optional<ContentEncryption> enc;
};
/// Whether a compact token has the five parts of an encrypted one.
[[nodiscard]] bool is_encrypted(std::string_view token);
/// The plain text of a token encrypted to one of these keys: to that of its `kid`, or without one
/// to the first that takes its `alg`. Errors as DecryptionKey::decrypt, and unknown_key.
[[nodiscard]] Result<std::string> decrypt(std::string_view token,
                                          std::span<DecryptionKey const> keys,
                                          AllowedEncryption const& allowed,
                                          Limits const& limits = standard_limits());

}  // namespace tunnus::jose
