// SPDX-License-Identifier: MIT
// Documents made to cost more than they weigh.
#include "plugins/profile/graphql/pets.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace tunnus::graphql::tests {
namespace {

ErrorEntries errors_of(std::string text, Bounds const& bounds) {
    auto const document = parse_document(std::move(text), bounds);
    if (!document) return {document.error()};
    return validate(pets_schema(), **document, bounds);
}

/// Whether the bound and nothing else refuses the text.
void expect_bound(std::string const& text, std::size_t Bounds::*bound, std::size_t needed) {
    Bounds bounds;
    bounds.*bound = needed;
    EXPECT_TRUE(errors_of(text, bounds).empty()) << text;
    bounds.*bound = needed - 1;
    auto const errors = errors_of(text, bounds);
    ASSERT_FALSE(errors.empty()) << text;
    EXPECT_EQ(errors[0].kind, ErrorKind::limit) << text;
}

TEST(Complexity, BoundsDepthThroughFragments) {
    expect_bound("{ dog { owner { pets { name } } } }", &Bounds::depth, 4);
    expect_bound(
        "{ ...A } fragment A on Query { dog { ...B } } fragment B on Dog { owner { ... { name } } "
        "}",
        &Bounds::depth, 3);
}

TEST(Complexity, CountsIntrospectionsDepthApart) {
    expect_bound("{ dog { name } __schema { types { fields { name } } } }",
                 &Bounds::introspection_depth, 4);
    Bounds bounds;
    bounds.depth = 2;
    EXPECT_TRUE(
        errors_of("{ dog { name } __schema { types { fields { name } } } }", bounds).empty());
}

TEST(Complexity, BoundsFieldsAliasesAndRootFields) {
    expect_bound("{ dog { ...A } human { name } } fragment A on Dog { name nickname ... { name } }",
                 &Bounds::fields, 6);
    expect_bound("{ a: old b: old ...F ...F } fragment F on Query { c: old }", &Bounds::aliases, 4);
    expect_bound("{ old dog { name nickname } ...F } fragment F on Query { human { name } }",
                 &Bounds::root_fields, 3);
}

TEST(Complexity, BoundsThePlacesOfVariables) {
    auto const errors = [](std::size_t bound) {
        Bounds bounds;
        bounds.variable_uses = bound;
        return errors_of(
            "query A($a: Boolean!) { dog { ...F ...F } old @skip(if: $a) }"
            " fragment F on Dog { isHouseTrained(atOtherHomes: $a) }",
            bounds);
    };
    EXPECT_TRUE(errors(2).empty()) << "a directive keeps nothing";
    ASSERT_FALSE(errors(1).empty());
}

TEST(Complexity, CountsCostTimesTheItemsThatAreExpected) {
    auto const refused = [](std::string const& text, std::uint64_t cost) {
        Bounds bounds;
        bounds.cost = cost;
        return !errors_of(text, bounds).empty();
    };
    EXPECT_FALSE(refused("{ many { name owner { name } } }", 5 + 10 * 3));
    EXPECT_TRUE(refused("{ many { name owner { name } } }", 5 + 10 * 3 - 1));
    EXPECT_FALSE(refused("{ many(first: 2) { name } }", 7));
    EXPECT_TRUE(refused("{ many(first: 2) { name } }", 6));
    EXPECT_TRUE(refused("{ many(first: 2000000000) { name } }", 14));
    EXPECT_TRUE(refused("{ many(first: -2) { name } }", 14));
    EXPECT_TRUE(refused("query($n: Int = 1) { many(first: $n) { name } }", 14));
}

/// `levels` fragments, each of which spreads the next twice.
std::string doubling(int levels) {
    std::string text = "{ dog { ...F0 } }";
    for (int i = 0; i < levels; ++i) {
        auto const next = "...F" + std::to_string(i + 1);
        auto const at = std::to_string(i);
        text.append(" fragment F").append(at).append(" on Dog { owner { pets { a").append(at);
        text.append(": __typename ... on Dog { ").append(next).append(" ").append(next);
        text.append(" x: owner { pets { ").append(next).append(" } } } } } }");
    }
    return text + " fragment F" + std::to_string(levels) + " on Dog { name }";
}

TEST(Complexity, CountsExponentialFragmentsWithoutExpandingThem) {
    Bounds bounds;
    bounds.depth = 100;
    bounds.expanded_nesting = 200;
    bounds.aliases = 1'000;
    EXPECT_TRUE(errors_of(doubling(2), bounds).empty());
    auto const begin = std::chrono::steady_clock::now();
    auto const errors = errors_of(doubling(40), bounds);
    ASSERT_FALSE(errors.empty());
    EXPECT_EQ(errors[0].kind, ErrorKind::limit);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
}

TEST(Complexity, BoundsChainsOfFragments) {
    std::string text = "{ dog { ...F0 } }";
    for (int i = 0; i < 300; ++i)
        text += " fragment F" + std::to_string(i) + " on Dog { ...F" + std::to_string(i + 1) + " }";
    text += " fragment F300 on Dog { name }";
    Bounds bounds;
    auto const errors = errors_of(text, bounds);
    ASSERT_FALSE(errors.empty());
    EXPECT_EQ(errors[0].kind, ErrorKind::limit);
    bounds.expanded_nesting = 303;
    EXPECT_TRUE(errors_of(text, bounds).empty());
}

TEST(Complexity, ComparesFieldsOfOneNameInLittleTime) {
    // A hundred thousand pairs by the specification's words, and none of them in conflict.
    std::string text = "{ ";
    for (int i = 0; i < 450; ++i)
        text += "dog { owner { name } } ";
    Bounds bounds;
    bounds.fields = bounds.root_fields = 10'000;
    auto const begin = std::chrono::steady_clock::now();
    EXPECT_TRUE(errors_of(text + "}", bounds).empty());
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
    EXPECT_EQ(errors_of(text + "dog { owner { name: __typename } } }", bounds).at(0).kind,
              ErrorKind::validation);
}

TEST(Complexity, BoundsTheFieldsThatAreCompared) {
    Bounds bounds;
    bounds.merge_steps = 5;
    auto const errors = errors_of("{ dog { owner { pets { name } } } human { name } }", bounds);
    ASSERT_FALSE(errors.empty());
    EXPECT_EQ(errors[0].kind, ErrorKind::limit);
    EXPECT_TRUE(errors_of("{ dog { name } }", bounds).empty());
}

TEST(Complexity, StopsManyFragmentsOfCycles) {
    std::string text = "{ dog { ...F0 } }";
    for (int i = 0; i < 300; ++i)
        text += " fragment F" + std::to_string(i) + " on Dog { ...F" +
                std::to_string((i + 1) % 300) + " }";
    auto const errors = errors_of(text, {});
    ASSERT_FALSE(errors.empty());
    EXPECT_EQ(errors[0].kind, ErrorKind::validation);
}

}  // namespace
}  // namespace tunnus::graphql::tests
