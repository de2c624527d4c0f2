// SPDX-License-Identifier: MIT
#include "plugins/mandates/business_id.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tunnus::plugin::mandates {
namespace {

TEST(BusinessId, IsTakenWithTheRightCheckDigit) {
    for (auto const* good : {"0201256-6", "0112038-9", "1234567-1", "2345678-0"})
        EXPECT_TRUE(is_business_id(good)) << good;
}

TEST(BusinessId, M09_RefusesWrongDigitsOtherCountriesAndAnythingLong) {
    for (auto const* bad : {"0201256-7", "201256-6", "02012566", "0201256-6 ", " 0201256-6",
                            "0201256+6", "FI02012566", "SE556703748501", "02O1256-6", "", "-"})
        EXPECT_FALSE(is_business_id(bad)) << bad;
    for (char digit = '0'; digit <= '9'; ++digit)  // a sum of which no id exists
        EXPECT_FALSE(is_business_id(std::string("0000006-") + digit)) << digit;
    EXPECT_FALSE(is_business_id(std::string(1'000'000, '7')));
}

}  // namespace
}  // namespace tunnus::plugin::mandates
