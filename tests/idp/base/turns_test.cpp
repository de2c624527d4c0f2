// SPDX-License-Identifier: MIT
#include "idp/base/turns.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

namespace tunnus {
namespace {

TEST(TakeTurns, HoldsNobodyForAnother) {
    std::mutex mutex;
    std::condition_variable changed;
    int begun = 0;
    // Each goes on when all have begun; one after the other, the first would wait for nothing.
    auto const meet = [&](int) -> Result<bool> {
        std::unique_lock lock(mutex);
        ++begun;
        changed.notify_all();
        return changed.wait_for(lock, seconds(20), [&] { return begun == 3; });
    };
    EXPECT_EQ(take_turns(std::vector{1, 2, 3}, meet).value(), 3U);
}

TEST(TakeTurns, TakesEveryTurnWhateverFails) {
    int taken = 0;
    std::mutex mutex;
    auto const done = take_turns(std::vector{1, 2, 3}, [&](int item) -> Result<bool> {
        std::scoped_lock const lock(mutex);
        ++taken;
        if (item == 1) return Error(BaseErrc::malformed, "one");
        return item == 2;
    });
    EXPECT_FALSE(done);
    EXPECT_EQ(taken, 3);
}

TEST(WaitAfter, GrowsUntilTheLongest) {
    EXPECT_EQ(wait_after(0, seconds(300)), seconds(5));
    EXPECT_EQ(wait_after(2, seconds(300)), seconds(125));
    EXPECT_EQ(wait_after(3, seconds(300)), seconds(300));
    EXPECT_EQ(wait_after(1'000'000, seconds(300)), seconds(300));
}

}  // namespace
}  // namespace tunnus
