// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql/sdl.hpp"

#include <boost/json/serialize.hpp>

namespace tunnus::graphql {
namespace {

std::string described(std::string const& description, std::string_view indent) {
    if (description.empty()) return {};
    return std::string(indent) + string_literal(description) + "\n";
}

std::string deprecation(std::optional<std::string> const& reason) {
    if (!reason) return {};
    return " @deprecated(reason: " + string_literal(*reason) + ")";
}

std::string print(InputValue const& input) {
    auto text = input.name + ": " + input.type.text();
    if (input.default_value) text += " = " + input.default_text;
    return text + deprecation(input.deprecated);
}

std::string print_arguments(std::vector<InputValue> const& arguments) {
    if (arguments.empty()) return {};
    std::string text = "(";
    for (auto const& argument : arguments) {
        if (text.size() > 1) text += ", ";
        if (!argument.description.empty()) text += string_literal(argument.description) + " ";
        text += print(argument);
    }
    return text + ")";
}

std::string names(std::vector<Type const*> const& types, std::string_view before,
                  std::string_view between) {
    std::string text;
    for (auto const* const type : types) {
        text += text.empty() ? before : between;
        text += type->name;
    }
    return text;
}

std::string print(Type const& type) {
    std::string text = described(type.description, "");
    switch (type.kind) {
        case TypeKind::scalar:
            text += "scalar " + type.name;
            if (!type.specified_by.empty())
                text += " @specifiedBy(url: " + string_literal(type.specified_by) + ")";
            return text + "\n";
        case TypeKind::union_type:
            return text + "union " + type.name + names(type.possible, " = ", " | ") + "\n";
        case TypeKind::object:
            text += "type ";
            break;
        case TypeKind::interface:
            text += "interface ";
            break;
        case TypeKind::enumeration:
            text += "enum ";
            break;
        case TypeKind::input_object:
            text += "input ";
            break;
    }
    text += type.name + names(type.interfaces, " implements ", " & ") + " {\n";
    for (auto const& field : type.fields)
        text += described(field.description, "  ") + "  " + field.name +
                print_arguments(field.arguments) + ": " + field.type.text() +
                deprecation(field.deprecated) + "\n";
    for (auto const& value : type.values)
        text += described(value.description, "  ") + "  " + value.name +
                deprecation(value.deprecated) + "\n";
    for (auto const& input : type.input_fields)
        text += described(input.description, "  ") + "  " + print(input) + "\n";
    return text + "}\n";
}

}  // namespace

std::string string_literal(std::string_view text) {
    // JSON's escapes are a part of GraphQL's.
    return boost::json::serialize(boost::json::string(text));
}

std::string print_sdl(Schema const& schema) {
    std::string text;
    for (auto const& type : schema.types()) {
        if (type.introspection || type.built_in != BuiltIn::none) continue;
        if (!text.empty()) text += '\n';
        text += print(type);
    }
    return text;
}

}  // namespace tunnus::graphql
