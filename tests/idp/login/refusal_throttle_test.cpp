// SPDX-License-Identifier: MIT
// S-124: the counting alone. What a browser sees is in tests/flow.
#include "idp/login/refusal_throttle.hpp"

#include "idp/base/limits.hpp"
#include "tests/fakes/clock.hpp"

#include <gtest/gtest.h>

namespace tunnus::login {
namespace {

class RefusalThrottleTest : public testing::Test {
  protected:
    static Limits bounds() {
        Limits limits;
        limits.refused_messages_per_minute = 2;
        limits.refusal_addresses = 3;
        return limits;
    }
    void refuse(std::string_view address, int times = 2) {
        for (int i = 0; i < times; ++i)
            throttle.refused(address);
    }
    bool closed(std::string_view address) { return throttle.turn_away(address).has_value(); }

    fakes::ManualClock clock;
    RefusalThrottle throttle{bounds(), clock};
};

TEST_F(RefusalThrottleTest, ReadsEverythingBelowTheBound) {
    EXPECT_FALSE(closed("192.0.2.1"));
    refuse("192.0.2.1", 1);
    EXPECT_FALSE(closed("192.0.2.1"));
    clock.advance(seconds(60));
    EXPECT_TRUE(throttle.take_ended().empty());
}

TEST_F(RefusalThrottleTest, TurnsAnAddressAwayForTheRestOfTheMinute) {
    refuse("192.0.2.1");
    EXPECT_EQ(throttle.turn_away("192.0.2.1"), seconds(60));
    EXPECT_FALSE(closed("192.0.2.2"));
    clock.advance(milliseconds(59'999));
    EXPECT_EQ(throttle.turn_away("192.0.2.1"), seconds(1));
    clock.advance(milliseconds(1));
    EXPECT_FALSE(closed("192.0.2.1"));
}

TEST_F(RefusalThrottleTest, CountsBothSpellingsOfAnIPv4AddressAsOne) {
    refuse("::ffff:192.0.2.1");
    EXPECT_TRUE(closed("192.0.2.1"));
}

TEST_F(RefusalThrottleTest, CountsAnIPv6SubscriberAsOne) {
    refuse("2001:db8:0:1::1", 1);
    refuse("2001:db8:0:1:ffff::2", 1);
    EXPECT_TRUE(closed("2001:db8:0:1::3"));
    EXPECT_FALSE(closed("2001:db8:0:2::1"));
    clock.advance(seconds(60));
    auto const ended = throttle.take_ended();
    ASSERT_EQ(ended.size(), 1U);
    EXPECT_EQ(ended[0].address, "2001:db8:0:1::");
    EXPECT_EQ(ended[0].messages, 1U);
}

TEST_F(RefusalThrottleTest, TellsEachEndedMinuteOnce) {
    refuse("192.0.2.1");
    EXPECT_TRUE(closed("192.0.2.1"));
    EXPECT_TRUE(throttle.take_ended().empty());
    clock.advance(seconds(60));
    EXPECT_EQ(throttle.take_ended().size(), 1U);
    EXPECT_TRUE(throttle.take_ended().empty());
}

TEST_F(RefusalThrottleTest, RemembersNoMoreAddressesThanItsBound) {
    for (auto const* address : {"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"})
        refuse(address);
    EXPECT_TRUE(closed("192.0.2.3"));
    EXPECT_FALSE(closed("192.0.2.4"));
    refuse("192.0.2.1");
    clock.advance(seconds(60));
    refuse("192.0.2.4");
    EXPECT_TRUE(closed("192.0.2.4")) << "a new minute has room";
}

}  // namespace
}  // namespace tunnus::login
