// SPDX-License-Identifier: MIT
// Declares a schema in C++, in any order, types and default values in GraphQL's own notation:
//
//     SchemaBuilder schema;
//     schema.interface("Node").field("id", "ID!");
//     schema.enumeration("Language").value("FINNISH").value("SWEDISH");
//     schema.object("Profile", "What the city knows of a person.")
//         .implements("Node")
//         .field("id", "ID!")
//         .field("name", "String", {.description = "All of it.", .permission = "name"})
//         .field("emails", "[String!]", {.arguments = {{"first", "Int", {.default_value = "10"}}},
//                                        .resolve = &emails, .cost = 5, .items = 10});
//     schema.object("Query").field("profile", "Profile", {.resolve = &profile});
//     Schema const built = std::move(schema).build();
//
// `Query` and `Mutation` are the operations' types. Int, Float, String, Boolean, ID, the directives
// @skip, @include, @deprecated and @specifiedBy, and introspection are always there. Mistakes
// are found by build(), at the program's start.
#pragma once

#include "plugins/profile/graphql/schema.hpp"

#include <initializer_list>

namespace tunnus::graphql {

struct InputOptions {
    std::string description = {};
    /// As GraphQL writes it: `"a"`, `[1, 2]`, `null`.
    std::optional<std::string> default_value = {};
    std::optional<std::string> deprecated = {};
};
struct ArgumentDeclaration {
    std::string name;
    std::string type;
    InputOptions options = {};
};
struct FieldOptions {
    std::string description = {};
    std::vector<ArgumentDeclaration> arguments = {};
    Resolver resolve = {};        ///< empty: the parent's member of the field's name
    std::string permission = {};  ///< for Context::permit; the engine does not look at it
    /// What the field costs once, of Bounds::cost.
    std::uint32_t cost = 1;
    /// How many of what stands below it the answer is expected to hold at most: what it costs there
    /// counts so many times. A literal argument `first` or `last` that is smaller is taken instead.
    std::uint32_t items = 1;
    std::optional<std::string> deprecated = {};
};

/// Adds to one type. A reference into the SchemaBuilder: not to be kept.
class TypeBuilder {
  public:
    explicit TypeBuilder(Type& type, class SchemaBuilder& schema) : type_(type), schema_(schema) {}

    /// Of an object or interface.
    TypeBuilder& field(std::string name, std::string type, FieldOptions options = {});
    TypeBuilder& implements(std::string interface_name);
    /// Of an input object.
    TypeBuilder& input(std::string name, std::string type, InputOptions const& options = {});
    /// Of an enumeration.
    TypeBuilder& value(std::string name, std::string description = {},
                       std::optional<std::string> deprecated = {});
    /// Of a union.
    TypeBuilder& member(std::string object_name);

  private:
    Type& type_;
    SchemaBuilder& schema_;
};

class SchemaBuilder {
  public:
    SchemaBuilder();
    ~SchemaBuilder();
    SchemaBuilder(SchemaBuilder const&) = delete;
    SchemaBuilder& operator=(SchemaBuilder const&) = delete;

    TypeBuilder object(std::string name, std::string description = {});
    TypeBuilder interface(std::string name, std::string description = {});
    TypeBuilder union_type(std::string name, std::string description = {});
    TypeBuilder enumeration(std::string name, std::string description = {});
    TypeBuilder input_object(std::string name, std::string description = {});
    /// `accepts` judges values in and out; empty: all are fine.
    void scalar(std::string name, std::string description = {},
                std::function<bool(boost::json::value const&)> accepts = {},
                std::string specified_by = {});

    /// The whole, checked by section 3: names, kinds, interfaces fulfilled, default values of their
    /// type. Throws std::logic_error that names what is wrong.
    [[nodiscard]] Schema build() &&;

  private:
    friend class TypeBuilder;
    TypeBuilder add(TypeKind kind, std::string name, std::string description);
    void resolve_references();
    void fill_possible_types();
    void set_default_values();
    void check() const;

    Schema schema_;
    // What is still a name; resolved by build().
    struct Reference {
        Type* owner;
        std::size_t field;
        std::optional<std::size_t> argument;
        std::string text;
        std::optional<std::string> default_value;
    };
    std::vector<Reference> references_;
    struct Link {
        Type* owner;
        std::string name;
    };
    std::vector<Link> interfaces_;
    std::vector<Link> members_;
    std::shared_ptr<class IntrospectionData> introspection_;
};

}  // namespace tunnus::graphql
