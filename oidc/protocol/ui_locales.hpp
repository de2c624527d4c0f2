// SPDX-License-Identifier: MIT
// OpenID Connect Core §3.1.2.1: `ui_locales`, languages in order of preference.
#pragma once

#include "idp/base/limits_fwd.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tunnus::oidc {

/// A wish that never refuses a request: what does not look like a language tag (BCP 47), and what
/// comes after limits.ui_locales of them, is passed over.
[[nodiscard]] std::vector<std::string> parse_ui_locales(std::string_view text,
                                                        Limits const& limits);

}  // namespace tunnus::oidc
