// SPDX-License-Identifier: MIT
// A JWK or a JWK Set from anybody, and a private JWK. What was accepted is published, read again
// and used once.
#include "oidc/jose/jwk_set.hpp"

#include <boost/json/serialize.hpp>

#include <cstdlib>

using namespace tunnus;
using namespace tunnus::jose;

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    if (auto const key = SigningKey::parse(Secret(std::string(text)))) (void)key->sign("message");

    auto const object = parse_json_object(text);
    if (!object) return 0;
    (void)JwkSet::parse(*object);
    auto const key = VerificationKey::parse(*object);
    if (!key) return 0;
    auto const again = VerificationKey::parse(key->public_jwk());
    if (!again || again->thumbprint() != key->thumbprint()) std::abort();
    for (auto algorithm : {Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::ES384,
                           Algorithm::ES512, Algorithm::EdDSA})
        if (key->verify(algorithm, "message", std::string(64, '\x01'))) std::abort();
    return 0;
}
