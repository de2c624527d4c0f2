// SPDX-License-Identifier: MIT
// Section 5, rule by rule, mostly on the specification's own examples: first what is valid.
#include "plugins/profile/graphql/pets.hpp"

#include <gtest/gtest.h>

namespace tunnus::graphql::tests {
namespace {

/// The first message, `` when the document is valid.
std::string problem(std::string const& text, Introspection introspection = Introspection::on) {
    auto const document = parse_document(text);
    EXPECT_TRUE(document) << text;
    if (!document) return "it does not parse";
    auto const errors = validate(pets_schema(), **document, {}, introspection);
    if (errors.empty()) return "";
    EXPECT_EQ(errors[0].kind, ErrorKind::validation) << text;
    EXPECT_FALSE(errors[0].locations.empty()) << text;
    return errors[0].message;
}

void expect_valid(std::initializer_list<char const*> texts) {
    for (auto const* const text : texts)
        EXPECT_EQ(problem(text), "") << text;
}
void expect_invalid(std::string_view message, std::initializer_list<char const*> texts) {
    for (auto const* const text : texts)
        EXPECT_NE(problem(text).find(message), std::string::npos) << text << "\n" << problem(text);
}

TEST(Validation, Section5_2_1_1OperationNamesAreUnique) {
    expect_valid(
        {"query getDogName { dog { name } } query getOwnerName { dog { owner { name } } }"});
    expect_invalid("more than one operation",
                   {"query getName { dog { name } } query getName { dog { owner { name } } }",
                    "query dogOperation { dog { name } } mutation dogOperation { fail }"});
}

TEST(Validation, Section5_2_2_1AnAnonymousOperationIsAlone) {
    expect_valid({"{ dog { name } }"});
    expect_invalid("without a name", {"{ dog { name } } query getName { dog { owner { name } } }",
                                      "{ dog { name } } { dog { name } }"});
}

TEST(Validation, Section5_2_3SubscriptionsAreNotOffered) {
    expect_invalid("no operations of this kind", {"subscription sub { newMessage { body } }"});
}

TEST(Validation, Section5_3_1FieldsExist) {
    expect_valid({"{ dog { name } } ", "{ pet { name } }",
                  "{ catOrDog { __typename ... on Pet { name } } }"});
    expect_invalid("has no field",
                   {"{ dog { meowVolume } }", "{ dog { barkVolume: kawVolume } }",
                    "{ pet { nickname } }", "{ catOrDog { name } }",
                    "{ dog { __schema { description } } }", "mutation { dog { name } }"});
}

TEST(Validation, Section5_3_2FieldsOfOneNameCanBeMerged) {
    expect_valid(
        {"{ dog { name name otherName: name otherName: name } }",
         "{ dog { doesKnowCommand(dogCommand: SIT) doesKnowCommand(dogCommand: SIT) } }",
         "query($d: DogCommand!) { dog { doesKnowCommand(dogCommand: $d) "
         "doesKnowCommand(dogCommand: $d) } }",
         "{ pet { ... on Dog { volume: barkVolume } ... on Cat { volume: meowVolume } } }",
         "{ pet { ... on Dog { doesKnowCommand(dogCommand: SIT) } ... on Cat { "
         "doesKnowCommand(catCommand: JUMP) } } }",
         "{ a: echo(value: {must: 1, name: \"n\"}) a: echo(value: {name: \"n\", must: 1}) }",
         "{ sentients { ... on Alien { x: name } ... on Human { x: name pets { name } } name } }"});
    expect_invalid(
        "not the same",
        {"{ dog { name: nickname name } }",
         "{ dog { doesKnowCommand(dogCommand: SIT) doesKnowCommand(dogCommand: HEEL) } }",
         "query($d: DogCommand!) { dog { doesKnowCommand(dogCommand: SIT) "
         "doesKnowCommand(dogCommand: $d) } }",
         "query($a: DogCommand!, $b: DogCommand!) { dog { doesKnowCommand(dogCommand: $a) "
         "doesKnowCommand(dogCommand: $b) } }",
         "{ dog { isHouseTrained isHouseTrained(atOtherHomes: true) } }",
         "{ pet { ... on Dog { someValue: nickname } ... on Cat { someValue: meowVolume } } }",
         "{ pet { ... on Dog { x: name } ... on Cat { x: nickname } } }",
         "{ pet { ... on Dog { n: nickname } ... on Pet { n: name } } }",
         "{ dog { owner { name } } dog { owner { name: __typename } } }",
         "{ dog { ...A ...B } } fragment A on Dog { x: name } fragment B on Dog { x: __typename }",
         "{ pet { ... on Dog { o: owner { x: name } } ... on Cat { o: nickname } } }",
         "{ dogOrHuman { ... on Dog { x: owner { y: name } } ... on Human { x: pets { y: name } } "
         "} }",
         "{ a: echo(value: {must: 1}) a: echo(value: {must: 2}) }",
         "{ a: echo(any: [1, 2]) a: echo(any: [2, 1]) }"});
}

TEST(Validation, Section5_3_3LeavesHaveNoSelectionAndOthersNeedOne) {
    expect_valid({"{ dog { barkVolume } }"});
    expect_invalid("has no fields",
                   {"{ dog { barkVolume { sinceWhen } } }", "{ dog { __typename { x } } }"});
    expect_invalid("needs a selection",
                   {"{ human }", "query q { pet }", "{ catOrDog }", "{ __schema }"});
}

TEST(Validation, Section5_4_1ArgumentsAreKnown) {
    expect_valid(
        {"{ dog { ...F } } fragment F on Dog { doesKnowCommand(dogCommand: SIT) "
         "isHouseTrained(atOtherHomes: true) @include(if: true) }"});
    expect_invalid(
        "has no argument",
        {"{ dog { doesKnowCommand(command: CLEAN_UP_HOUSE, dogCommand: SIT) } }",
         "{ dog { isHouseTrained @include(if: true, unless: false) } }", "{ dog(x: 1) { name } }"});
}

TEST(Validation, Section5_4_2ArgumentsAreUnique) {
    expect_valid({"{ arguments { multipleRequirements(y: 2, x: 1) } }"});
    expect_invalid("more than once", {"{ arguments { multipleRequirements(x: 1, y: 2, x: 1) } }",
                                      "{ dog { name @skip(if: true, if: true) } }"});
}

TEST(Validation, Section5_4_2_1RequiredArgumentsAreGiven) {
    expect_valid(
        {"{ arguments { booleanArgField(booleanArg: true) "
         "nonNullBooleanArgField(nonNullBooleanArg: true) } }",
         "{ arguments { booleanArgField optionalNonNullBooleanArgField } }"});
    expect_invalid("needs the argument",
                   {"{ arguments { nonNullBooleanArgField } }", "{ dog { name @skip } }",
                    "{ arguments { multipleRequirements(x: 1) } }"});
    expect_invalid("was expected",
                   {"{ arguments { nonNullBooleanArgField(nonNullBooleanArg: null) } }",
                    "{ arguments { optionalNonNullBooleanArgField(optionalBooleanArg: null) } }"});
}

TEST(Validation, Section5_5_1_1FragmentNamesAreUnique) {
    expect_valid(
        {"{ dog { ...A ...B } } fragment A on Dog { name } fragment B on Dog { owner { name } }"});
    expect_invalid(
        "more than one fragment",
        {"{ dog { ...A } } fragment A on Dog { name } fragment A on Dog { owner { name } }"});
}

TEST(Validation, Section5_5_1_2FragmentTypesExist) {
    expect_valid(
        {"{ dog { ...A ... on Dog { name } ... @include(if: true) { name } } } fragment A on Dog { "
         "name }"});
    expect_invalid("no type", {"{ dog { ...A } } fragment A on NotInSchema { name }",
                               "{ dog { ... on NotInSchema { name } } }"});
}

TEST(Validation, Section5_5_1_3FragmentsStandOnCompositeTypes) {
    expect_valid(
        {"{ catOrDog { ...A ...B ...C } } fragment A on Dog { name } fragment B on Pet { name } "
         "fragment C on CatOrDog { ... on Dog { name } }"});
    expect_invalid(
        "cannot stand on",
        {"{ dog { ...A } } fragment A on Int { something }", "{ dog { ... on Boolean { x } } }",
         "{ dog { ... on FindDogInput { name } } }", "{ dog { ... on DogCommand { name } } }"});
}

TEST(Validation, Section5_5_1_4FragmentsAreUsed) {
    expect_valid({"{ dog { ...A } } fragment A on Dog { ...B } fragment B on Dog { name }"});
    expect_invalid("is not used",
                   {"{ dog { name } } fragment A on Dog { name }",
                    "{ dog { name } } fragment A on Dog { ...B } fragment B on Dog { name }",
                    "fragment A on Dog { name }"});
}

TEST(Validation, Section5_5_2_1SpreadFragmentsExist) {
    expect_invalid("no fragment", {"{ dog { ...undefinedFragment } }"});
}

TEST(Validation, Section5_5_2_2FragmentsDoNotLeadBackToThemselves) {
    expect_invalid(
        "leads back",
        {"{ dog { ...A } } fragment A on Dog { name ...B } fragment B on Dog { barkVolume ...A }",
         "{ dog { ...A } } fragment A on Dog { ...A }",
         "{ dog { ...A } } fragment A on Dog { owner { ...B } } fragment B on Human { pets { ...A "
         "} }",
         "{ dog { ...A ...C } } fragment A on Dog { ...B } fragment B on Dog { ...A } fragment C "
         "on Dog { name }"});
}

TEST(Validation, Section5_5_2_3SpreadsArePossible) {
    expect_valid(
        {"{ dog { ... on Dog { barkVolume } } }",
         "{ dog { ... on Pet { name } ... on CatOrDog { ... on Cat { meowVolume } } } }",
         "{ pet { ... on Dog { barkVolume } ... on DogOrHuman { ... on Dog { barkVolume } } } }",
         "{ sentients { ... on HumanOrAlien { __typename } } }"});
    expect_invalid(
        "cannot stand in",
        {"{ dog { ... on Cat { meowVolume } } }", "{ human { ... on Pet { name } } }",
         "{ pet { ... on Sentient { name } } }", "{ pet { ... on HumanOrAlien { __typename } } }",
         "{ catOrDog { ...A } } fragment A on Alien { name }"});
}

TEST(Validation, Section5_6_1ValuesAreOfTheirType) {
    expect_valid(
        {"{ arguments { booleanArgField(booleanArg: true) intArgField(intArg: 123) "
         "floatArgField(floatArg: 123) idArgField(idArg: 1) } }",
         "{ arguments { intArgField(intArg: -2147483648) stringArgField(stringArg: null) "
         "idArgField(idArg: \"x\") matrixArgField(matrixArg: 1) } }",
         "query($v: ComplexInput = {name: \"Fido\", must: 1}) { echo(value: $v) }",
         "{ echo(any: {free: [1, \"a\", E, {x: 1.5}]}) }",
         "{ booleanList(booleanListArg: true) }"});
    expect_invalid("was expected",
                   {"{ arguments { intArgField(intArg: \"123\") } }",
                    "{ arguments { intArgField(intArg: 2147483648) } }",
                    "{ arguments { intArgField(intArg: 1.0) } }",
                    "{ arguments { floatArgField(floatArg: \"1\") } }",
                    "{ arguments { floatArgField(floatArg: 1e400) } }",
                    "{ arguments { booleanArgField(booleanArg: 1) } }",
                    "{ arguments { stringArgField(stringArg: E) } }",
                    "{ arguments { idArgField(idArg: 1.5) } }",
                    "{ dog { doesKnowCommand(dogCommand: \"SIT\") } }",
                    "{ dog { doesKnowCommand(dogCommand: JUMP) } }",
                    "{ arguments { matrixArgField(matrixArg: [[null]]) } }",
                    "{ booleanList(booleanListArg: [true, 1]) }",
                    "{ findDog(searchBy: [1]) { name } }", "{ findDog(searchBy: \"x\") { name } }",
                    "query($v: ComplexInput = {name: 123, must: 1}) { echo(value: $v) }",
                    "query($i: Int! = null) { echo(any: $i) }", "{ dog { name @skip(if: 1) } }"});
}

TEST(Validation, Section5_6_2To5_6_4InputObjectsAreWhole) {
    expect_valid(
        {"{ findDog(searchBy: {name: \"Fido\"}) { name } }", "{ echo(value: {must: 1}) }"});
    expect_invalid("has no field",
                   {"{ findDog(searchBy: {favoriteCookieFlavor: \"Bacon\"}) { name } }"});
    expect_invalid("more than once",
                   {"{ findDog(searchBy: {name: \"a\", name: \"b\"}) { name } }"});
    expect_invalid("is missing",
                   {"{ echo(value: {}) }", "{ echo(value: {must: 1, inner: {name: \"x\"}}) }"});
}

TEST(Validation, Section5_7DirectivesAreKnownInPlaceAndUnique) {
    expect_valid(
        {"query($foo: Boolean = true, $bar: Boolean = false) { dog @skip(if: $foo) { name } dog "
         "@skip(if: $bar) { nickname } }",
         "{ dog { ... @skip(if: true) @include(if: true) { name } ...A @skip(if: false) } } "
         "fragment A on Dog { name }"});
    expect_invalid("no directive", {"{ dog @unknown { name } }"});
    expect_invalid("cannot stand here",
                   {"query @skip(if: true) { dog { name } }", "{ dog { name @deprecated } }",
                    "query($a: Int @include(if: true)) { echo(any: $a) }",
                    "{ dog { ...A } } fragment A on Dog @skip(if: true) { name }"});
    expect_invalid("more than once", {"{ dog @skip(if: true) @skip(if: false) { name } }"});
}

TEST(Validation, Section5_8_1And5_8_2VariablesAreUniqueAndOfInputTypes) {
    expect_valid(
        {"query($a: Any, $b: [Boolean!], $c: ComplexInput) { booleanList(booleanListArg: $b) "
         "echo(value: $c, any: $a) }"});
    expect_invalid("defined more than once", {"query($a: Any, $a: Any) { echo(any: $a) }"});
    expect_invalid("cannot be of the type",
                   {"query($a: Cat) { echo(any: $a) }", "query($a: [Pet]) { echo(any: $a) }",
                    "query($a: CatOrDog!) { echo(any: $a) }"});
    expect_invalid("no type", {"query($a: Nothing) { echo(any: $a) }"});
}

TEST(Validation, Section5_8_3VariablesAreDefined) {
    expect_valid(
        {"query q($a: Boolean) { dog { ...F } } fragment F on Dog { isHouseTrained(atOtherHomes: "
         "$a) }"});
    expect_invalid(
        "is not defined",
        {"{ dog { isHouseTrained(atOtherHomes: $a) } }",
         "{ dog { ...F } } fragment F on Dog { isHouseTrained(atOtherHomes: $a) }",
         "{ dog { ...F } } fragment F on Dog { ...G } fragment G on Dog { name @skip(if: $a) }",
         ("query A($a: Boolean) { dog { ...F } } query B { dog { ...F } } fragment F on Dog { "
          "isHouseTrained(atOtherHomes: $a) }"),
         "{ echo(any: [{x: $a}]) }"});
}

TEST(Validation, Section5_8_4VariablesAreUsed) {
    expect_invalid("is not used",
                   {"query($a: Boolean) { dog { name } }",
                    "query A($a: Boolean) { dog { ...F } } query B($a: Boolean) { dog { name } } "
                    "fragment F on Dog { isHouseTrained(atOtherHomes: $a) }"});
}

TEST(Validation, Section5_8_5VariablesFitTheirPlaces) {
    expect_valid(
        {"query($a: Boolean!) { arguments { booleanArgField(booleanArg: $a) } }",
         "query($a: [Boolean!]) { booleanList(booleanListArg: $a) }",
         "query($a: Boolean) { arguments { optionalNonNullBooleanArgField(optionalBooleanArg: $a) "
         "} }",
         "query($a: Boolean = true) { arguments { nonNullBooleanArgField(nonNullBooleanArg: $a) } "
         "}",
         "query($a: Boolean) { echo(value: {must: 1, byDefault: $a}) }",
         "query($a: Boolean!) { arguments { booleanListArgField(booleanListArg: [$a]) } }"});
    expect_invalid(
        "is needed here",
        {"query($a: Int) { arguments { booleanArgField(booleanArg: $a) } }",
         "query($a: [Boolean]) { arguments { booleanArgField(booleanArg: $a) } }",
         "query($a: Boolean) { arguments { nonNullBooleanArgField(nonNullBooleanArg: $a) } }",
         "query($a: Boolean = null) { arguments { nonNullBooleanArgField(nonNullBooleanArg: $a) } "
         "}",
         "query($a: [Boolean]) { arguments { nonNullBooleanListField(nonNullBooleanListArg: $a) } "
         "}",
         "query($a: Boolean!) { arguments { booleanListArgField(booleanListArg: $a) } }",
         "query($a: Boolean) { dog { name @skip(if: $a) } }",
         "query($a: Int) { echo(value: {must: $a}) }"});
}

TEST(Validation, RefusesIntrospectionWhereItIsSwitchedOff) {
    for (auto const* const text :
         {"{ __schema { types { name } } }", "{ x: __type(name: \"Dog\") { name } }",
          "{ ...F } fragment F on Query { __schema { types { name } } }"}) {
        EXPECT_EQ(problem(text), "") << text;
        EXPECT_EQ(problem(text, Introspection::off), "introspection is switched off") << text;
    }
    EXPECT_EQ(problem("{ __typename dog { __typename } }", Introspection::off), "");
}

TEST(Validation, ReportsNoMoreThanSoManyErrorsAndSuggestsNothing) {
    Bounds bounds;
    bounds.errors = 3;
    auto const document = parse_document("{ a b c d dogg }");
    auto const errors = validate(pets_schema(), **document, bounds);
    EXPECT_EQ(errors.size(), 3U);
    EXPECT_EQ(problem("{ dogg { name } }"), "\"Query\" has no field \"dogg\"");
    auto const name = problem("{ " + std::string(5'000, 'x') + " }");
    EXPECT_LT(name.size(), 120U);
}

}  // namespace
}  // namespace tunnus::graphql::tests
