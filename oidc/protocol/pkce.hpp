// SPDX-License-Identifier: MIT
// Proof Key for Code Exchange, RFC 7636, with S256 alone: `plain` proves nothing to whoever reads
// the request (RFC 9700 §2.1.1).
#pragma once

#include "idp/base/form.hpp"
#include "oidc/protocol/client.hpp"
#include "oidc/protocol/refusal.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tunnus::oidc {

/// RFC 7636 §4.3-4.4: the `code_challenge` of an authorization request, which is demanded unless
/// the client's registration says otherwise (`require_pkce`). Refuses with invalid_request.
[[nodiscard]] Checked<std::optional<std::string>> check_code_challenge(Client const& client,
                                                                       Form const& form);

/// RFC 7636 §4.6: the `code_verifier` of a token request against the challenge of its code. A
/// verifier for a code without challenge is refused as well (the downgrade of RFC 9700 §4.8).
/// Refuses with invalid_grant.
[[nodiscard]] Checked<> check_code_verifier(std::optional<std::string> const& code_challenge,
                                            std::optional<std::string_view> code_verifier);

}  // namespace tunnus::oidc
