// SPDX-License-Identifier: MIT
// What a client gets, signed with our key and encrypted to the client's as it registered
// (OpenID Connect Core §10, RFC 9701 §5): ID tokens, userinfo and introspection responses.
#pragma once

#include "oidc/provider.hpp"

#include <string>
#include <string_view>

namespace tunnus::oidc {

/// A JWT of type `typ` over the payload, a JSON object: signed by protection.signed_alg, which is
/// set, and then encrypted where encrypted_alg is. Error: unknown_key when no key of ours signs by
/// that algorithm, or none of the client's is one to encrypt to. Never a token with less.
[[nodiscard]] Result<std::string> protect_response(Provider const& provider, Client const& client,
                                                   ResponseProtection const& protection,
                                                   std::string_view typ, std::string_view payload);

/// The same with an algorithm to sign by: `usual` where the client registered none.
[[nodiscard]] ResponseProtection signed_at_least(ResponseProtection protection,
                                                 jose::Algorithm usual);

}  // namespace tunnus::oidc
