// SPDX-License-Identifier: MIT
// The user code of RFC 8628 §6.1: eight letters that are hard to misread and form no words, 34
// bits.
#pragma once

#include "idp/base/random.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tunnus::oidc {

/// Eight consonants, without a dash.
[[nodiscard]] std::string make_user_code(Random& random);
/// As people read it: WDJB-MJHT.
[[nodiscard]] std::string show_user_code(std::string_view code);
/// What a person typed: case, spaces and dashes do not matter. Empty when it cannot be a code.
[[nodiscard]] std::optional<std::string> read_user_code(std::string_view typed);

}  // namespace tunnus::oidc
