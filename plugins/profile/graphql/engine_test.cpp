// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql/pets.hpp"

#include <gtest/gtest.h>

namespace tunnus::graphql::tests {
namespace {

TEST(Request, ReadsTheEnvelope) {
    auto const body = parse_request(
        R"({"query": "{ a }", "operationName": "Q", "variables": {"x": [1]}, "extensions": {"y": 1}, "z": 2})");
    ASSERT_TRUE(body);
    EXPECT_FALSE(body->batch);
    EXPECT_EQ(body->requests.at(0).query, "{ a }");
    EXPECT_EQ(body->requests.at(0).operation_name, "Q");
    EXPECT_EQ(body->requests.at(0).variables.at("x").at(0), 1);
    EXPECT_TRUE(parse_request(R"({"query": "{ a }", "operationName": null, "variables": null})"));
}

TEST(Request, RefusesEverythingElse) {
    for (auto const* const body :
         {"", "{", "null", "1", "\"{ a }\"", "{}", R"({"query": null})", R"({"query": 1})",
          R"({"query": ["a"]})", R"({"query": "a", "variables": []})",
          R"({"query": "a", "variables": "{}"})", R"({"query": "a", "operationName": 1})",
          R"({"query": "a", "query": "b"})", R"({"query": "a"} x)", R"([{"query": "a"}])", "[]"}) {
        auto const request = parse_request(body);
        ASSERT_FALSE(request) << body;
        EXPECT_EQ(request.error().kind, ErrorKind::request) << body;
    }
    Bounds bounds;
    bounds.request_bytes = 14;
    ASSERT_TRUE(parse_request(R"({"query":"{}"})", bounds));
    EXPECT_EQ(parse_request(R"({"query":"{ }"})", bounds).error().kind, ErrorKind::limit);
}

TEST(Request, TakesBatchesWhereTheyAreAllowed) {
    Bounds bounds;
    bounds.batch = 2;
    auto const two = parse_request(R"([{"query": "a"}, {"query": "b"}])", bounds);
    ASSERT_TRUE(two);
    EXPECT_TRUE(two->batch);
    EXPECT_EQ(two->requests.at(1).query, "b");
    for (auto const* const body :
         {"[]", "[1]", "[[]]", R"([{"query": "a"}, {"query": "b"}, {"query": "c"}])"})
        EXPECT_FALSE(parse_request(body, bounds)) << body;
}

TEST(Engine, GoesTheWholeWay) {
    Settings settings;
    settings.codes.validation = "GENERAL_ERROR";
    Engine const engine(pets(), settings);
    RootContext context(animals());
    EXPECT_EQ(engine.execute({"{ dog { name } }", "", {}}, context).body,
              R"({"data":{"dog":{"name":"Musti"}}})");
    EXPECT_EQ(
        engine.execute({"{ dog { wings } }", "", {}}, context).body,
        R"({"errors":[{"message":"\"Dog\" has no field \"wings\"","locations":[{"line":1,"column":9}],)"
        R"("extensions":{"code":"GENERAL_ERROR"}}]})");
    EXPECT_EQ(engine.execute({"{", "", {}}, context).errors.at(0).kind, ErrorKind::syntax);
    EXPECT_EQ(engine.execute({"{ dog { name } }", "X", {}}, context).errors.at(0).kind,
              ErrorKind::operation);
    EXPECT_EQ(
        engine.execute({"{ __schema { types { name } } }", "", {}}, context).errors.at(0).kind,
        ErrorKind::validation);
}

}  // namespace
}  // namespace tunnus::graphql::tests
