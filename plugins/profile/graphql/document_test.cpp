// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql/document.hpp"

#include <gtest/gtest.h>

namespace tunnus::graphql::tests {
namespace {

std::unique_ptr<Document const> parsed(std::string text) {
    auto document = parse_document(std::move(text));
    EXPECT_TRUE(document) << document.error().message;
    return document ? std::move(*document) : nullptr;
}

/// The one argument of `{ f(a: LITERAL) }`.
Value value_of(std::string const& literal, std::unique_ptr<Document const>& keeper) {
    keeper = parsed("{ f(a: " + literal + ") }");
    return keeper ? keeper->operations.at(0).selections.at(0).arguments.at(0).value : Value{};
}

TEST(Document, Section2_3ReadsOperations) {
    auto const document =
        parsed("mutation LikeStory @x { likeStory(storyID: 12345) { story { likeCount } } }");
    ASSERT_TRUE(document);
    auto const& operation = document->operations.at(0);
    EXPECT_EQ(operation.type, OperationType::mutation);
    EXPECT_EQ(operation.name, "LikeStory");
    EXPECT_EQ(operation.directives.at(0).name, "x");
    auto const& field = operation.selections.at(0);
    EXPECT_EQ(field.name, "likeStory");
    EXPECT_EQ(field.arguments.at(0).name, "storyID");
    EXPECT_EQ(field.arguments.at(0).value.text, "12345");
    EXPECT_EQ(field.selections.at(0).selections.at(0).name, "likeCount");
}

TEST(Document, Section2_7ReadsAliases) {
    auto const document = parsed("{ smallPic: profilePic(size: 64) name }");
    auto const& selections = document->operations.at(0).selections;
    EXPECT_EQ(selections.at(0).response_key(), "smallPic");
    EXPECT_EQ(selections.at(0).name, "profilePic");
    EXPECT_EQ(selections.at(1).response_key(), "name");
}

TEST(Document, Section2_8ReadsFragments) {
    auto const document = parsed(R"(query q($e: Boolean) { user(id: 4) { ...friendFields
        ... on User { friends } ... @include(if: $e) { firstName } } }
        fragment friendFields on User { id ...other }
        fragment other on User { name })");
    auto const& selections = document->operations.at(0).selections.at(0).selections;
    ASSERT_EQ(selections.size(), 3U);
    EXPECT_EQ(selections[0].fragment, &document->fragments.at(0));
    EXPECT_EQ(selections[1].kind, Selection::Kind::inline_fragment);
    EXPECT_EQ(selections[1].name, "User");
    EXPECT_EQ(selections[2].name, "");
    EXPECT_EQ(selections[2].directives.at(0).arguments.at(0).value.kind, Value::Kind::variable);
    EXPECT_EQ(document->fragments.at(0).selections.at(1).fragment, &document->fragments.at(1));
    EXPECT_EQ(parsed("{ ...nowhere }")->operations.at(0).selections.at(0).fragment, nullptr);
}

TEST(Document, Section2_9ReadsValues) {
    std::unique_ptr<Document const> keeper;
    EXPECT_EQ(value_of("null", keeper).kind, Value::Kind::null);
    EXPECT_EQ(value_of("true", keeper).kind, Value::Kind::boolean);
    EXPECT_EQ(value_of("truest", keeper).kind, Value::Kind::enumeration);
    EXPECT_EQ(value_of("-0", keeper).kind, Value::Kind::integer);
    EXPECT_EQ(value_of("123456789012345678901234567890", keeper).text.size(), 30U);
    for (auto const* const number : {"6.0221413e23", "1e50", "-0.5", "1E+3", "0.0"})
        EXPECT_EQ(value_of(number, keeper).kind, Value::Kind::floating) << number;
    EXPECT_EQ(value_of(R"("\u00e4\n\u{1F600}\uD83D\uDE00\/é")", keeper).text, "ä\n😀😀/é");
    EXPECT_EQ(value_of(R"("")", keeper).text, "");
    auto const list = value_of("[1, [2 3,,] []]", keeper);
    ASSERT_EQ(list.items.size(), 3U);
    EXPECT_EQ(list.items[1].items.at(1).text, "3");
    auto const object = value_of("{ a: { b: $v }, c: [E] d: {} }", keeper);
    ASSERT_EQ(object.fields.size(), 3U);
    EXPECT_EQ(object.fields[0].value.fields.at(0).value.kind, Value::Kind::variable);
    EXPECT_EQ(object.fields[1].value.items.at(0).kind, Value::Kind::enumeration);
}

TEST(Document, Section2_10ReadsVariables) {
    auto const document =
        parsed("query q($a: [[Int!]]! = [[1]] @d, $b: String = \"x\" $c: ID!) { f(a: $a) }");
    auto const& variables = document->operations.at(0).variables;
    ASSERT_EQ(variables.size(), 3U);
    EXPECT_EQ(variables[0].wrapping.around(variables[0].type_name), "[[Int!]]!");
    EXPECT_EQ(variables[0].default_value->items.at(0).items.at(0).text, "1");
    EXPECT_EQ(variables[0].directives.at(0).name, "d");
    EXPECT_EQ(variables[1].default_value->text, "x");
    EXPECT_EQ(variables[2].wrapping.around("ID"), "ID!");
    EXPECT_FALSE(variables[2].default_value);
}

TEST(Document, Section2_1PassesOverWhatIsIgnored) {
    auto const document = parsed("\xEF\xBB\xBF # é comment { \r\n,,{\ta,b#x\r,c}#end");
    EXPECT_EQ(document->operations.at(0).selections.size(), 3U);
    EXPECT_EQ(parsed("{ a(b: $ c) @ d ... F ... on T { x } }")->operations.at(0).selections.size(),
              3U);
    // Words of the grammar are names elsewhere.
    EXPECT_EQ(parsed("query query($on: on) { fragment(null: $on) on: on type }")
                  ->operations.at(0)
                  .selections.size(),
              3U);
}

TEST(Document, RefusesWhatDoesNotFollowTheGrammar) {
    ASSERT_TRUE(parse_document("{ a }"));
    for (auto const* const text : {"",
                                   " ",
                                   "#",
                                   "{",
                                   "{}",
                                   "{ a",
                                   "{ a } }",
                                   "{ a { } }",
                                   "{ a() }",
                                   "{ a(b) }",
                                   "{ a(b:) }",
                                   "{ a(b: }",
                                   "{ a: }",
                                   "{ : a }",
                                   "{ 1a }",
                                   "{ a-b }",
                                   "{ ä }",
                                   "{ a } x",
                                   "query",
                                   "query {",
                                   "query Q( { a }",
                                   "query Q() { a }",
                                   "query Q($) { a }",
                                   "query Q($a) { a }",
                                   "query Q($a: ) { a }",
                                   "query Q($a: [Int) { a }",
                                   "query Q($a: Int!!) { a }",
                                   "query Q($a: Int = $b) { a }",
                                   "query Q($a: [Int] = [$b]) { a }",
                                   "query Q($a: In = {b: $b}) { a }",
                                   "query Q($a: Int @d(e: $b)) { a }",
                                   "Query { a }",
                                   "fragment on on T { a }",
                                   "fragment F { a }",
                                   "fragment F on { a }",
                                   "fragment F on T",
                                   "fragment F on T { a } { ...on }",
                                   "{ ... }",
                                   "{ ...on T }",
                                   "{ .. F }",
                                   "{ ...1 }",
                                   "{ a @ }",
                                   "{ a @1 }",
                                   "{ a(b: 01) }",
                                   "{ a(b: 1.) }",
                                   "{ a(b: .5) }",
                                   "{ a(b: -) }",
                                   "{ a(b: +1) }",
                                   "{ a(b: 1e) }",
                                   "{ a(b: 1.0.0) }",
                                   "{ a(b: 1a) }",
                                   "{ a(b: 0x1) }",
                                   "{ a(b: [1) }",
                                   "{ a(b: {c}) }",
                                   "{ a(b: {c: }) }",
                                   "{ a(b: {1: 1}) }",
                                   "{ a(b: \"c) }",
                                   "{ a(b: \"c\nd\") }",
                                   R"({ a(b: "\x") })",
                                   R"({ a(b: "\u12") })",
                                   R"({ a(b: "\uD83D") })",
                                   R"({ a(b: "\uDE00\uD83D") })",
                                   R"({ a(b: "\u{110000}") })",
                                   R"({ a(b: "\u{D800}") })",
                                   R"({ a(b: "\u{}") })",
                                   R"({ a(b: """c) })",
                                   R"({ a(b: ""c"") })",
                                   "{ a(b: 'c') }",
                                   "{ a(b: (c)) }",
                                   "type T { a: Int }",
                                   "schema { query: Q }",
                                   "extend type T { a: Int }",
                                   "{ a(b: \"\x01\") }",
                                   "{ a \x01 }"})
        EXPECT_FALSE(parse_document(text)) << text;
    EXPECT_FALSE(parse_document("{ a(b: \"\xC3\") }"));
    EXPECT_FALSE(parse_document(std::string("{ a }\0", 6)));
}

TEST(Document, SaysWhereTheGrammarIsLeftAndQuotesNothing) {
    auto const error = parse_document("query Q {\r\n  ä: a\n}").error();
    EXPECT_EQ(error.kind, ErrorKind::syntax);
    EXPECT_EQ(error.message, "a field or a fragment was expected");
    EXPECT_EQ(error.locations.at(0), (Location{2, 3}));
    EXPECT_EQ(parse_document("{\r\r a(s: \"ä\" b) }").error().locations.at(0), (Location{3, 12}));
}

TEST(Document, BoundsItsSizeTokensAndNesting) {
    Bounds bounds;
    bounds.tokens = 8;
    ASSERT_TRUE(parse_document("{ a(b: 1) }", bounds));
    EXPECT_EQ(parse_document("{ a(b: 1) c }", bounds).error().kind, ErrorKind::limit);
    bounds = {};
    bounds.bytes = 5;
    ASSERT_TRUE(parse_document("{ a }", bounds));
    EXPECT_EQ(parse_document("{ a  }", bounds).error().kind, ErrorKind::limit);
    bounds = {};
    bounds.nesting = 3;
    ASSERT_TRUE(parse_document("{ a { b { c } } d { e(f: [1]) } }", bounds));
    ASSERT_TRUE(parse_document("query Q($a: [[[Int]]]) { a { b { c } } }", bounds));
    for (auto const* const text :
         {"{ a { b { c { d } } } }", "{ a { b { ... { d } } } }", "{ a(b: [[[1]]]) }",
          "{ a(b: {c: {d: {}}}) }", "query Q($a: [[[[Int]]]]) { a }"})
        EXPECT_EQ(parse_document(text, bounds).error().kind, ErrorKind::limit) << text;
}

// A million opening brackets of any kind end at the bound, without the stack growing.
TEST(Document, WithstandsBombs) {
    Bounds bounds;
    bounds.bytes = bounds.tokens = 10'000'000;
    for (auto const* const part : {"{a", "{...", "{a(b:[", "[", "{a(b:{c:", "...on T{"}) {
        std::string bomb = part[0] == '[' ? "{a(b:" : part[0] == '.' ? "{" : "";
        for (int i = 0; i < 200'000; ++i)
            bomb += part;
        EXPECT_FALSE(parse_document(bomb, bounds)) << part;
    }
    std::string types = "query Q($a:";
    EXPECT_FALSE(parse_document(types + std::string(1'000'000, '[') + "Int", bounds));
    bounds.nesting = 128;
    EXPECT_FALSE(parse_document(
        types + std::string(100, '[') + "Int" + std::string(100, ']') + "){a}", bounds));
    EXPECT_FALSE(parse_document("{a(b:\"" + std::string(1'000'000, '\\'), bounds));
    EXPECT_TRUE(parse_document("{a" + std::string(1'000'000, ',') + "}", bounds));
}

}  // namespace
}  // namespace tunnus::graphql::tests
