// SPDX-License-Identifier: MIT
// OAuth 2.0 Multiple Response Types §2.1 and Form Post Response Mode: `response_mode`.
#pragma once

#include "idp/base/form.hpp"
#include "oidc/protocol/refusal.hpp"

namespace tunnus::oidc {

enum class ResponseMode { query, form_post };

/// `query` (also when absent) or `form_post`; anything else is invalid_request, answered by query.
[[nodiscard]] Checked<ResponseMode> check_response_mode(Form const& form);

}  // namespace tunnus::oidc
