// SPDX-License-Identifier: MIT
#include "oidc/protocol/encrypted_response.hpp"

namespace tunnus::oidc {

Result<std::string> encrypt_response(ResponseProtection const& protection, ClientKeys const* keys,
                                     std::string signed_token, Random& random) {
    if (!protection.encrypted_alg) return signed_token;
    if (keys != nullptr)
        for (auto const& jwk : keys->all)
            if (auto const key = jose::EncryptionKey::parse(jwk, *protection.encrypted_alg))
                return key->encrypt(protection.encrypted_enc, "JWT", signed_token, random);
    return Error(jose::JoseErrc::unknown_key, "no key of the client's to encrypt to");
}

}  // namespace tunnus::oidc
