// SPDX-License-Identifier: MIT
// The members of Limits by their names, for the configuration and its schema.
#pragma once

#include "idp/base/limits.hpp"

#include <span>
#include <string_view>
#include <variant>

namespace tunnus {

struct LimitName {
    std::string_view name;
    std::variant<std::size_t Limits::*, std::uint32_t Limits::*, milliseconds Limits::*,
                 seconds Limits::*>
        member;
};
/// Every member of Limits, in its order.
[[nodiscard]] std::span<LimitName const> limit_names();

}  // namespace tunnus
