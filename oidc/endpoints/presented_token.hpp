// SPDX-License-Identifier: MIT
// A token that a client shows to the introspection or revocation endpoint, without saying for sure
// which kind it is (RFC 7662 §2.1, RFC 7009 §2.1: `token_type_hint`).
#pragma once

#include "oidc/endpoints/back_channel.hpp"

namespace tunnus::oidc {

using PresentedToken = storage::Grants::Token;

/// Whose tokens the client may show: what was given to it, or also the access tokens that are for
/// it, by its client_id or as one of its protected_resources.
enum class Shown { own, own_or_for_it };

/// Such a token, live or not; nothing for what is unknown, malformed or another's (threats.md O-73,
/// O-75), whatever the hint: one query looks for both kinds. Refuses with invalid_request when
/// `token` is missing, with server_error when storage does not answer.
[[nodiscard]] Checked<PresentedToken> find_presented_token(BackChannelCall const& call,
                                                           Shown shown);

}  // namespace tunnus::oidc
