// SPDX-License-Identifier: MIT
// Signing keys for tests: made once per process, since RSA takes its time.
#pragma once

#include "oidc/jose/jwk_set.hpp"

namespace tunnus::oidc::tests {

inline jose::SigningKey const& es256_key() {
    static auto const key =
        jose::SigningKey::parse(jose::generate_private_jwk(jose::Algorithm::ES256)).value();
    return key;
}
inline jose::SigningKey const& strangers_key() {
    static auto const key =
        jose::SigningKey::parse(jose::generate_private_jwk(jose::Algorithm::ES256)).value();
    return key;
}
inline jose::JwkSet const& our_keys() {
    static jose::JwkSet const set({es256_key().verification_key()});
    return set;
}

}  // namespace tunnus::oidc::tests
