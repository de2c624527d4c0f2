// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql/schema_builder.hpp"

#include "plugins/profile/graphql/sdl.hpp"

#include <gtest/gtest.h>

namespace tunnus::graphql::tests {
namespace {

TEST(SchemaBuilder, PrintsWhatItWasTold) {
    SchemaBuilder schema;
    schema.object("Query").field("profile", "Profile", {.description = "The person's own."});
    schema.interface("Node", "What has an \"id\".").field("id", "ID!");
    schema.object("Profile")
        .implements("Node")
        .field("id", "ID!")
        .field("emails", "[String!]!",
               {.arguments = {{"first", "Int", {.default_value = "10"}},
                              {"kind", "Kind", {.description = "Which."}}},
                .deprecated = "It is\nold."});
    schema.enumeration("Kind").value("WORK", "At work.").value("HOME", {}, "Nobody is there.");
    schema.input_object("Change")
        .input("kinds", "[Kind!]", {.default_value = "[WORK]"})
        .input("to", "Change");
    schema.union_type("Any").member("Profile").member("Query");
    schema.scalar("UUID", "An identifier.", {}, "https://example.org/uuid");
    schema.object("Mutation").field("change", "Any", {.arguments = {{"input", "Change!"}}});
    EXPECT_EQ(print_sdl(std::move(schema).build()), R"(type Query {
  "The person's own."
  profile: Profile
}

"What has an \"id\"."
interface Node {
  id: ID!
}

type Profile implements Node {
  id: ID!
  emails(first: Int = 10, "Which." kind: Kind): [String!]! @deprecated(reason: "It is\nold.")
}

enum Kind {
  "At work."
  WORK
  HOME @deprecated(reason: "Nobody is there.")
}

input Change {
  kinds: [Kind!] = [WORK]
  to: Change
}

union Any = Profile | Query

"An identifier."
scalar UUID @specifiedBy(url: "https://example.org/uuid")

type Mutation {
  change(input: Change!): Any
}
)");
}

/// A schema with one mistake that `spoil` makes.
template <class Spoil>
std::string mistake(Spoil spoil) {
    SchemaBuilder schema;
    schema.interface("Node").field("id", "ID!", {.arguments = {{"a", "Int"}}});
    schema.enumeration("Kind").value("WORK");
    schema.input_object("In").input("x", "Int!");
    auto query = schema.object("Query").field("q", "String");
    try {
        spoil(schema, query);
        static_cast<void>(std::move(schema).build());
        return "";
    } catch (std::logic_error const& error) {
        return error.what();
    }
}

TEST(SchemaBuilder, FindsMistakes) {
    using Query = TypeBuilder&;
    ASSERT_EQ(mistake([](SchemaBuilder&, Query) {}), "");
    ASSERT_EQ(mistake([](SchemaBuilder& schema, Query) {
                  schema.object("P").implements("Node").field(
                      "id", "ID!", {.arguments = {{"a", "Int"}, {"b", "Int"}}});
              }),
              "");
    auto const expect = [](std::string const& what, std::string const& part) {
        EXPECT_NE(what.find(part), std::string::npos) << what << " / " << part;
    };
    expect(mistake([](SchemaBuilder&, Query q) { q.field("x", "Nothing"); }), "no such type");
    expect(mistake([](SchemaBuilder&, Query q) { q.field("x", "In"); }), "no such type");
    expect(mistake([](SchemaBuilder&, Query q) {
               q.field("x", "Int", {.arguments = {{"a", "Query"}}});
           }),
           "no such type");
    for (auto const* const type : {"[Int", "Int]", "Int!!", "[Int]]", "!Int", "", "[]"})
        EXPECT_NE(mistake([type](SchemaBuilder&, Query q) { q.field("x", type); }), "") << type;
    expect(mistake([](SchemaBuilder&, Query q) { q.field("q", "Int"); }), "two members");
    expect(mistake([](SchemaBuilder&, Query q) { q.field("__x", "Int"); }), "GraphQL's own");
    expect(mistake([](SchemaBuilder& s, Query) { s.object("__X").field("x", "Int"); }),
           "GraphQL's own");
    expect(mistake([](SchemaBuilder& s, Query) { s.object("In").field("x", "Int"); }), "two types");
    expect(mistake([](SchemaBuilder& s, Query) { s.object("Empty"); }), "is empty");
    expect(mistake([](SchemaBuilder& s, Query) { s.union_type("U").member("Kind"); }),
           "no object type");
    expect(mistake([](SchemaBuilder& s, Query) {
               s.object("P").implements("Query").field("x", "Int");
           }),
           "no interface");
    expect(mistake(
               [](SchemaBuilder& s, Query) { s.object("P").implements("Node").field("x", "Int"); }),
           "is missing");
    expect(mistake([](SchemaBuilder& s, Query) {
               s.object("P").implements("Node").field("id", "ID", {.arguments = {{"a", "Int"}}});
           }),
           "another type");
    expect(mistake([](SchemaBuilder& s, Query) {
               s.object("P").implements("Node").field("id", "ID!");
           }),
           "its argument a");
    expect(mistake([](SchemaBuilder& s, Query) {
               s.object("P").implements("Node").field("id", "ID!",
                                                      {.arguments = {{"a", "Int"}, {"b", "Int!"}}});
           }),
           "is required");
    for (auto const* const value : {"\"1\"", "1.5", "null", "$v", "[1", "1) x("})
        EXPECT_NE(mistake([value](SchemaBuilder&, Query q) {
                      q.field("x", "Int", {.arguments = {{"a", "Int!", {.default_value = value}}}});
                  }),
                  "")
            << value;
    SchemaBuilder none;
    none.object("NoQuery").field("x", "Int");
    EXPECT_THROW(static_cast<void>(std::move(none).build()), std::logic_error);
}

}  // namespace
}  // namespace tunnus::graphql::tests
