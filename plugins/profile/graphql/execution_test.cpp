// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql/pets.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace tunnus::graphql::tests {
namespace {

std::string errors_of(Response const& response) {
    auto const body = boost::json::parse(response.body).as_object();
    return body.contains("errors") ? boost::json::serialize(body.at("errors")) : "";
}

TEST(Execution, WritesFieldsInTheirOrderAndUnderTheirAliases) {
    EXPECT_EQ(
        ask("{ dog { barkVolume n: name __typename } d: dog { name } }").body,
        R"({"data":{"dog":{"barkVolume":7,"n":"Musti","__typename":"Dog"},"d":{"name":"Musti"}}})");
}

// Section 6.3.2 and 2.8: fragments add to what is selected, each response name stands once.
TEST(Execution, MergesSelectionsOfOneName) {
    EXPECT_EQ(
        data_of(
            ask(R"(query { dog { ...A owner { name } ...A } dog { nickname ... { barkVolume } } }
                             fragment A on Dog { owner { pets { name } } name })")),
        R"({"dog":{"owner":{"pets":[{"name":"Miisu"},{"name":"Musti"}],"name":"Aino"},"name":"Musti","nickname":"Mu","barkVolume":7}})");
}

TEST(Execution, TakesTheFragmentsOfTheObjectsOwnType) {
    EXPECT_EQ(
        data_of(ask(
            R"({ dog { owner { pets { __typename ... on Cat { meowVolume } ... on Dog { barkVolume } } } } })")),
        R"({"dog":{"owner":{"pets":[{"__typename":"Cat","meowVolume":2},{"__typename":"Dog","barkVolume":7}]}}})");
}

// Section 3.13.1 and 3.13.2.
TEST(Execution, SkipsAndIncludes) {
    auto const* const query = R"(query Q($no: Boolean!, $yes: Boolean = true) { dog {
        name @include(if: $no) nickname @skip(if: $no) barkVolume @skip(if: false) @include(if: $yes)
        ... on Dog @skip(if: true) { owner { name } } } })";
    EXPECT_EQ(data_of(ask(query, {{"no", false}})), R"({"dog":{"nickname":"Mu","barkVolume":7}})");
    EXPECT_EQ(data_of(ask(query, {{"no", true}, {"yes", false}})), R"({"dog":{"name":"Musti"}})");
}

// Section 6.4.4.
TEST(Execution, GivesANullThatMayNotBeToTheNextThatMay) {
    auto const response = ask("{ sentients { name } human { name } }");
    EXPECT_EQ(
        data_of(response),
        R"({"sentients":[{"name":"Aino"},null,null,{"name":"Zog"}],"human":{"name":"Aino"}})");
    EXPECT_EQ(
        errors_of(response),
        R"([{"message":"the field could not be answered","locations":[{"line":1,"column":15}],)"
        R"("path":["sentients",2,"name"],"extensions":{"code":"INTERNAL_SERVER_ERROR"}}])");
    EXPECT_EQ(data_of(ask("{ dogOrHuman { ... on Human { name pets { name } } } }")),
              R"({"dogOrHuman":{"name":"Eero","pets":null}})");
}

TEST(Execution, SaysWhyAFieldIsRefusedUnderAnyAliasAndInAnyFragment) {
    auto const expected_code = R"("extensions":{"code":"FIELD_NOT_ALLOWED_ERROR"})";
    EXPECT_EQ(data_of(ask("{ old }")), R"({"old":"o"})");
    for (auto const* const query :
         {"{ secret }", "{ secret: secret }", "query { ...F } fragment F on Query { secret }",
          "{ ... { ... on Query { secret } } }"}) {
        auto const response = ask(query);
        EXPECT_EQ(data_of(response), R"({"secret":null})") << query;
        EXPECT_NE(errors_of(response).find(expected_code), std::string::npos) << query;
    }
    EXPECT_EQ(data_of(ask("{ old: secret }")), R"({"old":null})");
}

TEST(Execution, RunsMutationsOneAfterAnotherAndGoesOnAfterAnError) {
    auto const response = ask("mutation { a: count fail b: count }");
    EXPECT_EQ(data_of(response), R"({"a":1,"fail":null,"b":2})");
    EXPECT_EQ(errors_of(response),
              R"([{"message":"it is taken","locations":[{"line":1,"column":21}],)"
              R"("path":["fail"],"extensions":{"code":"DATA_CONFLICT_ERROR"}}])");
    ASSERT_EQ(response.errors.size(), 1U);
    EXPECT_EQ(response.errors[0].detail, "row 7");  // and is not sent
    EXPECT_EQ(data_of(ask("mutation { failHard count }")), "null");
}

// Section 6.1.1.
TEST(Execution, FindsTheOperation) {
    auto const* const query = "query A { dog { name } } query B { human { name } }";
    EXPECT_EQ(data_of(ask(query, {}, "B")), R"({"human":{"name":"Aino"}})");
    EXPECT_EQ(data_of(ask("query A { human { name } }")), R"({"human":{"name":"Aino"}})");
    for (auto const* const name : {"", "C", "a"})
        EXPECT_EQ(ask(query, {}, name).errors.at(0).kind, ErrorKind::operation) << name;
    EXPECT_EQ(ask("{ dog { name } }", {}, "A").errors.at(0).kind, ErrorKind::operation);
}

// Section 6.1.2 and 6.4.1.
TEST(Execution, CoercesVariablesAndArguments) {
    auto const* const query =
        "query Q($v: ComplexInput, $c: [DogCommand!], $m: Int! = 3) { "
        "a: echo(value: $v) b: echo(value: {must: $m, commands: $c}) }";
    EXPECT_EQ(
        data_of(ask(query, boost::json::parse(
                               R"({"v": {"must": 1.0, "inner": {"must": 2, "commands": "SIT"}}})")
                               .as_object())),
        R"({"a":{"value":{"must":1,"byDefault":true,"inner":{"must":2,"byDefault":true,"commands":["SIT"]}}},)"
        R"("b":{"value":{"must":3,"byDefault":true}}})");
    EXPECT_EQ(data_of(ask(R"({ echo(text: """
        a
          b
        """, any: {n: null, l: [1, 2.5, E, "s"]}) })")),
              R"({"echo":{"any":{"n":null,"l":[1,2.5E0,"E","s"]},"text":"a\n  b"}})");
}

TEST(Execution, RefusesVariablesThatDoNotFit) {
    auto const* const query = "query Q($v: ComplexInput!, $i: Int) { echo(value: $v, any: [$i]) }";
    EXPECT_EQ(data_of(ask(query, boost::json::parse(R"({"v": {"must": 1}})").as_object())),
              R"({"echo":{"value":{"must":1,"byDefault":true},"any":[null]}})");
    for (auto const* const variables :
         {R"({})", R"({"v": null})", R"({"v": 1})", R"({"v": {}})", R"({"v": {"must": null}})",
          R"({"v": {"must": "1"}})", R"({"v": {"must": 1.5}})", R"({"v": {"must": 2147483648}})",
          R"({"v": {"must": 1, "unknown": 1}})", R"({"v": {"must": 1, "commands": ["FLY"]}})",
          R"({"v": {"must": 1, "commands": [null]}})", R"({"v": {"must": 1, "byDefault": null}})",
          R"({"v": {"must": 1, "inner": {"name": 7, "must": 1}}})",
          R"({"v": {"must": 1}, "i": "x"})", R"({"v": {"must": 1}, "i": 1e300})"}) {
        auto const response = ask(query, boost::json::parse(variables).as_object());
        EXPECT_EQ(data_of(response), "no data") << variables;
        ASSERT_FALSE(response.errors.empty());
        EXPECT_EQ(response.errors[0].kind, ErrorKind::variables) << variables;
    }
}

TEST(Execution, NamesThePlaceOfAVariableThatDoesNotFitAndNotItsValue) {
    auto const response =
        ask("query Q($v: ComplexInput) { echo(value: $v) }",
            boost::json::parse(R"({"v": {"must": 1, "inner": {"must": "hidden"}}})").as_object());
    EXPECT_EQ(response.errors.at(0).message, "$v.inner.must: a value of \"Int\" was expected");
}

// Section 5.8.5's hole: a nullable variable may stand where a default value is, and be null.
TEST(Execution, RefusesANullThatReachesAnArgumentByAVariable) {
    auto const* const query =
        "query Q($b: Boolean) { arguments { optionalNonNullBooleanArgField(optionalBooleanArg: $b) "
        "} }";
    EXPECT_EQ(data_of(ask(query)), R"({"arguments":{"optionalNonNullBooleanArgField":true}})");
    auto const response = ask(query, {{"b", nullptr}});
    EXPECT_EQ(data_of(response), R"({"arguments":null})");
    EXPECT_EQ(response.errors.at(0).kind, ErrorKind::field);
}

TEST(Execution, EscapesStrings) {
    EXPECT_NE(ask("{ sentients { ... on Alien { homePlanet } } }").body.find(R"("ä\"\\\n\u0001")"),
              std::string::npos);
}

TEST(Execution, BoundsTheResponse) {
    Bounds bounds;
    auto const whole = ask("{ many { name } dog { name } }", {}, {}, bounds);
    ASSERT_TRUE(whole.errors.empty());
    bounds.response_bytes = 20;
    auto const response = ask("{ many { name } dog { name } }", {}, {}, bounds);
    EXPECT_EQ(data_of(response), "no data");
    EXPECT_EQ(response.errors.at(0).kind, ErrorKind::limit);
}

TEST(Execution, BoundsTheErrors) {
    Bounds bounds;
    bounds.errors = 2;
    auto const response = ask("{ a: secret b: secret c: secret }", {}, {}, bounds);
    EXPECT_EQ(data_of(response), R"({"a":null,"b":null,"c":null})");
    EXPECT_EQ(response.errors.size(), 2U);
}

}  // namespace
}  // namespace tunnus::graphql::tests
