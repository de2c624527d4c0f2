// SPDX-License-Identifier: MIT
// A token that a client shows to the introspection or revocation endpoint, without saying for sure
// which kind it is (RFC 7662 §2.1, RFC 7009 §2.1: `token_type_hint`).
#pragma once

#include "oidc/endpoints/back_channel.hpp"

#include <variant>

namespace tunnus::oidc {

using PresentedToken =
    std::variant<std::monostate, storage::Grants::TokenAndGrant, storage::Grants::RefreshAndGrant>;

/// The client's own token, live or not; nothing for what is unknown, malformed or another client's
/// (threats.md O-73, O-75). The hint says where to look first. Refuses with invalid_request when
/// `token` is missing, with server_error when storage does not answer.
[[nodiscard]] Checked<PresentedToken> find_presented_token(BackChannelCall const& call);

}  // namespace tunnus::oidc
