// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql/schema.hpp"

#include <algorithm>
#include <stdexcept>

namespace tunnus::graphql {

void throw_exception_from_error(FieldError const& error, boost::source_location const&) {
    throw std::runtime_error(error.code + ": " + error.message);
}

std::optional<std::string_view> Call::text(std::string_view argument) const {
    auto const* const value = arguments.if_contains(argument);
    if (value == nullptr || !value->is_string()) return std::nullopt;
    return value->get_string();
}

std::string TypeReference::text() const {
    return wrapping.around(type->name);
}

InputValue const* Field::find_argument(std::string_view argument) const {
    auto const found = std::ranges::find(arguments, argument, &InputValue::name);
    return found == arguments.end() ? nullptr : &*found;
}

Field const* Type::find_field(std::string_view field) const {
    if (fields.empty()) return nullptr;
    auto const found = by_name.find(field);
    return found == by_name.end() ? nullptr : &fields[found->second];
}

InputValue const* Type::find_input_field(std::string_view field) const {
    if (input_fields.empty()) return nullptr;
    auto const found = by_name.find(field);
    return found == by_name.end() ? nullptr : &input_fields[found->second];
}

EnumValue const* Type::find_value(std::string_view value) const {
    if (values.empty()) return nullptr;
    auto const found = by_name.find(value);
    return found == by_name.end() ? nullptr : &values[found->second];
}

bool Type::includes(Type const& object) const {
    return this == &object || std::ranges::find(possible, &object) != possible.end();
}

bool Type::overlaps(Type const& other) const {
    return this == &other || std::ranges::any_of(possible, [&other](Type const* object) {
               return std::ranges::find(other.possible, object) != other.possible.end();
           });
}

Type const* Schema::find_type(std::string_view name) const {
    auto const found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : found->second;
}

DirectiveDefinition const* Schema::find_directive(std::string_view name) const {
    auto const found = std::ranges::find(directives_, name, &DirectiveDefinition::name);
    return found == directives_.end() ? nullptr : &*found;
}

Field const* Schema::find_field(Type const& type, std::string_view name) const {
    if (name.starts_with("__")) {
        if (name == typename_field().name && type.is_composite()) return &typename_field();
        if (&type != query_) return nullptr;
        if (name == schema_field().name) return &schema_field();
        if (name == type_field().name) return &type_field();
        return nullptr;
    }
    return type.find_field(name);
}

}  // namespace tunnus::graphql
