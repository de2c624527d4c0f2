// SPDX-License-Identifier: MIT
// The two spellings of an access token: opaque, and a JWT (RFC 9068). A row stands behind both, so
// that both can be revoked: the `jti` of a JWT is the row's id, and the row has the digest of the
// whole JWT, by which it is known again without checking its signature.
#pragma once

#include "idp/base/limits_fwd.hpp"
#include "oidc/grants/grant_body.hpp"
#include "oidc/grants/token_purpose.hpp"
#include "oidc/provider.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tunnus::oidc {

/// The JWT for this row, whose secret_hash it sets. Signed as the client's ID tokens are. `grant`
/// and its body are null for the client's own token; `aud` is what the token is for: the resources
/// that were asked for, or the issuer where none were. Errors: those of sign_ours.
[[nodiscard]] Result<std::string> make_jwt_access_token(
    Provider const& provider, Client const& client, TokenPurpose const& purpose,
    storage::AccessToken& row, storage::Grant const* grant, GrantBody const* body);

/// How an access token is looked up, whichever spelling it has; empty for what is neither.
[[nodiscard]] std::optional<storage::Bearer> parse_access_token(std::string_view text,
                                                                Limits const& limits);

}  // namespace tunnus::oidc
