// SPDX-License-Identifier: MIT
// threats.md X-13
#include "idp/base/redact.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace tunnus {
namespace {

TEST(Redact, LeavesOtherTextsAsTheyAre) {
    for (std::string const text :
         {"", "born 131052-308U", "131052+3080", "eyJust a word", "\xff\xff"})
        EXPECT_EQ(redact(text), text);
}

TEST(Redact, TakesOutIdentityCodesAndTokensWhereverTheyStand) {
    EXPECT_EQ(redact("x131052-308T."), "x[identity code].");
    EXPECT_EQ(redact("131052-308T131052-308T"), "[identity code][identity code]");
    EXPECT_EQ(redact("Bearer eyJhbGciOiJub25lIn0.e30. end"), "Bearer [token] end");
}

TEST(Redact, CutsLast) {
    EXPECT_EQ(redact("abcd", 4), "abcd");
    EXPECT_EQ(redact("abcde", 4), "abcd[cut]");
    for (std::size_t before = 0; before < 20; ++before) {
        auto const text = std::string(before, 'x') + "131052-308T eyJhbGciOiJub25lIn0.e30.";
        auto const cut = redact(text, 15);
        EXPECT_EQ(cut.find("131052"), std::string::npos) << cut;
        EXPECT_EQ(cut.find("eyJ"), std::string::npos) << cut;
    }
}

TEST(Redact, LooksIntoEveryCornerOfAValue) {
    EXPECT_EQ(
        redact_json(boost::json::parse(
            R"({"131052-308T": 1, "a": [true, {"b": "is 131052-308T"}], "c": null})")),
        boost::json::parse(
            R"({"[identity code]": 1, "a": [true, {"b": "is [identity code]"}], "c": null})"));
}

}  // namespace
}  // namespace tunnus
