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
