// SPDX-License-Identifier: MIT
// How the clock of the process and the high-water mark in storage keep each other true (threats.md
// F-31).
#pragma once

#include "idp/base/limits_fwd.hpp"
#include "idp/base/log.hpp"
#include "idp/base/unbroken_clock.hpp"
#include "storage/sql/database.hpp"

namespace tunnus {

/// How often the mark follows the clock; a stop without notice loses no more.
inline constexpr seconds clock_mark_interval{30};

/// At start: what was told before the stop stays true after it, so the clock begins no earlier than
/// it can have been then. `denied`, with a sentence for the administrator, where it was set back
/// further than Limits::clock_set_back: one of the two times is wrong, and only a person knows
/// which.
[[nodiscard]] Result<> settle_clock(UnbrokenClock& clock, sql::Database& database,
                                    Limits const& limits, Log& log);

/// Now and then: the mark follows; the log says where the machine's clock has been set.
[[nodiscard]] Result<> mark_clock(UnbrokenClock const& clock, sql::Database& database, Log& log);

/// Somebody has set the machine's clock while this process ran.
[[nodiscard]] bool is_set(UnbrokenClock const& clock);

}  // namespace tunnus
