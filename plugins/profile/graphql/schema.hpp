// SPDX-License-Identifier: MIT
// A type system (October 2021, section 3): what SchemaBuilder makes of its declarations. Immutable,
// shared by any number of threads.
//
// Values are JSON: an object type's value is a JSON object, and a field without a resolver is the
// member of its name. The value of an interface or union names its object type in the member
// `__typename`. A list is an array; Int, Float, String, Boolean and enumerations are what they look
// like; an ID is a string or an integer; a scalar of the schema's own is any JSON.
#pragma once

#include "plugins/profile/graphql/resolver.hpp"
#include "plugins/profile/graphql/wrapping.hpp"

#include <deque>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

namespace tunnus::graphql {

/// The scalars of GraphQL itself (3.5).
enum class BuiltIn { none, integer, floating, string, boolean, id };

enum class TypeKind { scalar, object, interface, union_type, enumeration, input_object };

/// The type of a field, an argument or a variable.
struct TypeReference {
    Type const* type = nullptr;
    Wrapping wrapping;

    [[nodiscard]] std::string text() const;
    [[nodiscard]] TypeReference item() const { return {type, wrapping.item()}; }
    [[nodiscard]] TypeReference nullable() const { return {type, wrapping.nullable()}; }
    friend bool operator==(TypeReference const&, TypeReference const&) = default;
};

/// An argument, or a field of an input object.
struct InputValue {
    std::string name;
    std::string description;
    TypeReference type;
    std::optional<boost::json::value> default_value;  ///< coerced
    std::string default_text;                         ///< as GraphQL writes it
    std::optional<std::string> deprecated;            ///< the reason

    [[nodiscard]] bool required() const { return type.wrapping.is_not_null() && !default_value; }
};

struct Field {
    std::string name;
    std::string description;
    TypeReference type;
    std::vector<InputValue> arguments;
    std::optional<std::string> deprecated;
    Resolver resolve;        ///< empty: the parent's member
    std::string permission;  ///< see FieldOptions
    std::uint32_t cost = 1;
    std::uint32_t items = 1;

    [[nodiscard]] InputValue const* find_argument(std::string_view argument) const;
};

struct EnumValue {
    std::string name;
    std::string description;
    std::optional<std::string> deprecated;
};

struct Type {
    TypeKind kind = TypeKind::scalar;
    std::string name;
    std::string description;
    bool introspection = false;            ///< one of the types that start with `__`
    std::vector<Field> fields;             ///< of objects and interfaces
    std::vector<Type const*> interfaces;   ///< that it implements
    std::vector<Type const*> possible;     ///< objects that its value may be; an object's is itself
    std::vector<EnumValue> values;         ///< of an enumeration
    std::vector<InputValue> input_fields;  ///< of an input object
    BuiltIn built_in = BuiltIn::none;      ///< of a scalar
    std::string specified_by;              ///< of a scalar: the URL of its specification
    /// Of a scalar of the schema's own: whether a JSON value is one, in and out. Empty: every
    /// value is.
    std::function<bool(boost::json::value const&)> accepts;

    [[nodiscard]] Field const* find_field(std::string_view field) const;
    [[nodiscard]] InputValue const* find_input_field(std::string_view field) const;
    [[nodiscard]] EnumValue const* find_value(std::string_view value) const;
    [[nodiscard]] bool is_leaf() const {
        return kind == TypeKind::scalar || kind == TypeKind::enumeration;
    }
    [[nodiscard]] bool is_input() const { return is_leaf() || kind == TypeKind::input_object; }
    [[nodiscard]] bool is_composite() const { return !is_input(); }
    /// Whether `object` is this type, implements it or is a member of it.
    [[nodiscard]] bool includes(Type const& object) const;
    /// Whether some object is both: a fragment on one may then stand in the other (5.5.2.3).
    [[nodiscard]] bool overlaps(Type const& other) const;

    // For the look-ups above; SchemaBuilder fills them.
    std::unordered_map<std::string_view, std::uint32_t> by_name;
};

struct DirectiveDefinition {
    std::string name;
    std::string description;
    std::vector<InputValue> arguments;
    /// As in GraphQL: `FIELD`, `FRAGMENT_SPREAD`, …
    std::vector<std::string> locations;
};

class Schema {
  public:
    Schema(Schema&&) = default;
    Schema& operator=(Schema&&) = delete;

    [[nodiscard]] Type const* find_type(std::string_view name) const;
    [[nodiscard]] DirectiveDefinition const* find_directive(std::string_view name) const;
    [[nodiscard]] Type const& query() const { return *query_; }
    [[nodiscard]] Type const* mutation() const { return mutation_; }  ///< null: there are none
    /// In the order of their declaration, those of GraphQL itself last.
    [[nodiscard]] std::deque<Type> const& types() const { return types_; }
    [[nodiscard]] std::deque<DirectiveDefinition> const& directives() const { return directives_; }
    /// The field that every object and interface has, and those of the query type alone (4.1, 4.2).
    [[nodiscard]] Field const& typename_field() const { return meta_.at(0); }
    [[nodiscard]] Field const& schema_field() const { return meta_.at(1); }
    [[nodiscard]] Field const& type_field() const { return meta_.at(2); }
    /// A field of that type, those three included; null when there is none.
    [[nodiscard]] Field const* find_field(Type const& type, std::string_view name) const;

  private:
    friend class SchemaBuilder;
    Schema() = default;
    std::deque<Type> types_;
    std::deque<DirectiveDefinition> directives_;
    std::vector<Field> meta_;
    std::unordered_map<std::string_view, Type*> by_name_;
    Type const* query_ = nullptr;
    Type const* mutation_ = nullptr;
};

}  // namespace tunnus::graphql
