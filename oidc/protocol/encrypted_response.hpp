// SPDX-License-Identifier: MIT
// Encrypting what a client gets with the key that it registered (OpenID Connect Core §10.2): first
// signed, then encrypted.
#pragma once

#include "idp/base/random.hpp"
#include "oidc/protocol/client.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tunnus::oidc {

/// The first of the keys that the registered algorithm, which is set, can encrypt to.
[[nodiscard]] std::optional<jose::EncryptionKey> find_encryption_key(
    ResponseProtection const& protection, ClientKeys const& keys);

/// The signed token as it stands where no encryption is registered; else a JWE around it, to the
/// first of `keys` that suits. Error: jose::JoseErrc::unknown_key when none does.
[[nodiscard]] Result<std::string> encrypt_response(ResponseProtection const& protection,
                                                   ClientKeys const* keys, std::string signed_token,
                                                   Random& random);

}  // namespace tunnus::oidc
