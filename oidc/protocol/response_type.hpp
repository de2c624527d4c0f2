// SPDX-License-Identifier: MIT
// RFC 6749 §3.1.1: `response_type`. Only `code`: no token ever leaves by the browser (RFC 9700
// §2.1.2).
#pragma once

#include "idp/base/form.hpp"
#include "oidc/protocol/client.hpp"
#include "oidc/protocol/refusal.hpp"

namespace tunnus::oidc {

/// Missing: invalid_request; anything else than `code`: unsupported_response_type; a client
/// without the grant authorization_code: unauthorized_client.
[[nodiscard]] Checked<> check_response_type(Client const& client, Form const& form);

}  // namespace tunnus::oidc
