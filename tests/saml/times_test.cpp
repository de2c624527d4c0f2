// SPDX-License-Identifier: MIT
#include "saml/protocol/times.hpp"

#include "tests/saml/expect.hpp"

#include <gtest/gtest.h>

namespace tunnus::saml {
namespace {

using test::outcome_of;

TEST(Times, ReadsUtcWithAndWithoutFraction) {
    EXPECT_EQ(to_unix_ms(*parse_time("2030-01-02T03:04:05Z")), 1'893'553'445'000);
    EXPECT_EQ(to_unix_ms(*parse_time("2030-01-02T03:04:05.6Z")), 1'893'553'445'600);
    EXPECT_EQ(to_unix_ms(*parse_time("2030-01-02T03:04:05.067999999Z")), 1'893'553'445'067);
    EXPECT_EQ(to_unix_ms(*parse_time("1969-12-31T23:59:59.500Z")), -500);
    EXPECT_EQ(to_unix_ms(*parse_time("2028-02-29T00:00:00Z")), 1'835'395'200'000);
    EXPECT_TRUE(parse_time("9999-12-31T23:59:59Z"));
}

TEST(Times, S97RefusesEveryOtherForm) {
    for (auto const* text : {"",
                             "2030-01-02T03:04:05",
                             "2030-01-02T03:04:05+02:00",
                             "2030-01-02T03:04:05+00:00",
                             "2030-01-02T03:04:60Z",
                             "2030-01-02T24:00:00Z",
                             "2030-01-02T03:60:05Z",
                             "2030-01-02T03:04:05.Z",
                             "2030-01-02T03:04:05.1234567890Z",
                             "2030-01-02T03:04:05.123456789012Z",
                             "0000-01-02T03:04:05Z",
                             "-2030-01-02T03:04:05Z",
                             "-001-01-02T03:04:05Z",
                             "2030-02-30T03:04:05Z",
                             "2029-02-29T03:04:05Z",
                             "2030-13-02T03:04:05Z",
                             "2030-00-02T03:04:05Z",
                             "2030-01-00T03:04:05Z",
                             "2030-01-02 03:04:05Z",
                             "2030-01-02t03:04:05z",
                             "2030-01-02T03:04:05Z ",
                             " 2030-01-02T03:04:05Z",
                             "12030-01-02T03:04:05Z",
                             "2030-1-2T3:4:5Z",
                             "2030-01-02T03:04:05,5Z",
                             "2030-01-02T03:04:05.5 Z",
                             "2030-01-02T+3:04:05Z"})
        EXPECT_EQ(outcome_of(parse_time(text)), "bad_time") << text;
}

TEST(Times, WritesWithMilliseconds) {
    EXPECT_EQ(format_time(from_unix_ms(1'893'553'445'067)), "2030-01-02T03:04:05.067Z");
    EXPECT_EQ(format_time(from_unix_ms(-1)), "1969-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace tunnus::saml
