// SPDX-License-Identifier: MIT
// RSA keys and certificates as SAML uses them. A certificate is only a container for a pinned key:
// its validity dates and issuer say nothing here (suomifi.md part 3), and KeyInfo of a message is
// never read.
#pragma once

#include "idp/base/secret.hpp"
#include "saml/reason.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

extern "C" {
struct evp_pkey_st;
}

namespace tunnus::saml::xml {

using KeyHandle = std::shared_ptr<evp_pkey_st>;

/// Digest of an RSA signature (PKCS #1 v1.5).
enum class Digest { sha256, sha384, sha512 };
/// Of a signature algorithm's identifier; none for any but RSA with SHA-2.
[[nodiscard]] std::optional<Digest> digest_of(std::string_view signature_algorithm);

/// The public side: an RSA key of 2048 to 8192 bits out of an X.509 certificate. A value.
class Certificate {
  public:
    /// Reason::key_unusable for anything else.
    [[nodiscard]] static Result<Certificate> parse_der(std::string_view der);
    /// One `-----BEGIN CERTIFICATE-----` block.
    [[nodiscard]] static Result<Certificate> parse_pem(std::string_view pem);

    [[nodiscard]] std::string const& der() const { return der_; }
    [[nodiscard]] KeyHandle const& key() const { return key_; }
    [[nodiscard]] bool verifies(std::string_view bytes, std::string_view signature,
                                Digest digest) const;

  private:
    Certificate(std::string der, KeyHandle key) : der_(std::move(der)), key_(std::move(key)) {}
    std::string der_;
    KeyHandle key_;
};

/// The private side: an unencrypted PEM of an RSA key of 2048 to 8192 bits. A value.
class PrivateKey {
  public:
    [[nodiscard]] static Result<PrivateKey> parse_pem(Secret const& pem);

    [[nodiscard]] KeyHandle const& key() const { return key_; }
    /// RSA with SHA-256, PKCS #1 v1.5. Throws std::runtime_error when OpenSSL fails.
    [[nodiscard]] std::string sign(std::string_view bytes) const;
    [[nodiscard]] bool belongs_to(Certificate const& certificate) const;

  private:
    explicit PrivateKey(KeyHandle key) : key_(std::move(key)) {}
    KeyHandle key_;
};

}  // namespace tunnus::saml::xml
