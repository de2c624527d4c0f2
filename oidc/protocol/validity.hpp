// SPDX-License-Identifier: MIT
// Whether a stored code or token lives now.
#pragma once

#include "idp/base/clock.hpp"

namespace tunnus::oidc {

/// How far the clocks of two nodes may differ.
inline constexpr seconds clock_skew{60};

/// From its making to its end. What was made ahead of `now` has no life: our clock went back, and
/// no validity may grow by that (threats.md O-69, 0.4 rule 13).
[[nodiscard]] constexpr bool is_within(TimePoint created_at, TimePoint expires_at, TimePoint now) {
    return created_at <= now + clock_skew && now < expires_at;
}

}  // namespace tunnus::oidc
