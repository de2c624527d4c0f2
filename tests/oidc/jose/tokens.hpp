// SPDX-License-Identifier: MIT
// The words in which the tests of this folder speak: keys made once, tokens put together by hand.
#pragma once

#include "idp/base/encoding.hpp"
#include "oidc/jose/jwe.hpp"
#include "oidc/jose/jwt.hpp"
#include "oidc/jose/key_material.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <map>
#include <string>
#include <string_view>

namespace tunnus::jose::tests {

inline boost::json::object json(std::string_view text) {
    return boost::json::parse(text).as_object();
}

inline SigningKey signing_key(std::string_view private_jwk) {
    return SigningKey::parse(Secret(std::string(private_jwk))).value();
}

/// One generated private JWK for each algorithm, the same for all tests of a run. Those for RSA
/// share their numbers, which take long to find.
inline std::string const& private_jwk_for(Algorithm algorithm) {
    static std::map<Algorithm, std::string> texts;
    auto& text = texts[algorithm];
    if (!text.empty()) return text;
    if (shape_for(algorithm).type == KeyType::RSA && algorithm != Algorithm::RS256) {
        auto jwk = json(private_jwk_for(Algorithm::RS256));
        jwk["alg"] = name_of(algorithm);
        text = boost::json::serialize(jwk);
    } else {
        text = generate_private_jwk(algorithm).reveal();
    }
    return text;
}

inline SigningKey const& key_for(Algorithm algorithm) {
    static std::map<Algorithm, SigningKey> keys;
    auto found = keys.find(algorithm);
    if (found == keys.end())
        found = keys.emplace(algorithm, signing_key(private_jwk_for(algorithm))).first;
    return found->second;
}

/// A token with exactly this header text, signed well by `key`.
inline std::string token(SigningKey const& key, std::string_view header, std::string_view payload) {
    std::string text = encode_base64url(header) + "." + encode_base64url(payload);
    return text + "." + encode_base64url(key.sign(text));
}

inline JwkSet set_of(SigningKey const& key) {
    return JwkSet({key.verification_key()});
}

/// A private JWK for encrypting to; the RSA one has the numbers of RS256.
inline boost::json::object encryption_jwk(KeyManagement algorithm, Curve curve = Curve::P_256) {
    auto jwk = algorithm == KeyManagement::RSA_OAEP_256
                   ? json(private_jwk_for(Algorithm::RS256))
                   : json(generate_ephemeral_jwk(curve).reveal());
    jwk["alg"] = name_of(algorithm);
    jwk["use"] = "enc";
    jwk["kid"] = "enc-1";
    return jwk;
}

inline boost::json::object public_part(boost::json::object jwk) {
    for (auto name : {"d", "p", "q", "dp", "dq", "qi"})
        jwk.erase(name);
    return jwk;
}

inline DecryptionKey decryption_key(boost::json::object const& jwk) {
    return DecryptionKey::parse(Secret(boost::json::serialize(jwk))).value();
}

/// The code of a failed result; a default code when it did not fail.
template <class T>
boost::system::error_code code_of(Result<T> const& result) {
    return result ? boost::system::error_code{} : result.error().code;
}

inline constexpr std::string_view claims_text =
    R"({"iss":"https://id.example","sub":"user-1","aud":"client-1","exp":1300819380})";

}  // namespace tunnus::jose::tests
