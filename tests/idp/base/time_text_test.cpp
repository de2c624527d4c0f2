// SPDX-License-Identifier: MIT
#include "idp/base/time_text.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

namespace tunnus {
namespace {

TEST(TimeText, IsThatOfRfc3339AndOfFinland) {
    auto const winter = from_unix_ms(1'893'553'445'000);
    EXPECT_EQ(rfc3339(winter), "2030-01-02T03:04:05.000Z");
    EXPECT_EQ(date_time_text(winter, "fi"), "2.1.2030 klo 5.04");
    EXPECT_EQ(imf_date(winter, "GMT"), "Wed, 02 Jan 2030 03:04:05 GMT");
    EXPECT_EQ(imf_date(from_unix_ms(1'914'624'000'000), "+0000"),
              "Tue, 03 Sep 2030 00:00:00 +0000");
    EXPECT_EQ(date_text(from_unix_ms(1'914'624'000'000), "en"), "3 Sept 2030");
}

TEST(TimeText, IsThatOfTheLanguage) {
    auto const winter = from_unix_ms(1'893'553'445'000);
    EXPECT_EQ(date_text(winter, "fi"), "2.1.2030");
    EXPECT_EQ(date_text(winter, "sv"), "2 jan. 2030");
    EXPECT_EQ(date_text(winter, "en"), "2 Jan 2030");
    EXPECT_EQ(date_time_text(winter, "sv"), "2 jan. 2030 05:04");
    EXPECT_EQ(date_time_text(winter, "en"), "2 Jan 2030, 05:04");
}

TEST(TimeText, ChangesToSummerTimeAndBackAtTheMoment) {
    auto const spring = from_unix_ms(1'901'149'200'000);  // 31 March 2030, 01:00 UTC
    EXPECT_EQ(date_time_text(spring - seconds(1), "fi"), "31.3.2030 klo 2.59");
    EXPECT_EQ(date_time_text(spring, "fi"), "31.3.2030 klo 4.00");
    auto const autumn = from_unix_ms(1'919'293'200'000);  // 27 October 2030, 01:00 UTC
    EXPECT_EQ(date_time_text(autumn - seconds(1), "fi"), "27.10.2030 klo 3.59");
    EXPECT_EQ(date_time_text(autumn, "fi"), "27.10.2030 klo 3.00");
    EXPECT_EQ(date_text(from_unix_ms(1'893'448'800'000), "fi"), "1.1.2030") << "22:00 UTC";
}

// threats.md P-14
TEST(TimeText, IsExactAtTheEdges) {
    EXPECT_EQ(rfc3339(from_unix_ms(0)), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(rfc3339(from_unix_ms(-1'000)), "1969-12-31T23:59:59.000Z");
    EXPECT_EQ(rfc3339(from_unix_ms(2'147'483'648'000)), "2038-01-19T03:14:08.000Z");
    EXPECT_EQ(rfc3339(from_unix_ms(951'782'400'000)), "2000-02-29T00:00:00.000Z");
    EXPECT_EQ(rfc3339(from_unix_ms(253'402'300'799'000)), "9999-12-31T23:59:59.000Z");
}

// threats.md F-33
TEST(TimeText, DependsOnNoZoneOfTheProcess) {
    // The last hour of summer time and the hour after it.
    auto const summer = from_unix_ms(1'919'289'600'000);
    auto const before = rfc3339(summer) + date_time_text(summer, "fi") + date_text(summer, "sv");
    for (auto const* zone : {"America/New_York", "Pacific/Kiritimati", "UTC", ""}) {
        ::setenv("TZ", zone, 1);
        ::tzset();
        EXPECT_EQ(rfc3339(summer) + date_time_text(summer, "fi") + date_text(summer, "sv"), before);
    }
    ::unsetenv("TZ");
    ::tzset();
}

}  // namespace
}  // namespace tunnus
