// SPDX-License-Identifier: MIT
#include "idp/base/unbroken_clock.hpp"

namespace tunnus {
namespace {

std::int64_t offset_of(TimePoint wall, MonotonicPoint monotonic) {
    return (wall.time_since_epoch() - monotonic.time_since_epoch()).count();
}

void raise(std::atomic<std::int64_t>& value, std::int64_t to) {
    auto present = value.load();
    while (present < to && !value.compare_exchange_weak(present, to)) {
    }
}

}  // namespace

UnbrokenClock::UnbrokenClock(Clock const& machine)
    : machine_(machine), offset_ms_(offset_of(machine.now(), machine.monotonic())) {}

TimePoint UnbrokenClock::now() const {
    // The wall first: a thread that is held up in between then sees the wall too early, which
    // moves nothing.
    auto const wall = machine_.now();
    auto const monotonic = machine_.monotonic();
    auto const seen = offset_of(wall, monotonic);
    auto const offset = offset_ms_.load();
    if (seen > offset && milliseconds(seen - offset) <= small_step) raise(offset_ms_, seen);
    return TimePoint(monotonic.time_since_epoch() + milliseconds(offset_ms_.load()));
}

void UnbrokenClock::not_before(TimePoint mark) {
    raise(offset_ms_, offset_of(mark, machine_.monotonic()));
}

}  // namespace tunnus
