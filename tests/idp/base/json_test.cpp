// SPDX-License-Identifier: MIT
#include "idp/base/json.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace tunnus {
namespace {

bool accepts(std::string_view text) {
    return parse_json(text).has_value();
}

std::string nested(int depth) {
    return std::string(static_cast<std::size_t>(depth), '[') +
           std::string(static_cast<std::size_t>(depth), ']');
}

TEST(Json, ReadsEveryKindOfValue) {
    auto const value =
        parse_json(R"({"a":[1,-2,2.5,true,null,"x\u00e4\ud83d\ude00"],"b":{"c":"\\\"\/\n"}})");
    ASSERT_TRUE(value.has_value());
    auto const& a = value->at("a").as_array();
    EXPECT_EQ(a.at(0).as_int64(), 1);
    EXPECT_EQ(a.at(1).as_int64(), -2);
    EXPECT_EQ(a.at(2).as_double(), 2.5);
    EXPECT_TRUE(a.at(3).as_bool());
    EXPECT_TRUE(a.at(4).is_null());
    EXPECT_EQ(a.at(5).as_string(), "x\xc3\xa4\xf0\x9f\x98\x80");
    EXPECT_EQ(value->at("b").at("c").as_string(), "\\\"/\n");
}

// threats.md P-05
TEST(Json, StopsAtDepth16) {
    EXPECT_TRUE(accepts(nested(16)));
    EXPECT_FALSE(accepts(nested(17)));
    EXPECT_FALSE(accepts(nested(33)));
    EXPECT_FALSE(accepts(std::string(60'000, '[')));
    EXPECT_TRUE(parse_json(nested(33), {.bytes = 100, .depth = 33}).has_value());
}

// threats.md P-06
TEST(Json, RefusesARepeatedNameHoweverSpelledAndWhereverNested) {
    EXPECT_TRUE(accepts(R"({"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}],"A":3})"));
    EXPECT_FALSE(accepts(R"({"a":1,"a":2})"));
    EXPECT_FALSE(accepts(R"({"a":1,"\u0061":1})"));
    EXPECT_FALSE(accepts(R"({"x":{"a":1,"b":2,"a":1}})"));
    EXPECT_FALSE(accepts(R"([[{"":1,"":2}]])"));
    EXPECT_FALSE(accepts(R"({"a":{"x":1},"a":{"x":1,"y":2,"z":3}})"));
}

// threats.md P-07
TEST(Json, TakesFiniteNumbersAndIntegersWithinInt64Alone) {
    EXPECT_EQ(parse_json("9007199254740993")->as_int64(), 9007199254740993);
    EXPECT_EQ(parse_json("9223372036854775807")->as_int64(), 9223372036854775807);
    EXPECT_EQ(parse_json("-9223372036854775808")->as_int64(), INT64_MIN);
    EXPECT_EQ(parse_json("-0")->as_int64(), 0);
    EXPECT_EQ(parse_json("1e3")->as_double(), 1000.0);
    EXPECT_EQ(parse_json("1e-400")->as_double(), 0.0);
    for (auto const* text :
         {"1e400", "-1e400", "1e99999", "9223372036854775808", "-9223372036854775809",
          "18446744073709551615", "123456789012345678901234567890", "01", "-01", "+1", ".5", "1.",
          "1e", "NaN", "Infinity", "-Infinity", "0x10", "1_000", "--1"}) {
        EXPECT_FALSE(accepts(text)) << text;
        EXPECT_FALSE(accepts("[" + std::string(text) + "]")) << text;
        EXPECT_FALSE(accepts("{\"n\":" + std::string(text) + " }")) << text;
    }
}

// threats.md P-08
TEST(Json, RefusesInvalidTextAndLooseEnds) {
    EXPECT_TRUE(accepts(" {\"a\":\"\xc3\xa4\"} \r\n"));
    EXPECT_TRUE(accepts(R"("\u0000")")) << "callers refuse it where it matters";
    for (auto const* text : {"",
                             " ",
                             "{",
                             "{}x",
                             "{} {}",
                             "[1,]",
                             "{\"a\":1,}",
                             "{a:1}",
                             "{'a':1}",
                             "/**/{}",
                             "{}//x",
                             "\xef\xbb\xbf{}",
                             "\"\xff\"",
                             "\"\xc3\"",
                             "\"\xc0\x80\"",
                             "\"\xed\xa0\x80\"",
                             R"("\ud83d")",
                             R"("\ude00")",
                             R"("\ud83dx")",
                             R"("\x41")",
                             "\"a\nb\"",
                             "\"a",
                             "tru",
                             "nulll",
                             "{\"\xff\":1}"})
        EXPECT_FALSE(accepts(text)) << text;
    EXPECT_FALSE(accepts(std::string_view("{}\0", 3)));
}

// threats.md P-09
TEST(Json, RefusesWhatIsTooLargeBeforeReadingIt) {
    auto const error = parse_json("\"" + std::string(1'000'000, 'x') + "\"").error();
    EXPECT_EQ(error.code, BaseErrc::too_large);
    EXPECT_TRUE(accepts("\"" + std::string(65'534, 'x') + "\""));
    EXPECT_FALSE(accepts("\"" + std::string(65'535, 'x') + "\""));
}

// threats.md P-10
TEST(JsonObject, RefusesEveryOtherKind) {
    EXPECT_TRUE(parse_json_object("{}").has_value());
    for (auto const* text : {"[]", "\"a\"", "1", "null", "true"})
        EXPECT_EQ(parse_json_object(text).error().code, BaseErrc::malformed) << text;
}

TEST(FindString, FindsTextAndNothingElse) {
    auto const object = *parse_json_object(R"({"a":"x","n":1})");
    EXPECT_EQ(find_string(object, "a"), "x");
    EXPECT_EQ(find_string(object, "n"), std::nullopt);
    EXPECT_EQ(find_string(object, "z"), std::nullopt);
}

}  // namespace
}  // namespace tunnus
