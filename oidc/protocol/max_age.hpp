// SPDX-License-Identifier: MIT
// OpenID Connect Core §3.1.2.1: `max_age`, seconds since the person last proved who they are.
#pragma once

#include "idp/base/form.hpp"
#include "idp/base/limits_fwd.hpp"
#include "oidc/protocol/client.hpp"
#include "oidc/protocol/refusal.hpp"

#include <optional>

namespace tunnus::oidc {

/// Digits only, up to limits.max_age; absent: the client's default_max_age. Zero demands a new
/// login. Anything else is invalid_request.
[[nodiscard]] Checked<std::optional<seconds>> check_max_age(Client const& client, Form const& form,
                                                            Limits const& limits);

}  // namespace tunnus::oidc
