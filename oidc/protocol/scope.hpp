// SPDX-License-Identifier: MIT
// RFC 6749 §3.3: `scope`, a list of words.
#pragma once

#include "idp/base/limits_fwd.hpp"
#include "oidc/protocol/claims_provider.hpp"
#include "oidc/protocol/client.hpp"
#include "oidc/protocol/refusal.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tunnus::oidc {

/// The words in their order, without repeats. Refuses (invalid_scope) what the grammar does not
/// know: bytes other than %x21 / %x23-5B / %x5D-7E and single spaces between words; and a text
/// beyond limits.scope_bytes. An empty text is an empty list.
[[nodiscard]] Checked<std::vector<std::string>> parse_scope(std::string_view text,
                                                            Limits const& limits);

/// The words with single spaces between them.
[[nodiscard]] std::string format_scope(std::vector<std::string> const& scope);

[[nodiscard]] bool contains(std::vector<std::string> const& words, std::string_view word);

/// What is granted of a scope that an authorization request asks for. One rule (threats.md O-24):
/// words that nobody here knows (`openid`, `offline_access` and `known` are known), that the
/// client's registration does not hold, or `offline_access` for a client without refresh tokens,
/// are passed over; when none is left the request is refused with invalid_scope. A request without
/// `openid` is plain OAuth.
[[nodiscard]] Checked<std::vector<std::string>> check_user_scope(
    Client const& client, std::string_view asked, std::vector<ScopeInfo> const& known,
    Limits const& limits);

/// The scope of a client's own token (RFC 6749 §4.4.2). Words about people (those of
/// check_user_scope and of OpenID Connect Core §5.4) and words outside the registration are refused
/// (threats.md O-60). An empty `asked` means all that the registration has besides words about
/// people.
[[nodiscard]] Checked<std::vector<std::string>> check_client_scope(
    Client const& client, std::string_view asked, std::vector<ScopeInfo> const& known,
    Limits const& limits);

/// RFC 6749 §6: what a refresh asks for must have been granted; nothing asked means all of it.
[[nodiscard]] Checked<std::vector<std::string>> narrow_scope(
    std::vector<std::string> const& granted, std::string_view asked, Limits const& limits);

}  // namespace tunnus::oidc
