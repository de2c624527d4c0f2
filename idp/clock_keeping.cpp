// SPDX-License-Identifier: MIT
#include "idp/clock_keeping.hpp"

#include "idp/base/limits.hpp"
#include "idp/base/time_text.hpp"
#include "storage/clock_mark.hpp"

namespace tunnus {

Result<> settle_clock(UnbrokenClock& clock, sql::Database& database, Limits const& limits,
                      Log& log) {
    auto const now = clock.now();
    auto const mark = storage::settle_clock_mark(database, now);
    if (!mark) return mark.error();
    if (now >= *mark) return {};
    if (*mark - now > limits.clock_set_back)
        return Error(BaseErrc::denied,
                     "the machine's clock says " + rfc3339(now) + ", but it was " + rfc3339(*mark) +
                         " here before; if the machine is right, run `tunnus clock accept`");
    log.error("clock.set_back", {{"now", rfc3339(now)}, {"mark", rfc3339(*mark)}});
    clock.not_before(*mark + clock_mark_interval);
    return {};
}

Result<> mark_clock(UnbrokenClock const& clock, sql::Database& database, Log& log) {
    if (is_set(clock)) log.error("clock.step", {{"machine_is_ahead_ms", clock.step().count()}});
    auto const marked = database.commit(storage::raise_clock_mark(clock.now()));
    if (!marked) return marked.error();
    return {};
}

bool is_set(UnbrokenClock const& clock) {
    return std::chrono::abs(clock.step()) > UnbrokenClock::small_step;
}

}  // namespace tunnus
