// SPDX-License-Identifier: MIT
#include "idp/base/limits.hpp"

namespace tunnus {

Limits const& standard_limits() {
    static constexpr Limits standard;
    return standard;
}

}  // namespace tunnus
