// SPDX-License-Identifier: MIT
// How the content key of a JWE reaches its reader: RFC 7518 §4.3 and §4.6. There is no RSA1_5, no
// RSA-OAEP with SHA-1, no PBES2 and no dir. Internal to oidc/jose.
#pragma once

#include "idp/base/random.hpp"
#include "oidc/jose/evp.hpp"

#include <boost/json/object.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace tunnus::jose {

/// Spelled as in `alg`, dashes and plus signs as underscores.
enum class KeyManagement { RSA_OAEP_256, ECDH_ES, ECDH_ES_A128KW, ECDH_ES_A256KW };
inline constexpr std::array all_key_managements{KeyManagement::RSA_OAEP_256, KeyManagement::ECDH_ES,
                                                KeyManagement::ECDH_ES_A128KW,
                                                KeyManagement::ECDH_ES_A256KW};

[[nodiscard]] std::string_view name_of(KeyManagement algorithm);
[[nodiscard]] std::optional<KeyManagement> find_key_management(std::string_view name);
/// Whether a key of this shape can be used so: RSA, or EC on any of our curves.
[[nodiscard]] bool suits(KeyManagement algorithm, KeyShape shape);

struct WrappedKey {
    Secret content_key;         ///< 32 bytes
    std::string encrypted_key;  ///< empty for ECDH_ES
};
/// Makes a content key for the owner of `to`; for ECDH-ES it puts the ephemeral key into `header`
/// as `epk`. `enc` is the name that ECDH-ES binds its key to.
[[nodiscard]] WrappedKey wrap_content_key(KeyManagement algorithm, evp::Material const& to,
                                          std::string_view enc, boost::json::object& header,
                                          Random& random);
/// Empty for every reason alike.
[[nodiscard]] std::optional<Secret> unwrap_content_key(KeyManagement algorithm,
                                                       evp::Material const& ours,
                                                       std::string_view enc,
                                                       boost::json::object const& header,
                                                       std::string_view encrypted_key);

}  // namespace tunnus::jose
