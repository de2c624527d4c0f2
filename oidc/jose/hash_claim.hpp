// SPDX-License-Identifier: MIT
// at_hash, c_hash (OIDC Core §3.1.3.6, §3.3.2.11) and s_hash (FAPI 1 part 2 §5.1).
#pragma once

#include "oidc/jose/jwa.hpp"

#include <string>
#include <string_view>

namespace tunnus::jose {

/// The left half of the hash of `value` in base64url; the hash is that of the ID Token's algorithm
/// (SHA-512 for EdDSA with Ed25519).
[[nodiscard]] std::string hash_claim(Algorithm id_token_algorithm, std::string_view value);

}  // namespace tunnus::jose
