// SPDX-License-Identifier: MIT
// What a client gets, signed with our key and encrypted to the client's as it registered
// (OpenID Connect Core §10, RFC 9701 §5): ID tokens, userinfo and introspection responses. Whatever
// else we sign goes through here too, so that it is signed as was registered or not at all.
#pragma once

#include "oidc/provider.hpp"

#include <string>
#include <string_view>

namespace tunnus::oidc {

/// A JWS by a key of ours of this algorithm and no other. Errors: unknown_key when none signs by it
/// now (key_ring.hpp), unavailable when the key's token does not answer.
[[nodiscard]] Result<std::string> sign_ours(Provider const& provider, jose::Algorithm algorithm,
                                            std::string_view typ, std::string_view payload);

/// A JWT of type `typ` over the payload, a JSON object: signed by protection.signed_alg, which is
/// set, and then encrypted where encrypted_alg is. Error: unknown_key when no key of ours signs by
/// that algorithm, or none of the client's is one to encrypt to, and as sign_ours. Never a token
/// with less.
[[nodiscard]] Result<std::string> protect_response(Provider const& provider, Client const& client,
                                                   ResponseProtection const& protection,
                                                   std::string_view typ, std::string_view payload);

/// The same with an algorithm to sign by: `usual` where the client registered none.
[[nodiscard]] ResponseProtection signed_at_least(ResponseProtection protection,
                                                 jose::Algorithm usual);

}  // namespace tunnus::oidc
