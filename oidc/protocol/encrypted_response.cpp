// SPDX-License-Identifier: MIT
#include "oidc/protocol/encrypted_response.hpp"

namespace tunnus::oidc {

std::optional<jose::EncryptionKey> find_encryption_key(ResponseProtection const& protection,
                                                       ClientKeys const& keys) {
    for (auto const& jwk : keys.all)
        if (auto key = jose::EncryptionKey::parse(jwk, *protection.encrypted_alg))
            return std::move(*key);
    return std::nullopt;
}

Result<std::string> encrypt_response(ResponseProtection const& protection, ClientKeys const* keys,
                                     std::string signed_token, Random& random) {
    if (!protection.encrypted_alg) return signed_token;
    if (keys != nullptr)
        if (auto const key = find_encryption_key(protection, *keys))
            return key->encrypt(protection.encrypted_enc, "JWT", signed_token, random);
    return Error(jose::JoseErrc::unknown_key, "no key of the client's to encrypt to");
}

}  // namespace tunnus::oidc
