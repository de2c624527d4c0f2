// SPDX-License-Identifier: MIT
// Why a key or a token was not accepted. For operators and for choosing the protocol's answer; none
// of it is shown to a caller.
#pragma once

#include "idp/base/result.hpp"

namespace tunnus::jose {

enum class JoseErrc {
    malformed_key = 1,  ///< a JWK that does not follow RFC 7517, 7518 or 8037
    unsupported_key,    ///< a kty, crv, use or alg we do not have
    weak_key,           ///< RSA below 2048 bits or e below 65537, a secret shorter than its digest
    malformed_token,    ///< not a compact JWS or JWE, or a header or claims set that is not one
    refused_header,     ///< `crit`, `b64`, `zip` or nesting, which nobody who is well asks us for
    refused_algorithm,  ///< an `alg` or `enc` that the caller did not allow
    unknown_key,        ///< no key of the caller's fits the token's `kid` and `alg`
    bad_signature,      ///< the signature is not by that key over these bytes
    bad_encryption,     ///< does not decrypt; one code for every reason (no oracle)
    wrong_type,         ///< the `typ` is another use's (RFC 8725 §3.11)
    bad_claim,          ///< a claim is absent or of the wrong JSON type
    expired,            ///< `exp` or the allowed age has passed
    not_yet_valid,      ///< `nbf` or `iat` lies ahead
    wrong_issuer,
    wrong_audience,
};
boost::system::error_code make_error_code(JoseErrc code);

}  // namespace tunnus::jose

template <>
struct boost::system::is_error_code_enum<tunnus::jose::JoseErrc> : std::true_type {};
