// SPDX-License-Identifier: MIT
#include "oidc/jose/jwa.hpp"

#include <array>

namespace tunnus::jose {
namespace {

struct Row {
    std::string_view name;
    KeyShape shape;
    std::size_t digest_bytes;
};
// In the order of the enumeration.
constexpr std::array<Row, 13> table{{
    {"HS256", {KeyType::oct, Curve::none}, 32},
    {"HS384", {KeyType::oct, Curve::none}, 48},
    {"HS512", {KeyType::oct, Curve::none}, 64},
    {"RS256", {KeyType::RSA, Curve::none}, 32},
    {"RS384", {KeyType::RSA, Curve::none}, 48},
    {"RS512", {KeyType::RSA, Curve::none}, 64},
    {"PS256", {KeyType::RSA, Curve::none}, 32},
    {"PS384", {KeyType::RSA, Curve::none}, 48},
    {"PS512", {KeyType::RSA, Curve::none}, 64},
    {"ES256", {KeyType::EC, Curve::P_256}, 32},
    {"ES384", {KeyType::EC, Curve::P_384}, 48},
    {"ES512", {KeyType::EC, Curve::P_521}, 64},
    {"EdDSA", {KeyType::OKP, Curve::Ed25519}, 64},
}};

Row const& row_of(Algorithm algorithm) {
    return table[static_cast<std::size_t>(algorithm)];
}

}  // namespace

std::string_view name_of(Algorithm algorithm) {
    return row_of(algorithm).name;
}

std::optional<Algorithm> find_algorithm(std::string_view name) {
    for (std::size_t i = 0; i < table.size(); ++i)
        if (table[i].name == name) return static_cast<Algorithm>(i);
    if (name == "Ed25519") return Algorithm::EdDSA;
    return std::nullopt;
}

KeyShape shape_for(Algorithm algorithm) {
    return row_of(algorithm).shape;
}

std::size_t digest_bytes(Algorithm algorithm) {
    return row_of(algorithm).digest_bytes;
}

std::size_t coordinate_bytes(Curve curve) {
    switch (curve) {
        case Curve::none:
            return 0;
        case Curve::P_256:
        case Curve::Ed25519:
            return 32;
        case Curve::P_384:
            return 48;
        case Curve::P_521:
            return 66;
    }
    return 0;
}

}  // namespace tunnus::jose
