// SPDX-License-Identifier: MIT
// The request object: an authorization request as a signed JWT (RFC 9101; OpenID Connect Core §6).
//
// The two specifications differ in what stands beside it. OpenID Connect merges: a parameter inside
// supersedes the same one outside, and response_type stands outside too. RFC 9101 takes what is
// inside alone. Its rules hold for a client that registered require_signed_request_object, for a
// pushed request (RFC 9126 §3) and for an object of the type `oauth-authz-req+jwt`; those of OpenID
// Connect for all others.
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/form.hpp"
#include "idp/base/limits_fwd.hpp"
#include "oidc/jose/jwe.hpp"
#include "oidc/protocol/client.hpp"
#include "oidc/protocol/refusal.hpp"

#include <span>
#include <string_view>

namespace tunnus::oidc {

struct RequestObjectContext {
    std::string_view issuer;
    ClientKeys const* keys;  ///< the client's, registered or by its jwks_uri; null: none
    Limits const& limits;
    bool pushed = false;
    TimePoint now{};
    std::span<jose::DecryptionKey const> decryption = {};  ///< ours
};

/// The parameters of a request with a request object, as if they had come as a form: `outer` is
/// what came beside it, its client_id being `client`'s. A list in `resource` becomes several
/// fields; other JSON values become their text.
///
/// It may be encrypted to a key of ours (RFC 9101 §6.1), around the signature and with what the
/// client registered for that, where it did. The signature is by a key of the client, or its
/// secret, with the algorithm it registered (request_object_signing_alg; else any, but never
/// `none`). `iss` and `client_id` are the client where present, `aud` is or holds our issuer, `sub`
/// is not the client (that would be a client assertion), `exp` is not too far ahead. By the rules
/// of RFC 9101 `client_id` and `exp` are present, and for require_signed_request_object `aud` and
/// `nbf` too (FAPI 2.0 Message Signing §5.3.1). Refuses with invalid_request_object, delivery
/// redirect (threats.md O-42).
[[nodiscard]] Checked<ParsedForm> read_request_object(std::string_view request_object,
                                                      ParsedForm const& outer, Client const& client,
                                                      RequestObjectContext const& context);

}  // namespace tunnus::oidc
