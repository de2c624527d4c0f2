// SPDX-License-Identifier: MIT
// A wall clock whose steps are taken out: what validity is measured with (threats.md F-31).
#pragma once

#include "idp/base/clock.hpp"

#include <atomic>
#include <cstdint>

namespace tunnus {

/// Follows the machine's clock while that runs like a clock, and goes on by monotonic time when it
/// is set: nothing that has expired becomes valid again because an administrator, NTP or an
/// attacker of NTP set the time back, and no session dies because it was set forward. Small steps
/// forward are followed. A process that has passed over a step tells the right time again after a
/// restart. Any thread may call; the machine's clock outlives this.
class UnbrokenClock final : public Clock {
  public:
    explicit UnbrokenClock(Clock const& machine);

    /// Never earlier than at any call before.
    [[nodiscard]] TimePoint now() const override;
    [[nodiscard]] MonotonicPoint monotonic() const override { return machine_.monotonic(); }

    /// From now on no earlier time than `mark` is told.
    void not_before(TimePoint mark);
    /// How far the machine's clock stands ahead of this one; behind it when negative.
    [[nodiscard]] milliseconds step() const { return machine_.now() - now(); }
    [[nodiscard]] TimePoint machine_time() const { return machine_.now(); }

    /// A step forward of this much or less is followed: NTP's own corrections, and no lifetime that
    /// we give is shorter.
    static constexpr seconds small_step{30};

  private:
    Clock const& machine_;
    /// Wall time less monotonic time. Grows alone.
    mutable std::atomic<std::int64_t> offset_ms_;
};

}  // namespace tunnus
