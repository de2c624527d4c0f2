// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql/pets.hpp"

#include <gtest/gtest.h>

#include <set>

namespace tunnus::graphql::tests {
namespace {

/// What GraphiQL and code generators ask, at its fullest.
constexpr auto whole_query = R"(
query IntrospectionQuery { __schema { description queryType { name kind } mutationType { name kind }
    subscriptionType { name kind } types { ...FullType }
    directives { name description isRepeatable locations args(includeDeprecated: true) { ...InputValue } } } }
fragment FullType on __Type { kind name description specifiedByURL
    fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...InputValue }
        type { ...TypeRef } isDeprecated deprecationReason }
    inputFields(includeDeprecated: true) { ...InputValue } interfaces { ...TypeRef }
    enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
    possibleTypes { ...TypeRef } }
fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue isDeprecated deprecationReason }
fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType {
    kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }
)";

TEST(Introspection, AnswersGraphiqlWithinTheUsualBounds) {
    auto const response = ask(whole_query);
    ASSERT_TRUE(response.errors.empty()) << response.body.substr(0, 400);
    auto const schema = boost::json::parse(response.body).at("data").at("__schema");
    EXPECT_EQ(schema.at("queryType").at("name"), "Query");
    EXPECT_TRUE(schema.at("subscriptionType").is_null());
    std::set<std::string> names;
    for (auto const& type : schema.at("types").as_array())
        names.emplace(type.at("name").as_string());
    for (auto const* const name :
         {"Dog", "CatOrDog", "FindDogInput", "Any", "String", "__Type", "__DirectiveLocation"})
        EXPECT_TRUE(names.contains(name)) << name;
    for (auto const& name : names)
        EXPECT_FALSE(name == "__Meta" || name == "__Directives");
    EXPECT_EQ(schema.at("directives").as_array().size(), 4U);
}

TEST(Introspection, DescribesOneType) {
    EXPECT_EQ(
        data_of(ask(
            R"({ __type(name: "Human") { kind name fields { name type { kind name ofType { kind ofType { name interfaces { name } } } } }
                               interfaces { name } possibleTypes { name } } })")),
        R"({"__type":{"kind":"OBJECT","name":"Human","fields":[)"
        R"({"name":"name","type":{"kind":"NON_NULL","name":null,"ofType":{"kind":"SCALAR","ofType":null}}},)"
        R"({"name":"pets","type":{"kind":"LIST","name":null,"ofType":{"kind":"NON_NULL","ofType":{"name":"Pet","interfaces":[]}}}}],)"
        R"("interfaces":[{"name":"Sentient"}],"possibleTypes":null}})");
    EXPECT_EQ(data_of(ask(R"({ __type(name: "Pet") { possibleTypes { name } } })")),
              R"({"__type":{"possibleTypes":[{"name":"Dog"},{"name":"Cat"}]}})");
    EXPECT_EQ(data_of(ask(R"({ __type(name: "Nothing") { name } })")), R"({"__type":null})");
}

TEST(Introspection, LeavesOutWhatIsDeprecatedUnlessAsked) {
    auto const without = ask(R"({ __type(name: "Query") { fields { name } } })").body;
    auto const with =
        ask(R"({ __type(name: "Query") { fields(includeDeprecated: true) { name deprecationReason } } })")
            .body;
    EXPECT_EQ(without.find("\"old\""), std::string::npos);
    EXPECT_NE(with.find(R"({"name":"old","deprecationReason":"It is old."})"), std::string::npos);
}

}  // namespace
}  // namespace tunnus::graphql::tests
