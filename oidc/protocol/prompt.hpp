// SPDX-License-Identifier: MIT
// OpenID Connect Core §3.1.2.1: `prompt`.
#pragma once

#include "idp/base/form.hpp"
#include "oidc/protocol/refusal.hpp"

namespace tunnus::oidc {

struct Prompt {
    bool none = false;
    bool login = false;
    bool consent = false;
    bool select_account = false;
};

/// `none` with any other value is invalid_request. A value that we do not know is passed over, as
/// the specification advises.
[[nodiscard]] Checked<Prompt> check_prompt(Form const& form);

}  // namespace tunnus::oidc
