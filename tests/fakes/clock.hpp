// SPDX-License-Identifier: MIT
// A clock that moves only when told to.
#pragma once

#include "idp/base/clock.hpp"

#include <atomic>

namespace tunnus::fakes {

class ManualClock final : public Clock {
  public:
    /// Starts at 2030-01-02T03:04:05Z.
    ManualClock() = default;
    [[nodiscard]] TimePoint now() const override { return from_unix_ms(now_ms_); }
    [[nodiscard]] MonotonicPoint monotonic() const override {
        return MonotonicPoint(milliseconds(monotonic_ms_));
    }
    void advance(milliseconds by) {
        now_ms_ += by.count();
        monotonic_ms_ += by.count();
    }
    /// Moves the wall clock alone, as an administrator or NTP does.
    void step_wall_clock(milliseconds by) { now_ms_ += by.count(); }

  private:
    std::atomic<std::int64_t> now_ms_{1'893'553'445'000};
    std::atomic<std::int64_t> monotonic_ms_{1'000'000};
};

}  // namespace tunnus::fakes
