// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql/input_values.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace tunnus::graphql {
namespace {

template <class Number>
std::optional<Number> number_of(std::string_view text) {
    Number number{};
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

bool is_int32(std::int64_t number) {
    return number >= std::numeric_limits<std::int32_t>::min() &&
           number <= std::numeric_limits<std::int32_t>::max();
}

ErrorEntry misfit_entry(ErrorKind kind, std::string message, std::vector<Location> locations = {}) {
    ErrorEntry entry;
    entry.kind = kind;
    entry.message = std::move(message);
    entry.locations = std::move(locations);
    return entry;
}

/// A literal as JSON without regard to a type, for scalars of the schema's own. Nothing for a
/// number that JSON here does not hold.
std::optional<boost::json::value> untyped_value(Value const& literal,
                                                boost::json::object const& variables) {
    switch (literal.kind) {
        case Value::Kind::null:
            return nullptr;
        case Value::Kind::boolean:
            return literal.text == "true";
        case Value::Kind::integer:
            if (auto const number = number_of<std::int64_t>(literal.text)) return *number;
            return std::nullopt;
        case Value::Kind::floating: {
            auto const number = number_of<double>(literal.text);
            if (!number || !std::isfinite(*number)) return std::nullopt;
            return *number;
        }
        case Value::Kind::string:
        case Value::Kind::enumeration:
            return boost::json::string(literal.text);
        case Value::Kind::variable: {
            auto const* const value = variables.if_contains(literal.text);
            return value ? *value : boost::json::value(nullptr);
        }
        case Value::Kind::list: {
            boost::json::array array;
            for (auto const& item : literal.items) {
                auto value = untyped_value(item, variables);
                if (!value) return std::nullopt;
                array.push_back(std::move(*value));
            }
            return array;
        }
        case Value::Kind::object:
            break;
    }
    boost::json::object object;
    for (auto const& field : literal.fields) {
        auto value = untyped_value(field.value, variables);
        if (!value) return std::nullopt;
        object.insert_or_assign(field.name, std::move(*value));
    }
    return object;
}

std::optional<boost::json::value> scalar_value(Value const& literal, Type const& type,
                                               boost::json::object const& variables) {
    using enum Value::Kind;
    switch (type.built_in) {
        case BuiltIn::integer: {
            if (literal.kind != integer) return std::nullopt;
            auto const number = number_of<std::int32_t>(literal.text);
            if (!number) return std::nullopt;
            return *number;
        }
        case BuiltIn::floating: {
            if (literal.kind != integer && literal.kind != floating) return std::nullopt;
            auto const number = number_of<double>(literal.text);
            if (!number || !std::isfinite(*number)) return std::nullopt;
            return *number;
        }
        case BuiltIn::string:
            if (literal.kind != string) return std::nullopt;
            return boost::json::string(literal.text);
        case BuiltIn::boolean:
            if (literal.kind != boolean) return std::nullopt;
            return literal.text == "true";
        case BuiltIn::id:
            if (literal.kind != string && literal.kind != integer) return std::nullopt;
            return boost::json::string(literal.text);
        case BuiltIn::none:
            break;
    }
    auto value = untyped_value(literal, variables);
    if (value && type.accepts && !type.accepts(*value)) return std::nullopt;
    return value;
}

boost::json::object const no_variables;

void visit_untyped_variables(Value const& literal,
                             std::function<void(VariablePlace const&)> const& on_variable) {
    if (literal.kind == Value::Kind::variable) on_variable({&literal, {}, false});
    for (auto const& item : literal.items)
        visit_untyped_variables(item, on_variable);
    for (auto const& field : literal.fields)
        visit_untyped_variables(field.value, on_variable);
}

bool holds_variable(Value const& literal) {
    return literal.kind == Value::Kind::variable ||
           std::ranges::any_of(literal.items, holds_variable) ||
           std::ranges::any_of(literal.fields, holds_variable, &Argument::value);
}

void check_object(Value const& literal, Type const& type,
                  std::function<void(Misfit)> const& on_misfit,
                  std::function<void(VariablePlace const&)> const& on_variable) {
    if (literal.kind != Value::Kind::object) {
        visit_untyped_variables(literal, on_variable);
        on_misfit({literal.at, "a value of " + quoted(type.name) + " was expected"});
        return;
    }
    std::vector<std::string_view> given;
    for (auto const& field : literal.fields) {
        given.push_back(field.name);
        auto const* const definition = type.find_input_field(field.name);
        if (definition) {
            check_literal(field.value, definition->type, definition->default_value.has_value(),
                          on_misfit, on_variable);
        } else {
            visit_untyped_variables(field.value, on_variable);
            on_misfit({field.at, quoted(type.name) + " has no field " + quoted(field.name)});
        }
    }
    std::ranges::sort(given);
    if (auto const twice = std::ranges::adjacent_find(given); twice != given.end())
        on_misfit({literal.at, "the field " + quoted(*twice) + " is given more than once"});
    for (auto const& field : type.input_fields)
        if (field.required() && !std::ranges::binary_search(given, std::string_view(field.name)))
            on_misfit({literal.at, "the field " + quoted(field.name) + " is missing"});
}

/// A field of an input object whose literal is a variable without a value counts as not given.
bool is_missing(Value const& literal, boost::json::object const& variables) {
    return literal.kind == Value::Kind::variable && !variables.contains(literal.text);
}

std::optional<boost::json::value> object_value(Value const& literal, Type const& type,
                                               boost::json::object const& variables) {
    boost::json::object object;
    for (auto const& field : type.input_fields) {
        auto const given = std::ranges::find(literal.fields, field.name, &Argument::name);
        if (given == literal.fields.end() || is_missing(given->value, variables)) {
            if (field.default_value)
                object.emplace(field.name, *field.default_value);
            else if (field.type.wrapping.is_not_null())
                return std::nullopt;
            continue;
        }
        auto value = literal_value(given->value, field.type, variables);
        if (!value) return std::nullopt;
        object.emplace(field.name, std::move(*value));
    }
    return object;
}

std::string expected(TypeReference const& type) {
    return "a value of " + quoted(type.text()) + " was expected";
}

Checked<boost::json::value> json_scalar(boost::json::value const& value, Type const& type,
                                        std::string const& place) {
    auto const misfit = [&] {
        return misfit_entry(ErrorKind::variables, place + ": " + expected({&type, {}}));
    };
    switch (type.built_in) {
        case BuiltIn::integer: {
            // 3.5.1: JSON knows one kind of number, so 1.0 is an integer too.
            if (value.is_int64() && is_int32(value.get_int64())) return value;
            if (value.is_double() && std::trunc(value.get_double()) == value.get_double() &&
                std::abs(value.get_double()) < 3e9 &&
                is_int32(static_cast<std::int64_t>(value.get_double())))
                return boost::json::value(static_cast<std::int64_t>(value.get_double()));
            return misfit();
        }
        case BuiltIn::floating:
            if (value.is_double() && std::isfinite(value.get_double())) return value;
            if (value.is_int64()) return boost::json::value(static_cast<double>(value.get_int64()));
            return misfit();
        case BuiltIn::string:
            if (value.is_string()) return value;
            return misfit();
        case BuiltIn::boolean:
            if (value.is_bool()) return value;
            return misfit();
        case BuiltIn::id:
            if (value.is_string()) return value;
            if (value.is_int64())
                return boost::json::value(boost::json::string(std::to_string(value.get_int64())));
            return misfit();
        case BuiltIn::none:
            break;
    }
    if (type.accepts && !type.accepts(value)) return misfit();
    return value;
}

Checked<boost::json::value> json_object(boost::json::value const& value, Type const& type,
                                        std::string const& place) {
    auto const* const given = value.if_object();
    if (!given) return misfit_entry(ErrorKind::variables, place + ": " + expected({&type, {}}));
    for (auto const& member : *given)
        if (!type.find_input_field(member.key()))
            return misfit_entry(ErrorKind::variables, place + ": " + quoted(type.name) +
                                                          " has no such field as one given");
    boost::json::object object;
    for (auto const& field : type.input_fields) {
        auto const* const member = given->if_contains(field.name);
        if (!member) {
            if (field.required())
                return misfit_entry(ErrorKind::variables,
                                    place + ": the field " + quoted(field.name) + " is missing");
            if (field.default_value) object.emplace(field.name, *field.default_value);
            continue;
        }
        auto coerced = json_value(*member, field.type, place + "." + field.name);
        if (!coerced) return coerced.error();
        object.emplace(field.name, std::move(*coerced));
    }
    return object;
}

}  // namespace

void check_literal(Value const& literal, TypeReference const& type, bool has_default,
                   std::function<void(Misfit)> const& on_misfit,
                   std::function<void(VariablePlace const&)> const& on_variable) {
    if (literal.kind == Value::Kind::variable) return on_variable({&literal, type, has_default});
    if (literal.kind == Value::Kind::null) {
        if (type.wrapping.is_not_null()) on_misfit({literal.at, expected(type)});
        return;
    }
    if (type.wrapping.is_list()) {
        if (literal.kind != Value::Kind::list)
            return check_literal(literal, type.item(), false, on_misfit, on_variable);
        for (auto const& item : literal.items)
            check_literal(item, type.item(), false, on_misfit, on_variable);
        return;
    }
    switch (type.type->kind) {
        case TypeKind::input_object:
            return check_object(literal, *type.type, on_misfit, on_variable);
        case TypeKind::enumeration:
            visit_untyped_variables(literal, on_variable);
            if (literal.kind != Value::Kind::enumeration || !type.type->find_value(literal.text))
                on_misfit({literal.at, expected(type)});
            return;
        default:
            break;
    }
    visit_untyped_variables(literal, on_variable);
    // What a variable within a scalar of the schema's own will be is not known yet.
    if (type.type->built_in == BuiltIn::none && holds_variable(literal)) return;
    if (!scalar_value(literal, *type.type, no_variables)) on_misfit({literal.at, expected(type)});
}

std::optional<boost::json::value> literal_value(Value const& literal, TypeReference const& type,
                                                boost::json::object const& variables) {
    if (literal.kind == Value::Kind::variable) {
        auto const* const value = variables.if_contains(literal.text);
        if (!value || (value->is_null() && type.wrapping.is_not_null())) return std::nullopt;
        return *value;
    }
    if (literal.kind == Value::Kind::null) {
        if (type.wrapping.is_not_null()) return std::nullopt;
        return nullptr;
    }
    if (type.wrapping.is_list()) {
        boost::json::array array;
        auto const add = [&](Value const& item) {
            if (is_missing(item, variables) && !type.item().wrapping.is_not_null()) {
                array.emplace_back(nullptr);
                return true;
            }
            auto value = literal_value(item, type.item(), variables);
            if (!value) return false;
            array.push_back(std::move(*value));
            return true;
        };
        bool const fits = literal.kind == Value::Kind::list
                              ? std::ranges::all_of(literal.items, add)
                              : add(literal);
        if (!fits) return std::nullopt;
        return array;
    }
    if (type.type->kind == TypeKind::input_object)
        return object_value(literal, *type.type, variables);
    if (type.type->kind == TypeKind::enumeration) return boost::json::string(literal.text);
    return scalar_value(literal, *type.type, variables);
}

Checked<boost::json::value> json_value(boost::json::value const& value, TypeReference const& type,
                                       std::string const& place) {
    if (value.is_null()) {
        if (type.wrapping.is_not_null())
            return misfit_entry(ErrorKind::variables, place + ": " + expected(type));
        return value;
    }
    if (type.wrapping.is_list()) {
        boost::json::array array;
        auto const* const given = value.if_array();
        if (!given) {
            auto coerced = json_value(value, type.item(), place);
            if (!coerced) return coerced.error();
            array.push_back(std::move(*coerced));
            return array;
        }
        for (std::size_t i = 0; i < given->size(); ++i) {
            auto coerced =
                json_value((*given)[i], type.item(), place + "[" + std::to_string(i) + "]");
            if (!coerced) return coerced.error();
            array.push_back(std::move(*coerced));
        }
        return array;
    }
    if (type.type->kind == TypeKind::input_object) return json_object(value, *type.type, place);
    if (type.type->kind == TypeKind::enumeration) {
        if (value.is_string() && type.type->find_value(value.get_string())) return value;
        return misfit_entry(ErrorKind::variables, place + ": " + expected(type));
    }
    return json_scalar(value, *type.type, place);
}

boost::system::result<boost::json::object, ErrorEntries> coerce_variables(
    Schema const& schema, Document const& document, Operation const& operation,
    boost::json::object const& given, Bounds const& bounds) {
    boost::json::object variables;
    ErrorEntries errors;
    for (auto const& definition : operation.variables) {
        auto const type = type_of(schema, definition);
        auto const place = "$" + std::string(definition.name.substr(0, longest_name));
        auto const* const value = given.if_contains(definition.name);
        if (!value) {
            if (definition.default_value) {
                auto default_value = literal_value(*definition.default_value, type, {});
                if (default_value) variables.emplace(definition.name, std::move(*default_value));
            } else if (type.wrapping.is_not_null()) {
                errors.push_back(misfit_entry(ErrorKind::variables, place + ": " + expected(type),
                                              {document.location(definition.at)}));
            }
        } else if (auto coerced = json_value(*value, type, place)) {
            variables.emplace(definition.name, std::move(*coerced));
        } else {
            errors.push_back(coerced.error());
            errors.back().locations = {document.location(definition.at)};
        }
        if (errors.size() >= bounds.errors) break;
    }
    if (!errors.empty()) return errors;
    return variables;
}

Checked<boost::json::object> coerce_arguments(std::vector<InputValue> const& definitions,
                                              std::vector<Argument> const& arguments,
                                              boost::json::object const& variables,
                                              Document const& document) {
    boost::json::object values;
    for (auto const& definition : definitions) {
        auto const given = std::ranges::find(arguments, definition.name, &Argument::name);
        if (given == arguments.end() || is_missing(given->value, variables)) {
            if (definition.default_value) {
                values.emplace(definition.name, *definition.default_value);
                continue;
            }
            if (!definition.type.wrapping.is_not_null()) continue;
        } else if (auto value = literal_value(given->value, definition.type, variables)) {
            values.emplace(definition.name, std::move(*value));
            continue;
        }
        std::vector<Location> locations;
        if (given != arguments.end()) locations.push_back(document.location(given->value.at));
        return misfit_entry(
            ErrorKind::field,
            "the argument " + quoted(definition.name) + ": " + expected(definition.type),
            std::move(locations));
    }
    return values;
}

}  // namespace tunnus::graphql
