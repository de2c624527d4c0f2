// SPDX-License-Identifier: MIT
#include "oidc/jose/hash_claim.hpp"

#include "idp/base/encoding.hpp"
#include "oidc/jose/evp.hpp"

namespace tunnus::jose {

std::string hash_claim(Algorithm id_token_algorithm, std::string_view value) {
    auto const bytes = digest_bytes(id_token_algorithm);
    return encode_base64url(std::string_view(evp::hash(bytes, value)).substr(0, bytes / 2));
}

}  // namespace tunnus::jose
