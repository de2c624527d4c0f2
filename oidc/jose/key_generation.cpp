// SPDX-License-Identifier: MIT
#include "idp/base/encoding.hpp"
#include "oidc/jose/evp.hpp"
#include "oidc/jose/jwe.hpp"
#include "oidc/jose/jwk.hpp"
#include "oidc/jose/key_material.hpp"

#include <openssl/core_names.h>

#include <array>
#include <stdexcept>
#include <utility>
#include <vector>

namespace tunnus::jose {
namespace {

using evp::bytes_of;

struct NumberName {
    std::string_view jwk_name;
    char const* openssl_name;
};

using EncodedMembers = std::vector<std::pair<std::string_view, std::string>>;

EncodedMembers rsa_members(unsigned bits) {
    constexpr std::array<NumberName, 8> numbers{{{"n", OSSL_PKEY_PARAM_RSA_N},
                                                 {"e", OSSL_PKEY_PARAM_RSA_E},
                                                 {"d", OSSL_PKEY_PARAM_RSA_D},
                                                 {"p", OSSL_PKEY_PARAM_RSA_FACTOR1},
                                                 {"q", OSSL_PKEY_PARAM_RSA_FACTOR2},
                                                 {"dp", OSSL_PKEY_PARAM_RSA_EXPONENT1},
                                                 {"dq", OSSL_PKEY_PARAM_RSA_EXPONENT2},
                                                 {"qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1}}};
    evp::Pkey const key(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{bits}));
    evp::require(key ? 1 : 0);
    EncodedMembers members{{"kty", "RSA"}};
    for (auto const& number : numbers)
        members.emplace_back(number.jwk_name, encoded_number(*key, number.openssl_name));
    return members;
}

EncodedMembers ec_members(Curve curve) {
    char const* const name = name_of(curve);
    evp::Pkey const key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", name));
    evp::require(key ? 1 : 0);
    auto const width = coordinate_bytes(curve);
    return {{"kty", "EC"},
            {"crv", name},
            {"x", encoded_number(*key, OSSL_PKEY_PARAM_EC_PUB_X, width)},
            {"y", encoded_number(*key, OSSL_PKEY_PARAM_EC_PUB_Y, width)},
            {"d", encoded_number(*key, OSSL_PKEY_PARAM_PRIV_KEY, width)}};
}

EncodedMembers ed25519_members() {
    evp::Pkey const key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    evp::require(key ? 1 : 0);
    std::string x(32, '\0');
    std::string d(32, '\0');
    std::size_t size = x.size();
    evp::require(EVP_PKEY_get_raw_public_key(key.get(), bytes_of(x), &size));
    evp::require(EVP_PKEY_get_raw_private_key(key.get(), bytes_of(d), &size));
    EncodedMembers members{
        {"kty", "OKP"}, {"crv", "Ed25519"}, {"x", encode_base64url(x)}, {"d", encode_base64url(d)}};
    wipe(d);
    return members;
}

void name_by_thumbprint(EncodedMembers& members) {
    boost::json::object public_part;
    for (auto const name : {"kty", "crv", "n", "e", "x", "y"})
        for (auto const& [member, value] : members)
            if (member == name) public_part[member] = value;
    members.emplace_back("kid", thumbprint(public_part));
}

/// The members as JSON text; their values are wiped.
Secret written(EncodedMembers&& members) {
    // Reserved for the longest key, so that no unwiped copy is left behind by growing. Nothing in a
    // member needs escaping.
    std::string text;
    text.reserve(16'384);
    for (auto& [member, value] : members) {
        text.append(text.empty() ? "{\"" : ",\"").append(member);
        text.append("\":\"").append(value).append("\"");
        wipe(value);
    }
    text += '}';
    return Secret(std::move(text));
}

}  // namespace

Secret generate_ephemeral_jwk(Curve curve) {
    return written(ec_members(curve));
}

Secret generate_private_jwk(Algorithm algorithm, unsigned rsa_bits) {
    auto const shape = shape_for(algorithm);
    if (shape.type == KeyType::oct) throw std::invalid_argument("HMAC keys are not generated");
    auto members = shape.type == KeyType::RSA  ? rsa_members(rsa_bits)
                   : shape.type == KeyType::EC ? ec_members(shape.curve)
                                               : ed25519_members();
    members.emplace_back("use", "sig");
    members.emplace_back("alg", name_of(algorithm));
    name_by_thumbprint(members);
    return written(std::move(members));
}

Secret generate_encryption_jwk(KeyManagement algorithm) {
    bool const rsa = algorithm == KeyManagement::RSA_OAEP_256;
    auto members = rsa ? rsa_members(2'048) : ec_members(Curve::P_256);
    members.emplace_back("use", "enc");
    if (rsa) members.emplace_back("alg", name_of(algorithm));
    name_by_thumbprint(members);
    return written(std::move(members));
}

}  // namespace tunnus::jose
