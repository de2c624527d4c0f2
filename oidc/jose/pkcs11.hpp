// SPDX-License-Identifier: MIT
// Private keys that stay in a PKCS#11 token: a hardware security module, a smart card, softhsm2.
// OpenSSL's engine `pkcs11` (Debian: libengine-pkcs11-openssl) reaches them.
#pragma once

#include "oidc/jose/jwk.hpp"

#include <atomic>
#include <memory>
#include <string>

namespace tunnus::jose {

/// A token module that was opened. Any thread may call.
class Pkcs11 {
  public:
    /// `module` is the token maker's library, the PIN that of the token's user. What is loaded
    /// stays loaded until the process ends: a module is closed for the whole process, and with it
    /// the keys of whoever else opened it; so the first module counts. Error: unsupported_key when
    /// OpenSSL has no such engine; a wrong module or PIN shows with the first key.
    [[nodiscard]] static Result<std::shared_ptr<Pkcs11>> open(std::string const& module,
                                                              Secret const& pin);

    /// The key behind a `pkcs11:` URI (RFC 7512), to sign with this algorithm; `kid` is its
    /// thumbprint. Its public half is read from the token once. Signing goes to the token each time
    /// and throws std::runtime_error when that does not answer. Errors: unknown_key when the
    /// token, its module, its PIN or the key is not there, malformed_key and weak_key as
    /// SigningKey::parse, unsupported_key for EdDSA, which the engine does not know, and for a URI
    /// with the PIN in it (`pin-value`): URIs stand in error texts. A token that refused the PIN is
    /// not asked again in this process, for tokens lock after a few wrong ones.
    [[nodiscard]] Result<SigningKey> load(std::string const& uri, Algorithm algorithm) const;

  private:
    struct Engine;
    explicit Pkcs11(Engine& engine) : engine_(engine) {}
    Engine& engine_;
    mutable std::atomic<bool> pin_refused_ = false;
};

}  // namespace tunnus::jose
