// SPDX-License-Identifier: MIT
#include "idp/base/json_schema.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace tunnus {
namespace {

namespace json = boost::json;

JsonSchema schema_of(std::string_view text) {
    return JsonSchema::make(json::parse(text).as_object()).value();
}

/// `path: message` of the first violation, or empty.
std::string violation(std::string_view schema, std::string_view value) {
    auto const found = schema_of(schema).find_violation(json::parse(value));
    return found ? found->path + ": " + found->message : "";
}

std::string refusal(std::string_view schema) {
    auto const made = JsonSchema::make(json::parse(schema).as_object());
    return made ? "" : made.error().detail;
}

TEST(JsonSchema, ChecksTypes) {
    struct Case {
        char const* type;
        char const* good;
        char const* bad;
    };
    for (auto const& c :
         {Case{"object", "{}", "[]"}, Case{"array", "[1]", "{}"}, Case{"string", "\"\"", "1"},
          Case{"integer", "-3", "3.5"}, Case{"number", "3.5", "\"3\""},
          Case{"boolean", "false", "0"}, Case{"null", "null", "false"}}) {
        auto const schema = std::string(R"({"type":")") + c.type + "\"}";
        EXPECT_EQ(violation(schema, c.good), "") << c.type;
        EXPECT_NE(violation(schema, c.bad), "") << c.type;
    }
    EXPECT_EQ(violation(R"({"type":"integer"})", "\"1\""), ": must be an integer");
    EXPECT_EQ(violation(R"({"type":["string","null"]})", "null"), "");
    EXPECT_EQ(violation(R"({"type":["string","null"]})", "1"), ": must be a string or null");
}

TEST(JsonSchema, ChecksMembers) {
    constexpr std::string_view schema =
        R"({"type":"object","additionalProperties":false,"required":["a"],
        "properties":{"a":{"type":"integer"},"b":{"type":"object","properties":{"c":{"type":"string"}}}}})";
    EXPECT_EQ(violation(schema, R"({"a":1,"b":{"c":"x","more":1}})"), "");
    EXPECT_EQ(violation(schema, R"({"b":{}})"), "a: is missing");
    EXPECT_EQ(violation(schema, R"({"a":1,"z":1})"), "z: is not a known key");
    EXPECT_EQ(violation(schema, R"({"a":1,"x y":1})"), "[\"x y\"]: is not a known key");
    EXPECT_EQ(violation(schema, R"({"a":1,"b":{"c":2}})"), "b.c: must be a string");
    EXPECT_EQ(violation(R"({"additionalProperties":{"type":"integer"}})", R"({"x":1,"y":"2"})"),
              "y: must be an integer");
    EXPECT_EQ(violation(R"({"minProperties":1,"maxProperties":1})", R"({"x":1})"), "");
    EXPECT_EQ(violation(R"({"minProperties":1})", "{}"), ": must have at least 1 members");
    EXPECT_EQ(violation(R"({"maxProperties":1})", R"({"x":1,"y":1})"),
              ": must have at most 1 members");
}

TEST(JsonSchema, ChecksElements) {
    EXPECT_EQ(violation(R"({"items":{"type":"integer"}})", "[1,2]"), "");
    EXPECT_EQ(violation(R"({"items":{"type":"integer"}})", "[1,\"2\"]"), "[1]: must be an integer");
    EXPECT_EQ(
        violation(R"({"properties":{"a":{"items":{"required":["b"]}}}})", R"({"a":[{"b":1},{}]})"),
        "a[1].b: is missing");
    EXPECT_EQ(violation(R"({"minItems":1})", "[]"), ": must have at least 1 elements");
}

TEST(JsonSchema, ChecksBounds) {
    EXPECT_EQ(violation(R"({"minimum":1,"maximum":65535})", "1"), "");
    EXPECT_EQ(violation(R"({"minimum":1,"maximum":65535})", "65535"), "");
    EXPECT_EQ(violation(R"({"minimum":1,"maximum":65535})", "0"), ": must be at least 1");
    EXPECT_EQ(violation(R"({"minimum":1,"maximum":65535})", "65536"), ": must be at most 65535");
    EXPECT_NE(violation(R"({"maximum":1})", "1.5"), "");
    EXPECT_EQ(violation(R"({"minLength":2,"maxLength":3})", "\"\xc3\xa4\xc3\xa4\xc3\xa4\""), "");
    EXPECT_EQ(violation(R"({"minLength":2})", "\"\xc3\xa4\""), ": must have at least 2 characters");
    EXPECT_EQ(violation(R"({"maxLength":3})", "\"abcd\""), ": must have at most 3 characters");
    EXPECT_EQ(violation(R"({"enum":["a",1,null]})", "1"), "");
    EXPECT_EQ(violation(R"({"enum":["a",1]})", "\"A\""), ": must be one of \"a\",1");
}

TEST(JsonSchema, FollowsReferencesToDefinitions) {
    constexpr std::string_view schema =
        R"({"$defs":{"port":{"type":"integer"}},"properties":{"a":{"$ref":"#/$defs/port"}}})";
    EXPECT_EQ(violation(schema, R"({"a":1})"), "");
    EXPECT_EQ(violation(schema, R"({"a":""})"), "a: must be an integer");
}

TEST(JsonSchema, AddsDefaultsAlsoInsideDefaults) {
    auto value = json::parse(R"({"list":[{},{"n":1}],"set":false})");
    schema_of(R"({"properties":{"set":{"default":true},"n":{"default":7},
        "o":{"default":{},"properties":{"x":{"default":"y"}}},
        "absent":{"properties":{"x":{"default":"y"}}},
        "list":{"items":{"properties":{"n":{"default":5}}}}}})")
        .add_defaults(value);
    EXPECT_EQ(value, json::parse(R"({"list":[{"n":5},{"n":1}],"set":false,"n":7,"o":{"x":"y"}})"));
}

TEST(JsonSchema, RefusesASchemaItCannotKeep) {
    EXPECT_EQ(refusal(R"({"type":"object","title":"x","properties":{"a":{"description":"d"}}})"),
              "");
    EXPECT_EQ(refusal(R"({"properties":{"a":{"pattern":"x"}}})"),
              "JSON Schema: properties.a.pattern: is not a keyword that is checked");
    for (auto const* schema :
         {R"({"type":"int"})", R"({"type":[1]})", R"({"required":"a"})", R"({"required":[1]})",
          R"({"minimum":"1"})", R"({"minLength":-1})", R"({"minLength":1.5})", R"({"enum":{}})",
          R"({"items":[]})", R"({"properties":[]})", R"({"properties":{"a":1}})",
          R"({"additionalProperties":1})", R"({"$ref":"#/$defs/x"})", R"({"$ref":"other.json"})",
          R"({"$defs":{"x":{"$ref":"#/$defs/x"}},"$ref":"#/$defs/x"})", R"({"$defs":1})",
          R"({"$ref":1})", R"({"allOf":[]})"})
        EXPECT_NE(refusal(schema), "") << schema;
    json::object deep;
    for (int i = 0; i < 40; ++i)
        deep = json::object{{"items", deep}};
    EXPECT_FALSE(JsonSchema::make(deep).has_value());
}

}  // namespace
}  // namespace tunnus
