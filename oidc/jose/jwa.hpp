// SPDX-License-Identifier: MIT
// JSON Web Algorithms: the signature algorithms we have (RFC 7518 §3.1, RFC 8037 §3.1) and the key
// each of them demands. There is no `none`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace tunnus::jose {

/// Spelled as in the `alg` parameter.
enum class Algorithm : std::uint8_t {
    HS256,
    HS384,
    HS512,
    RS256,
    RS384,
    RS512,
    PS256,
    PS384,
    PS512,
    ES256,
    ES384,
    ES512,
    EdDSA,  ///< with Ed25519 only
};

[[nodiscard]] std::string_view name_of(Algorithm algorithm);
/// By a name above, or Ed25519 for EdDSA (RFC 9864 §2.2); case-sensitive, empty for all else.
[[nodiscard]] std::optional<Algorithm> find_algorithm(std::string_view name);

/// The algorithms a caller allows, from a registration or a policy and never from a token. One
/// algorithm converts to the set of just itself.
class Algorithms {
  public:
    constexpr Algorithms(Algorithm only) : bits_(bit(only)) {}
    constexpr Algorithms(std::initializer_list<Algorithm> members) {
        for (auto member : members)
            bits_ |= bit(member);
    }
    [[nodiscard]] constexpr bool contains(Algorithm algorithm) const {
        return (bits_ & bit(algorithm)) != 0;
    }

  private:
    static constexpr std::uint32_t bit(Algorithm algorithm) {
        return 1U << static_cast<unsigned>(algorithm);
    }
    std::uint32_t bits_ = 0;
};

/// Those by a key pair: nobody shares a secret.
inline constexpr Algorithms asymmetric_algorithms{
    Algorithm::RS256, Algorithm::RS384, Algorithm::RS512, Algorithm::PS256, Algorithm::PS384,
    Algorithm::PS512, Algorithm::ES256, Algorithm::ES384, Algorithm::ES512, Algorithm::EdDSA};

/// RFC 7518 §6.1 and RFC 8037 §2, spelled as in `kty`.
enum class KeyType : std::uint8_t { oct, RSA, EC, OKP };
/// `crv`; none for oct and RSA.
enum class Curve : std::uint8_t { none, P_256, P_384, P_521, Ed25519 };

struct KeyShape {
    KeyType type = KeyType::oct;
    Curve curve = Curve::none;
    friend bool operator==(KeyShape const&, KeyShape const&) = default;
};
/// The only shape of key that may be used with the algorithm.
[[nodiscard]] KeyShape shape_for(Algorithm algorithm);

/// Length of the algorithm's hash in bytes: 32, 48 or 64 (EdDSA: 64, SHA-512).
[[nodiscard]] std::size_t digest_bytes(Algorithm algorithm);
/// Length of one coordinate in bytes: 32, 48, 66; 0 for Curve::none.
[[nodiscard]] std::size_t coordinate_bytes(Curve curve);

}  // namespace tunnus::jose
