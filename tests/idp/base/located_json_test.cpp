// SPDX-License-Identifier: MIT
#include "idp/base/located_json.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace tunnus {
namespace {

std::string refusal(std::string_view text) {
    auto const parsed = parse_located_json(text);
    return parsed ? "" : parsed.error().detail;
}

constexpr std::string_view example = R"(// a comment
{
  "issuer": "https://login.city.example", /* another
  over two lines */
  "listen": [
    {"address": "::1",
     "port": 8080},
    {
      "port": 8081
    },
  ],
  "odd key": {"a.b": [1,
    2, 3.5, true, null]},
}
)";

TEST(LocatedJson, TakesCommentsAndTrailingCommas) {
    auto const parsed = parse_located_json(example);
    ASSERT_TRUE(parsed.has_value()) << parsed.error().detail;
    EXPECT_EQ(parsed->value,
              boost::json::parse(
                  R"({"issuer":"https://login.city.example","listen":[{"address":"::1","port":8080},
                                 {"port":8081}],"odd key":{"a.b":[1,2,3.5,true,null]}})"));
}

TEST(LocatedJson, KnowsTheLineOfEveryKeyAndElement) {
    auto const parsed = parse_located_json(example).value();
    EXPECT_EQ(parsed.line_of(""), 2U);
    EXPECT_EQ(parsed.line_of("issuer"), 3U);
    EXPECT_EQ(parsed.line_of("listen"), 5U);
    EXPECT_EQ(parsed.line_of("listen[0]"), 6U);
    EXPECT_EQ(parsed.line_of("listen[0].port"), 7U);
    EXPECT_EQ(parsed.line_of("listen[1]"), 8U);
    EXPECT_EQ(parsed.line_of("listen[1].port"), 9U);
    EXPECT_EQ(parsed.line_of("[\"odd key\"][\"a.b\"][1]"), 13U);
    EXPECT_EQ(parsed.line_of("listen[1].address"), 8U) << "missing: the object's line";
    EXPECT_EQ(parsed.line_of("storage.url"), 2U);
}

// threats.md X-19
TEST(LocatedJson, TakesCrLfAndAByteOrderMark) {
    auto const parsed = parse_located_json("\xef\xbb\xbf{\r\n\t\"a\": 1,\r\n\t\"b\": 2\r\n}\r\n");
    ASSERT_TRUE(parsed.has_value()) << parsed.error().detail;
    EXPECT_EQ(parsed->line_of("b"), 3U);
    EXPECT_EQ(parse_located_json("17").value().value.as_int64(), 17);
}

// threats.md X-19
TEST(LocatedJson, NamesTheSecondOfTwoKeys) {
    EXPECT_EQ(refusal("{\n\"a\":1,\n\"b\":{\"c\":1,\n\"\\u0063\":2}}"), "4: b.c: is given twice");
    EXPECT_EQ(refusal("[{\"a\":1},{\"a\":1}]"), "");
    EXPECT_EQ(refusal("{\"a.b\":1,\"a\":{\"b\":1}}"), "");
}

// threats.md X-19
TEST(LocatedJson, NamesTheLineOfAnError) {
    EXPECT_EQ(refusal("{\n\"a\":{\"b\":\n tru}}").substr(0, 7), "3: a.b:");
    EXPECT_EQ(refusal("{\n\"a\":\"\xff\"}"), "2: is not valid UTF-8");
    EXPECT_EQ(refusal("{} // \xff"), "1: is not valid UTF-8");
    EXPECT_EQ(refusal(std::string_view("{\n\"a\": \0 1}", 11)).substr(0, 2), "2:");
    for (auto const* text :
         {"", " ", "{", "{\"a\":1", "{}{}", "{\"a\":1e999}", "{\"a\":99999999999999999999}",
          "/* open", "{\"a\":01}", "{'a':1}", "[,]"})
        EXPECT_NE(refusal(text), "") << text;
    EXPECT_NE(refusal(std::string(33, '[') + std::string(33, ']')), "");
    EXPECT_EQ(refusal("\"" + std::string(100'000'000, 'x') + "\""), "1: is larger than 1 MiB");
}

}  // namespace
}  // namespace tunnus
