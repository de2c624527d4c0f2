// SPDX-License-Identifier: MIT
#include "idp/base/unbroken_clock.hpp"

#include "tests/fakes/clock.hpp"

#include <gtest/gtest.h>

namespace tunnus {
namespace {

struct Clocks : testing::Test {
    fakes::ManualClock machine;
    UnbrokenClock clock{machine};
    TimePoint const begin = machine.now();
};

TEST_F(Clocks, TellTheSameTimeWhereNobodySetsIt) {
    machine.advance(seconds(3'600));
    EXPECT_EQ(clock.now(), begin + seconds(3'600));
    EXPECT_EQ(clock.now(), machine.now());
    EXPECT_EQ(clock.step(), milliseconds(0));
}

TEST_F(Clocks, F31_GoOnWhenTheMachineIsSetBack) {
    for (auto const back : {seconds(-1), seconds(-3'600), seconds(-365 * 86'400)}) {
        auto const before = clock.now();
        machine.step_wall_clock(back);
        EXPECT_EQ(clock.now(), before);
        machine.advance(seconds(60));
        EXPECT_EQ(clock.now(), before + seconds(60)) << "time does not stand still either";
        EXPECT_LT(clock.step(), milliseconds(0));
    }
}

TEST_F(Clocks, F31_PassOverALargeStepForward) {
    machine.step_wall_clock(seconds(20LL * 365 * 86'400));
    EXPECT_EQ(clock.now(), begin);
    EXPECT_EQ(clock.step(), seconds(20LL * 365 * 86'400));
    machine.advance(seconds(5));
    EXPECT_EQ(clock.now(), begin + seconds(5));
    machine.step_wall_clock(-seconds(20LL * 365 * 86'400));
    EXPECT_EQ(clock.now(), machine.now()) << "as if nothing had been";
}

TEST_F(Clocks, FollowWhatNtpCorrects) {
    machine.step_wall_clock(milliseconds(1'500));
    EXPECT_EQ(clock.now(), begin + milliseconds(1'500));
    machine.step_wall_clock(milliseconds(-700));
    EXPECT_EQ(clock.now(), begin + milliseconds(1'500)) << "but never back";
}

TEST_F(Clocks, F31_NeverGoBackWhileTheMachineIsSetEverySecond) {
    auto last = clock.now();
    for (int i = 0; i < 200; ++i) {
        machine.advance(seconds(1));
        machine.step_wall_clock(seconds(i % 2 == 0 ? 3'600 + i : -3'700));
        auto const now = clock.now();
        ASSERT_EQ(now - last, seconds(1)) << i;
        last = now;
    }
}

TEST_F(Clocks, TellNothingBeforeTheMark) {
    clock.not_before(begin - seconds(10));
    EXPECT_EQ(clock.now(), begin);
    clock.not_before(begin + seconds(10));
    EXPECT_EQ(clock.now(), begin + seconds(10));
    machine.advance(seconds(1));
    EXPECT_EQ(clock.now(), begin + seconds(11));
}

}  // namespace
}  // namespace tunnus
