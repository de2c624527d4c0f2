// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql/introspection.hpp"

#include "plugins/profile/graphql/schema_builder.hpp"

#include <algorithm>

namespace tunnus::graphql {
namespace {

namespace json = boost::json;

std::string_view kind_name(TypeKind kind) {
    switch (kind) {
        case TypeKind::scalar:
            return "SCALAR";
        case TypeKind::object:
            return "OBJECT";
        case TypeKind::interface:
            return "INTERFACE";
        case TypeKind::union_type:
            return "UNION";
        case TypeKind::enumeration:
            return "ENUM";
        case TypeKind::input_object:
            break;
    }
    return "INPUT_OBJECT";
}

json::value text_or_null(std::string const& text) {
    if (text.empty()) return nullptr;
    return json::string(text);
}

json::value describe(TypeReference const& type) {
    if (type.wrapping.is_not_null())
        return {{"kind", "NON_NULL"}, {"ofType", describe(type.nullable())}};
    if (type.wrapping.is_list()) return {{"kind", "LIST"}, {"ofType", describe(type.item())}};
    return json::string(type.type->name);
}

/// What arguments, fields and the values of enumerations have in common.
template <class Member>
json::object describe_member(Member const& member) {
    json::object object{{"name", member.name}, {"description", text_or_null(member.description)}};
    object["isDeprecated"] = member.deprecated.has_value();
    object["deprecationReason"] =
        member.deprecated ? json::value(*member.deprecated) : json::value(nullptr);
    return object;
}

json::array describe(std::vector<InputValue> const& inputs) {
    json::array list;
    for (auto const& input : inputs) {
        auto object = describe_member(input);
        object["type"] = describe(input.type);
        object["defaultValue"] = text_or_null(input.default_text);
        list.push_back(std::move(object));
    }
    return list;
}

json::array names_of(std::vector<Type const*> const& types) {
    json::array names;
    for (auto const* const type : types)
        names.emplace_back(type->name);
    return names;
}

json::array describe(std::vector<Field> const& fields) {
    json::array list;
    for (auto const& field : fields) {
        auto object = describe_member(field);
        object["args"] = describe(field.arguments);
        object["type"] = describe(field.type);
        list.push_back(std::move(object));
    }
    return list;
}

json::array describe(std::vector<EnumValue> const& values) {
    json::array list;
    for (auto const& value : values)
        list.push_back(describe_member(value));
    return list;
}

/// Members that a kind of type does not have are null (4.2.2).
json::object describe(Type const& type) {
    json::object object{{"kind", kind_name(type.kind)},
                        {"name", type.name},
                        {"description", text_or_null(type.description)},
                        {"specifiedByURL", text_or_null(type.specified_by)}};
    bool const has_fields = type.kind == TypeKind::object || type.kind == TypeKind::interface;
    if (has_fields) {
        object["fields"] = describe(type.fields);
        object["interfaces"] = names_of(type.interfaces);
    }
    if (type.kind == TypeKind::interface || type.kind == TypeKind::union_type)
        object["possibleTypes"] = names_of(type.possible);
    if (type.kind == TypeKind::enumeration) object["enumValues"] = describe(type.values);
    if (type.kind == TypeKind::input_object) object["inputFields"] = describe(type.input_fields);
    return object;
}

json::object describe(DirectiveDefinition const& directive) {
    json::array locations;
    for (auto const& location : directive.locations)
        locations.emplace_back(location);
    return {{"name", directive.name},
            {"description", text_or_null(directive.description)},
            {"isRepeatable", false},
            {"locations", std::move(locations)},
            {"args", describe(directive.arguments)}};
}

/// Of a list whose elements may be deprecated: without those, unless the argument asks for them.
json::value without_deprecated(Call const& call, json::value const& list) {
    if (!list.is_array() || call.arguments.at("includeDeprecated") == json::value(true))
        return list;
    json::array kept;
    for (auto const& element : list.get_array())
        if (!element.get_object().at("isDeprecated").get_bool()) kept.push_back(element);
    return kept;
}

/// A member of a `__Type` value.
Resolver type_member(std::shared_ptr<IntrospectionData const> data) {
    return [data = std::move(data)](Call const& call) -> Resolution {
        auto const* const member = data->type(call.parent).if_contains(call.field.name);
        if (!member) return Resolved(nullptr);
        if (call.field.arguments.empty()) return Resolved::borrowed(*member);
        return Resolved(without_deprecated(call, *member));
    };
}

Resolution list_member(Call const& call) {
    return Resolved(without_deprecated(call, call.parent.get_object().at(call.field.name)));
}

void declare_enumerations(SchemaBuilder& builder) {
    builder.enumeration("__TypeKind", "The kinds of types.")
        .value("SCALAR")
        .value("OBJECT")
        .value("INTERFACE")
        .value("UNION")
        .value("ENUM")
        .value("INPUT_OBJECT")
        .value("LIST")
        .value("NON_NULL");
    auto locations = builder.enumeration("__DirectiveLocation", "Where directives may stand.");
    for (auto const* const location :
         {"QUERY", "MUTATION", "SUBSCRIPTION", "FIELD", "FRAGMENT_DEFINITION", "FRAGMENT_SPREAD",
          "INLINE_FRAGMENT", "VARIABLE_DEFINITION", "SCHEMA", "SCALAR", "OBJECT",
          "FIELD_DEFINITION", "ARGUMENT_DEFINITION", "INTERFACE", "UNION", "ENUM", "ENUM_VALUE",
          "INPUT_OBJECT", "INPUT_FIELD_DEFINITION"})
        locations.value(location);
}

}  // namespace

void IntrospectionData::describe(Schema const& schema) {
    json::array types;
    for (auto const& type : schema.types()) {
        types_.emplace(type.name, graphql::describe(type));
        types.emplace_back(type.name);
    }
    json::array directives;
    for (auto const& directive : schema.directives())
        directives.push_back(graphql::describe(directive));
    json::object whole{{"description", nullptr},           {"types", std::move(types)},
                       {"queryType", schema.query().name}, {"mutationType", nullptr},
                       {"subscriptionType", nullptr},      {"directives", std::move(directives)}};
    if (schema.mutation()) whole["mutationType"] = schema.mutation()->name;
    schema_ = std::move(whole);
}

json::object const& IntrospectionData::type(json::value const& value) const {
    return value.is_string() ? types_.at(value.get_string()).as_object() : value.as_object();
}

json::value const* IntrospectionData::find_type(std::string_view name) const {
    return types_.if_contains(name);
}

Resolver resolve_schema(std::shared_ptr<IntrospectionData const> data) {
    return [data = std::move(data)](Call const&) -> Resolution {
        return Resolved::borrowed(data->schema());
    };
}

Resolver resolve_type(std::shared_ptr<IntrospectionData const> data) {
    return [data = std::move(data)](Call const& call) -> Resolution {
        auto const* const type = data->find_type(*call.text("name"));
        return type ? Resolved::borrowed(*type) : Resolved(nullptr);
    };
}

void declare_introspection(SchemaBuilder& builder,
                           std::shared_ptr<IntrospectionData const> const& data) {
    std::vector<ArgumentDeclaration> const deprecated_too{
        {"includeDeprecated", "Boolean", {.default_value = "false"}}};
    builder.object("__Schema", "What the server can do: its types and directives.")
        .field("description", "String")
        .field("types", "[__Type!]!")
        .field("queryType", "__Type!")
        .field("mutationType", "__Type")
        .field("subscriptionType", "__Type")
        .field("directives", "[__Directive!]!");
    auto type = builder.object("__Type", "A type, or a list or \"not null\" around one.");
    auto const member = [&type, &data](char const* name, char const* of,
                                       std::vector<ArgumentDeclaration> const& arguments) {
        // The function that the field keeps owns what the analyzer misses.
        type.field(name, of, {.arguments = arguments, .resolve = type_member(data)});
    };  // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks)
    std::vector<ArgumentDeclaration> const no_arguments;
    member("kind", "__TypeKind!", no_arguments);
    member("name", "String", no_arguments);
    member("description", "String", no_arguments);
    member("specifiedByURL", "String", no_arguments);
    member("fields", "[__Field!]", deprecated_too);
    member("interfaces", "[__Type!]", no_arguments);
    member("possibleTypes", "[__Type!]", no_arguments);
    member("enumValues", "[__EnumValue!]", deprecated_too);
    member("inputFields", "[__InputValue!]", deprecated_too);
    member("ofType", "__Type", no_arguments);
    builder.object("__Field", "A field of an object or interface.")
        .field("name", "String!")
        .field("description", "String")
        .field("args", "[__InputValue!]!", {.arguments = deprecated_too, .resolve = &list_member})
        .field("type", "__Type!")
        .field("isDeprecated", "Boolean!")
        .field("deprecationReason", "String");
    builder.object("__InputValue", "An argument, or a field of an input object.")
        .field("name", "String!")
        .field("description", "String")
        .field("type", "__Type!")
        .field("defaultValue", "String")
        .field("isDeprecated", "Boolean!")
        .field("deprecationReason", "String");
    builder.object("__EnumValue", "A value of an enumeration.")
        .field("name", "String!")
        .field("description", "String")
        .field("isDeprecated", "Boolean!")
        .field("deprecationReason", "String");
    builder.object("__Directive", "What changes how a part of a document is understood.")
        .field("name", "String!")
        .field("description", "String")
        .field("isRepeatable", "Boolean!")
        .field("locations", "[__DirectiveLocation!]!")
        .field("args", "[__InputValue!]!", {.arguments = deprecated_too, .resolve = &list_member});
    declare_enumerations(builder);
}

}  // namespace tunnus::graphql
