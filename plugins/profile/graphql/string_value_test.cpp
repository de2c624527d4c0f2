// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql/string_value.hpp"

#include <gtest/gtest.h>

namespace tunnus::graphql::tests {
namespace {

// The specification's example of section 2.9.4, in which lines begin with four spaces.
TEST(StringValue, TakesTheCommonIndentationOutOfABlock) {
    EXPECT_EQ(block_string_value(
                  "\n      Hello,\n        World!\n\n      Yours,\n        GraphQL.\n    "),
              "Hello,\n  World!\n\nYours,\n  GraphQL.");
}

TEST(StringValue, KeepsTheFirstLinesIndentationAndBlankLinesWithin) {
    EXPECT_EQ(block_string_value("  a\n\n  b"), "  a\n\nb");
    EXPECT_EQ(block_string_value(" \t\n \n\ta\n\t\tb\n \n"), "a\n\tb");
    EXPECT_EQ(block_string_value("a\r\n  b\r  c\n"), "a\nb\nc");
    EXPECT_EQ(block_string_value("a\n    b\n \n  c"), "a\n  b\n\nc");
    EXPECT_EQ(block_string_value(""), "");
    EXPECT_EQ(block_string_value(" \n \n"), "");
}

TEST(StringValue, KnowsOneEscapeInABlock) {
    EXPECT_EQ(block_string_value(R"(\n \" \""" \\)"), R"(\n \" """ \\)");
}

TEST(StringValue, KnowsTheEscapesOfAString) {
    EXPECT_EQ(string_value(R"(\"\\\/\b\f\n\r\t)"), "\"\\/\b\f\n\r\t");
    EXPECT_EQ(string_value(R"(\u0041\u00E4\u20ac\uD83d\ude00\u{41}\u{10FFFF}\u{0000041})"),
              "Aä€😀A\xF4\x8F\xBF\xBF"
              "A");
    EXPECT_EQ(string_value(R"(\u0000)"), std::string(1, '\0'));
}

TEST(StringValue, RefusesHalvesOfSurrogatePairsAndWhatIsBeyondUnicode) {
    for (auto const* const raw : {R"(\uD83D)", R"(\uDE00)", R"(\uD83D\uD83D)", R"(\uD83Dx)",
                                  R"(\uD83D\n)", R"(\uD83D\u{DE00})", R"(\u{D83D}\u{DE00})",
                                  R"(\u{D83D}\uDE00)", R"(\u{110000})", R"(\u{FFFFFFFFFFFFFFFFF})"})
        EXPECT_EQ(string_value(raw), std::nullopt) << raw;
}

}  // namespace
}  // namespace tunnus::graphql::tests
