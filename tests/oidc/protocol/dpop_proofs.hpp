// SPDX-License-Identifier: MIT
// DPoP proofs (RFC 9449 §4.2) put together by hand, so that each part can be wrong.
#pragma once

#include "idp/base/encoding.hpp"
#include "tests/oidc/protocol/keys.hpp"

#include <boost/json/serialize.hpp>

#include <string>

namespace tunnus::oidc::tests {

inline Secret const& private_proof_jwk() {
    static Secret const jwk = jose::generate_private_jwk(jose::Algorithm::ES256);
    return jwk;
}

/// `jwk` without what only keys of ours have.
inline boost::json::object proof_jwk(jose::SigningKey const& key) {
    auto jwk = key.verification_key().public_jwk();
    for (auto const* name : {"use", "alg", "kid"})
        jwk.erase(name);
    return jwk;
}

inline boost::json::object proof_header(jose::SigningKey const& key = es256_key()) {
    return {{"typ", "dpop+jwt"}, {"alg", "ES256"}, {"jwk", proof_jwk(key)}};
}

inline std::string proof(boost::json::object const& header, boost::json::object const& claims,
                         jose::SigningKey const& key = es256_key()) {
    auto const text = encode_base64url(boost::json::serialize(header)) + "." +
                      encode_base64url(boost::json::serialize(claims));
    return text + "." + encode_base64url(key.sign(text));
}

}  // namespace tunnus::oidc::tests
