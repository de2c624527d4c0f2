// SPDX-License-Identifier: MIT
// OpenSSL's EVP behind two classes: one key made ready for one algorithm, to sign or to verify.
// Internal to oidc/jose.
//
// What OpenSSL 3 would look up on each call (digest, signature and key management implementations)
// is looked up once here; a call then duplicates an initialised context, which only reads it. So
// one object serves any number of threads.
#pragma once

#include "idp/base/free.hpp"
#include "idp/base/secret.hpp"
#include "oidc/jose/jwa.hpp"

#include <openssl/evp.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tunnus::jose::evp {

using Pkey = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using PkeyContext = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, Free<EVP_MAC_CTX_free>>;

[[nodiscard]] inline unsigned char const* bytes_of(std::string_view text) {
    return reinterpret_cast<unsigned char const*>(text.data());
}
[[nodiscard]] inline unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}
/// Throws std::runtime_error with OpenSSL's reason unless `openssl_result` is 1: for what cannot
/// fail on any input.
void require(int openssl_result);

/// SHA-256, SHA-384 or SHA-512 by the length of its result; fetched once, never freed.
[[nodiscard]] EVP_MD const* digest(std::size_t bytes);
/// The digest of `message`.
[[nodiscard]] std::string hash(std::size_t digest_bytes, std::string_view message);

/// A key as OpenSSL and HMAC want it.
struct Material {
    KeyShape shape;
    Pkey pkey;      ///< empty for KeyType::oct
    Secret octets;  ///< KeyType::oct only
};

/// A key made ready for one algorithm and one direction: one of the three, by the key's type.
struct Prepared {
    PkeyContext pkey;
    DigestContext one_shot;
    MacContext mac;
};

class Signer {
  public:
    /// `material` has the shape of `algorithm`.
    Signer(Material const& material, Algorithm algorithm);
    /// The JWS signature, for ECDSA r||s (RFC 7518 §3.4). Throws std::runtime_error when OpenSSL
    /// cannot sign, which a key that was accepted does not cause. Any thread may call.
    [[nodiscard]] std::string sign(std::string_view message) const;
    /// The same, and empty where sign() throws: for a key that is not yet accepted.
    [[nodiscard]] std::optional<std::string> try_sign(std::string_view message) const;

  private:
    Algorithm algorithm_;
    Prepared prepared_;
};

class Verifier {
  public:
    Verifier(Material const& material, Algorithm algorithm);
    /// False for every reason alike. Any thread may call.
    [[nodiscard]] bool verify(std::string_view message, std::string_view signature) const;

  private:
    Algorithm algorithm_;
    Prepared prepared_;
};

}  // namespace tunnus::jose::evp
