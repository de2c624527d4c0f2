// SPDX-License-Identifier: MIT
// For headers that pass the bounds on without reading one: a new bound then concerns only those
// who do.
#pragma once

namespace tunnus {

struct Limits;

/// Every bound as it is when nobody sets it. Never changes; any thread may ask.
[[nodiscard]] Limits const& standard_limits();

}  // namespace tunnus
