// SPDX-License-Identifier: MIT
// RFC 6749 §3.1.1: `response_type`. Only `code`: no token ever leaves by the browser (RFC 9700
// §2.1.2).
#pragma once

#include "idp/base/form.hpp"
#include "oidc/protocol/client.hpp"
#include "oidc/protocol/refusal.hpp"

#include <string>
#include <string_view>

namespace tunnus::oidc {

/// The words of a response type in alphabetical order, one space between them: their order on the
/// wire means nothing (OAuth 2.0 Multiple Response Types §5).
[[nodiscard]] std::string sorted_words(std::string_view response_type);

/// Missing: invalid_request; anything else than `code`: unsupported_response_type; a client
/// without the grant authorization_code: unauthorized_client.
[[nodiscard]] Checked<> check_response_type(Client const& client, Form const& form);

}  // namespace tunnus::oidc
