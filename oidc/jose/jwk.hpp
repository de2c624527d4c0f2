// SPDX-License-Identifier: MIT
// JSON Web Key, RFC 7517, with the key types of RFC 7518 §6 and RFC 8037: RSA of 2048 to 8192 bits
// with 65537 <= e < 2^64, EC on P-256, P-384 and P-521, OKP on Ed25519, oct at least as long as the
// digest.
//
// Both classes are handles to one immutable, prepared key: copying is cheap, any thread may use
// them. Neither has an empty state, except that a moved-from one may only be assigned or destroyed.
#pragma once

#include "idp/base/json.hpp"
#include "idp/base/secret.hpp"
#include "oidc/jose/error.hpp"
#include "oidc/jose/jwa.hpp"

#include <boost/json/object.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace tunnus::jose {

/// A key by which somebody's signatures are checked.
class VerificationKey {
  public:
    /// A public RSA, EC or OKP key. Members are read strictly: base64url of one spelling, exact
    /// lengths, a point on its curve, no private member, no `oct`; `use` must be "sig" and
    /// `key_ops` hold "verify" where present. Members we do not know, and `x5c` and its kin, are
    /// passed over. Errors: malformed_key, unsupported_key, weak_key.
    [[nodiscard]] static Result<VerificationKey> parse(boost::json::object const& jwk);
    /// A client secret as HMAC key, for one algorithm and no other. Errors: unsupported_key when
    /// that is not HS256, HS384 or HS512, weak_key when the secret is shorter than the digest
    /// (RFC 7518 §3.2).
    [[nodiscard]] static Result<VerificationKey> from_secret(Secret const& secret,
                                                             Algorithm algorithm);

    /// Empty when the JWK had none.
    [[nodiscard]] std::string const& kid() const noexcept;
    /// The key's own `alg`, where it has one: then no other algorithm is verified with it.
    [[nodiscard]] std::optional<Algorithm> algorithm() const noexcept;
    [[nodiscard]] KeyShape shape() const noexcept;
    /// Whether a signature by this algorithm may be checked with this key at all.
    [[nodiscard]] bool suits(Algorithm algorithm) const noexcept;

    /// Whether `signature` is by this key and algorithm over `message`; false for every reason
    /// alike, an algorithm that does not suit included.
    [[nodiscard]] bool verify(Algorithm algorithm, std::string_view message,
                              std::string_view signature) const;

    /// The public members with `kid`, `alg` and `use`, where known. Throws std::logic_error for a
    /// secret.
    [[nodiscard]] boost::json::object const& public_jwk() const;
    /// RFC 7638 with SHA-256: 43 characters. Throws std::logic_error for a secret.
    [[nodiscard]] std::string thumbprint() const;

  private:
    friend class SigningKey;
    struct Impl;
    explicit VerificationKey(std::shared_ptr<Impl const> impl) : impl_(std::move(impl)) {}
    std::shared_ptr<Impl const> impl_;
};

/// A private key of ours that signs with one algorithm.
class SigningKey {
  public:
    /// A private JWK with `alg`; RSA in its full form with the CRT members and two primes. The key
    /// must verify what it signs. Without `kid` it gets its thumbprint (oct keys must have one).
    /// Text that was read is wiped. Errors: malformed_key, unsupported_key, weak_key.
    [[nodiscard]] static Result<SigningKey> parse(Secret const& private_jwk);

    [[nodiscard]] std::string const& kid() const noexcept;
    [[nodiscard]] Algorithm algorithm() const noexcept;
    /// The signature as it stands in a JWS, not yet encoded. ES256 takes some 25 µs, RS256 with
    /// 2048 bits ten times that.
    [[nodiscard]] std::string sign(std::string_view message) const;
    /// The other half. For an oct key it is the same secret.
    [[nodiscard]] VerificationKey verification_key() const;
    /// The encoded JWS header `{"typ":…,"alg":…,"kid":…}`, made once for the types that we sign
    /// all day (jwt.hpp).
    [[nodiscard]] std::string encoded_header(std::string_view typ) const;

  private:
    friend class Pkcs11;
    /// Of a key that another keeps; takes it over. The JWK says the public half.
    [[nodiscard]] static Result<SigningKey> from_held(Algorithm algorithm,
                                                      boost::json::object public_jwk,
                                                      evp_pkey_st& key);
    struct Impl;
    /// Once it has verified what it signs.
    [[nodiscard]] static Result<SigningKey> proven(Impl impl);
    explicit SigningKey(std::shared_ptr<Impl const> impl) : impl_(std::move(impl)) {}
    std::shared_ptr<Impl const> impl_;
};

/// Makes a key with OpenSSL's generator (the Random seam cannot replay it) and returns it as the
/// private JWK that SigningKey::parse reads: `kid` is its thumbprint, `use` is "sig". `rsa_bits`
/// matters to RSA only; 2048 takes up to a second. Throws std::invalid_argument for HS256 and its
/// kin, which have no key pair.
[[nodiscard]] Secret generate_private_jwk(Algorithm algorithm, unsigned rsa_bits = 2'048);

/// RFC 7638 §3.1 over the required members of a public JWK that was accepted.
[[nodiscard]] std::string thumbprint(boost::json::object const& public_jwk);

}  // namespace tunnus::jose
