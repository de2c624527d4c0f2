// SPDX-License-Identifier: MIT
// Digests, keyed digests and sealing: thin, total functions on OpenSSL. JOSE is oidc/jose, SAML is
// saml/xml.
#pragma once

#include "idp/base/random.hpp"
#include "idp/base/result.hpp"
#include "idp/base/secret.hpp"

#include <string>
#include <string_view>

namespace tunnus {

/// 32 bytes.
[[nodiscard]] std::string sha256(std::string_view bytes);
/// 32 bytes.
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view bytes);

/// Encrypts small values at rest under one key from the configuration: AES-256-GCM with a random
/// nonce. `context` (for example "users.identity_code") is authenticated, so that a value moved to
/// another column does not open. Any thread may call.
class Sealer {
  public:
    /// `key` is any text of at least 32 bytes; sub-keys for sealing and for blind indexes are
    /// derived from it (HKDF-like, HMAC-SHA256 with distinct labels).
    explicit Sealer(Secret const& key);

    [[nodiscard]] std::string seal(std::string_view context, std::string_view plain,
                                   Random& random) const;
    /// BaseErrc::denied when the bytes were not sealed with this key and context.
    [[nodiscard]] Result<std::string> open(std::string_view context, std::string_view sealed) const;
    /// A keyed digest by which an encrypted value can be found: 32 bytes, the same for the same
    /// context and value.
    [[nodiscard]] std::string blind_index(std::string_view context, std::string_view plain) const;

  private:
    Secret sealing_key_;
    Secret index_key_;
};

}  // namespace tunnus
