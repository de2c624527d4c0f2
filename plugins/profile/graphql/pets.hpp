// SPDX-License-Identifier: MIT
// For tests: the type system of section 5's examples, with a few fields more for values of every
// kind, and an engine's answers as JSON.
#pragma once

#include "plugins/profile/graphql/engine.hpp"
#include "plugins/profile/graphql/schema_builder.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace tunnus::graphql::tests {

/// The operation's fields are the members of `root`.
class RootContext : public Context {
  public:
    explicit RootContext(boost::json::value value) : root(std::move(value)) {}

    std::optional<FieldError> permit(Visit const& visit) override {
        if (visit.field.permission.empty()) return std::nullopt;
        return FieldError{"FIELD_NOT_ALLOWED_ERROR", "this field is not allowed", "", {}};
    }

    boost::json::value root;
};

inline Resolution from_root(Call const& call) {
    auto const* const member = call.in<RootContext>().root.as_object().if_contains(call.field.name);
    return member ? Resolved::borrowed(*member) : Resolved(nullptr);
}

inline Schema pets() {
    SchemaBuilder schema;
    schema.enumeration("DogCommand").value("SIT").value("DOWN").value("HEEL");
    schema.enumeration("CatCommand").value("JUMP");
    schema.interface("Sentient").field("name", "String!");
    schema.interface("Pet").field("name", "String!");
    schema.object("Alien")
        .implements("Sentient")
        .field("name", "String!")
        .field("homePlanet", "String");
    schema.object("Human").implements("Sentient").field("name", "String!").field("pets", "[Pet!]");
    schema.object("Dog")
        .implements("Pet")
        .field("name", "String!")
        .field("nickname", "String")
        .field("barkVolume", "Int")
        .field("doesKnowCommand", "Boolean!", {.arguments = {{"dogCommand", "DogCommand!"}}})
        .field("isHouseTrained", "Boolean!", {.arguments = {{"atOtherHomes", "Boolean"}}})
        .field("owner", "Human");
    schema.object("Cat")
        .implements("Pet")
        .field("name", "String!")
        .field("nickname", "String")
        .field("doesKnowCommand", "Boolean!", {.arguments = {{"catCommand", "CatCommand!"}}})
        .field("meowVolume", "Int");
    schema.union_type("CatOrDog").member("Cat").member("Dog");
    schema.union_type("DogOrHuman").member("Dog").member("Human");
    schema.union_type("HumanOrAlien").member("Human").member("Alien");
    schema.input_object("FindDogInput").input("name", "String").input("owner", "String");
    schema.input_object("ComplexInput")
        .input("name", "String")
        .input("must", "Int!")
        .input("byDefault", "Boolean!", {.default_value = "true"})
        .input("commands", "[DogCommand!]")
        .input("inner", "ComplexInput");
    schema.scalar("Any", "Whatever JSON holds.");
    schema.object("Arguments")
        .field("multipleRequirements", "Int!", {.arguments = {{"x", "Int!"}, {"y", "Int!"}}})
        .field("booleanArgField", "Boolean", {.arguments = {{"booleanArg", "Boolean"}}})
        .field("floatArgField", "Float", {.arguments = {{"floatArg", "Float"}}})
        .field("intArgField", "Int", {.arguments = {{"intArg", "Int"}}})
        .field("idArgField", "ID", {.arguments = {{"idArg", "ID"}}})
        .field("stringArgField", "String", {.arguments = {{"stringArg", "String"}}})
        .field("nonNullBooleanArgField", "Boolean!",
               {.arguments = {{"nonNullBooleanArg", "Boolean!"}}})
        .field("booleanListArgField", "[Boolean]!",
               {.arguments = {{"booleanListArg", "[Boolean]!"}}})
        .field("nonNullBooleanListField", "[Boolean!]",
               {.arguments = {{"nonNullBooleanListArg", "[Boolean!]"}}})
        .field("optionalNonNullBooleanArgField", "Boolean!",
               {.arguments = {{"optionalBooleanArg", "Boolean!", {.default_value = "false"}}}})
        .field("complexArgField", "String", {.arguments = {{"complexArg", "ComplexInput"}}})
        .field("matrixArgField", "[[Int]]", {.arguments = {{"matrixArg", "[[Int!]!]"}}})
        .field("anyArgField", "Any", {.arguments = {{"anyArg", "Any"}}});
    auto query = schema.object("Query");
    auto const root = [&query](char const* name, char const* type,
                               std::vector<ArgumentDeclaration> arguments = {}) {
        query.field(name, type, {.arguments = std::move(arguments), .resolve = &from_root});
    };
    root("dog", "Dog");
    root("pet", "Pet");
    root("human", "Human");
    root("catOrDog", "CatOrDog");
    root("dogOrHuman", "DogOrHuman");
    root("sentients", "[Sentient]");
    root("arguments", "Arguments");
    root("findDog", "Dog", {{"searchBy", "FindDogInput"}});
    root("booleanList", "Boolean", {{"booleanListArg", "[Boolean!]"}});
    query.field("secret", "String", {.resolve = &from_root, .permission = "secret"});
    query.field("many", "[Dog!]",
                {.arguments = {{"first", "Int", {.default_value = "10"}}},
                 .resolve = &from_root,
                 .cost = 5,
                 .items = 10});
    query.field("echo", "Any",
                {.arguments = {{"value", "ComplexInput"}, {"any", "Any"}, {"text", "String"}},
                 .resolve = [](Call const& call) { return Resolved(call.arguments); }});
    query.field("old", "String", {.resolve = &from_root, .deprecated = "It is old."});
    auto mutation = schema.object("Mutation");
    mutation.field("count", "Int!", {.resolve = [](Call const& call) -> Resolution {
                       auto& count = call.in<RootContext>().root.at("count").as_int64();
                       return Resolved(++count);
                   }});
    mutation.field("fail", "Int", {.resolve = [](Call const&) -> Resolution {
                       return FieldError{"DATA_CONFLICT_ERROR", "it is taken", "row 7", {}};
                   }});
    mutation.field("failHard", "Int!", {.resolve = [](Call const&) -> Resolution {
                       return FieldError{"DATA_CONFLICT_ERROR", "it is taken", "", {}};
                   }});
    return std::move(schema).build();
}

inline Schema const& pets_schema() {
    static Schema const schema = pets();
    return schema;
}

inline boost::json::value const& animals() {
    static boost::json::value const value = boost::json::parse(R"({
        "dog": {"name": "Musti", "nickname": "Mu", "barkVolume": 7, "doesKnowCommand": true,
                "isHouseTrained": false,
                "owner": {"name": "Aino", "pets": [
                    {"__typename": "Cat", "name": "Miisu", "meowVolume": 2, "doesKnowCommand": true},
                    {"__typename": "Dog", "name": "Musti", "barkVolume": 7, "isHouseTrained": true}]}},
        "pet": {"__typename": "Cat", "name": "Miisu", "nickname": null, "meowVolume": 2},
        "human": {"name": "Aino", "pets": null},
        "catOrDog": {"__typename": "Dog", "name": "Musti", "barkVolume": 7},
        "dogOrHuman": {"__typename": "Human", "name": "Eero",
                       "pets": [{"__typename": "Cat", "name": null}]},
        "sentients": [{"__typename": "Human", "name": "Aino"}, null,
                      {"__typename": "Alien", "name": null},
                      {"__typename": "Alien", "name": "Zog", "homePlanet": "\u00e4\"\\\n\u0001"}],
        "arguments": {"multipleRequirements": 1, "booleanArgField": true, "floatArgField": 1.5,
                      "intArgField": 3, "idArgField": 17, "stringArgField": "s",
                      "nonNullBooleanArgField": null, "booleanListArgField": [true, null],
                      "nonNullBooleanListField": [true, null],
                      "optionalNonNullBooleanArgField": true, "complexArgField": "c",
                      "matrixArgField": [[1, null], null, []], "anyArgField": {"a": [1]}},
        "findDog": {"name": null}, "booleanList": true, "secret": "s", "old": "o", "count": 0,
        "many": [{"name": "A", "doesKnowCommand": null}, {"name": "B"}]})");
    return value;
}

/// What an engine answers; introspection is on.
inline Response ask(std::string query, boost::json::object const& variables = {},
                    std::string const& operation_name = {}, Bounds const& bounds = {}) {
    auto const& schema = pets_schema();
    RootContext context(animals());
    auto const document = parse_document(std::move(query), bounds);
    if (!document) return {refusal({document.error()}), {document.error()}};
    if (auto errors = validate(schema, **document, bounds); !errors.empty()) {
        auto body = refusal(errors);
        return {std::move(body), std::move(errors)};
    }
    auto const operation = find_operation(**document, operation_name);
    if (!operation) return {refusal({operation.error()}), {operation.error()}};
    return execute(schema, **document, **operation, variables, context, bounds);
}

/// The text of `data`, keys in their order.
inline std::string data_of(Response const& response) {
    auto const body = boost::json::parse(response.body).as_object();
    return body.contains("data") ? boost::json::serialize(body.at("data")) : "no data";
}

}  // namespace tunnus::graphql::tests
