// SPDX-License-Identifier: MIT
// A Finnish business id (Y-tunnus): seven digits, a dash and the right check digit (suomifi.md part
// 5, threats.md M-09).
#pragma once

#include <string_view>

namespace tunnus::plugin::mandates {

[[nodiscard]] bool is_business_id(std::string_view text);

}  // namespace tunnus::plugin::mandates
