// SPDX-License-Identifier: MIT
// Time as a seam. Only idp/app.cpp builds the real clock; everything else is handed a Clock or, in
// pure code, `now`.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace tunnus {

/// Wall-clock time, UTC, to the millisecond: what claims, records and logs carry.
using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;
/// Time that never goes back (CLOCK_BOOTTIME's cousin): what deadlines are measured with. No
/// relation to the wall clock.
using MonotonicPoint =
    std::chrono::time_point<std::chrono::steady_clock, std::chrono::milliseconds>;

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Whole seconds since 1970, as RFC 7519 NumericDate wants them.
[[nodiscard]] constexpr std::int64_t to_unix_s(TimePoint t) {
    return std::chrono::floor<seconds>(t).time_since_epoch().count();
}
/// Milliseconds since 1970: how records store time.
[[nodiscard]] constexpr std::int64_t to_unix_ms(TimePoint t) {
    return t.time_since_epoch().count();
}
[[nodiscard]] constexpr TimePoint from_unix_ms(std::int64_t ms) {
    return TimePoint(milliseconds(ms));
}
[[nodiscard]] constexpr TimePoint from_unix_s(std::int64_t s) {
    return TimePoint(seconds(s));
}

/// Any thread may call. Never fails.
class Clock {
  public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual TimePoint now() const = 0;
    [[nodiscard]] virtual MonotonicPoint monotonic() const = 0;
};

/// The machine's clock. For idp/app.cpp and nobody else.
class SystemClock final : public Clock {
  public:
    [[nodiscard]] TimePoint now() const override {
        return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
    }
    [[nodiscard]] MonotonicPoint monotonic() const override {
        return std::chrono::floor<milliseconds>(std::chrono::steady_clock::now());
    }
};

}  // namespace tunnus
