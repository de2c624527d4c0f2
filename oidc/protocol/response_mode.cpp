// SPDX-License-Identifier: MIT
#include "oidc/protocol/response_mode.hpp"

namespace tunnus::oidc {

Checked<ResponseMode> check_response_mode(Form const& form) {
    auto const response_mode = form.get("response_mode");
    if (response_mode.empty() || response_mode == "query") return ResponseMode::query;
    if (response_mode == "form_post") return ResponseMode::form_post;
    return Refusal{OAuthError::invalid_request,
                   "response_mode must be query or form_post",
                   {},
                   Delivery::redirect};
}

}  // namespace tunnus::oidc
