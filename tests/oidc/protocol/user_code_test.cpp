// SPDX-License-Identifier: MIT
#include "oidc/protocol/user_code.hpp"

#include "tests/fakes/random.hpp"

#include <gtest/gtest.h>

#include <set>

namespace tunnus::oidc {
namespace {

TEST(UserCode, IsEightConsonants_Rfc8628_6_1) {
    fakes::SeededRandom random;
    std::set<std::string> codes;
    std::set<char> letters;
    for (int i = 0; i < 1'000; ++i) {
        auto const code = make_user_code(random);
        ASSERT_EQ(code.size(), 8U);
        EXPECT_EQ(code.find_first_not_of("BCDFGHJKLMNPQRSTVWXZ"), std::string::npos) << code;
        letters.insert(code.begin(), code.end());
        codes.insert(code);
    }
    EXPECT_EQ(letters.size(), 20U);
    EXPECT_EQ(codes.size(), 1'000U);
}

TEST(UserCode, IsReadHoweverItIsTyped_Rfc8628_6_1) {
    for (auto const* typed : {"WDJB-MJHT", "wdjbmjht", " wdjb mjht ", "W-D-J-B-M-J-H-T"})
        EXPECT_EQ(read_user_code(typed), "WDJBMJHT") << typed;
    EXPECT_EQ(show_user_code("WDJBMJHT"), "WDJB-MJHT");
}

TEST(UserCode, IsNothingElse) {
    for (auto const* typed : {"", "WDJB-MJH", "WDJB-MJHTT", "WDJB-MJH1", "WDJB-MJHA", "WDJB_MJHT"})
        EXPECT_FALSE(read_user_code(typed)) << typed;
    EXPECT_FALSE(read_user_code("WDJBMJHT" + std::string(30, ' ')));
}

}  // namespace
}  // namespace tunnus::oidc
