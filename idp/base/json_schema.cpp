// SPDX-License-Identifier: MIT
#include "idp/base/json_schema.hpp"

#include "idp/base/ascii.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace tunnus {
namespace {

namespace json = boost::json;
using Violation = JsonSchema::Violation;
using Found = std::optional<Violation>;

constexpr std::string_view definitions_prefix = "#/$defs/";
constexpr int max_schema_depth = 32;

// ---- The schema itself -------------------------------------------------------------------------

enum class Takes {
    text,
    number,
    size,
    schema,
    schemas,
    names,
    list,
    types,
    flag_or_schema,
    anything
};

struct Keyword {
    std::string_view name;
    Takes takes;
};
constexpr std::array keywords{
    Keyword{"$schema", Takes::text},       Keyword{"$id", Takes::text},
    Keyword{"$ref", Takes::text},          Keyword{"$defs", Takes::schemas},
    Keyword{"title", Takes::text},         Keyword{"description", Takes::text},
    Keyword{"format", Takes::text},        Keyword{"examples", Takes::list},
    Keyword{"default", Takes::anything},   Keyword{"type", Takes::types},
    Keyword{"enum", Takes::list},          Keyword{"properties", Takes::schemas},
    Keyword{"required", Takes::names},     Keyword{"additionalProperties", Takes::flag_or_schema},
    Keyword{"minProperties", Takes::size}, Keyword{"maxProperties", Takes::size},
    Keyword{"items", Takes::schema},       Keyword{"minItems", Takes::size},
    Keyword{"minimum", Takes::number},     Keyword{"maximum", Takes::number},
    Keyword{"minLength", Takes::size},     Keyword{"maxLength", Takes::size},
};
constexpr std::array<std::string_view, 7> type_names{"object", "array",   "string", "integer",
                                                     "number", "boolean", "null"};

Found check_schema(json::value const& schema, json::object const& root, std::string const& path,
                   int depth);

Found check_schemas(json::value const& schemas, json::object const& root, std::string const& path,
                    int depth) {
    if (!schemas.is_object()) return Violation{path, "must be an object"};
    for (auto const& member : schemas.get_object())
        if (auto found = check_schema(member.value(), root, member_path(path, member.key()), depth))
            return found;
    return std::nullopt;
}

bool is_type(json::value const& name) {
    return name.is_string() &&
           std::ranges::find(type_names, std::string_view(name.get_string())) != type_names.end();
}

bool is_list_of(json::value const& value, bool (*is_element)(json::value const&)) {
    return value.is_array() && std::ranges::all_of(value.get_array(), is_element);
}

bool is_text(json::value const& value) {
    return value.is_string();
}

/// Whether a keyword's value is of the kind the keyword takes, its schemas apart.
bool is_taken(Takes takes, json::value const& value) {
    switch (takes) {
        case Takes::text:
            return value.is_string();
        case Takes::number:
            return value.is_number();
        case Takes::size:
            return value.is_int64() && value.get_int64() >= 0;
        case Takes::names:
            return is_list_of(value, is_text);
        case Takes::list:
            return value.is_array();
        case Takes::types:
            return is_type(value) || is_list_of(value, is_type);
        default:
            return true;
    }
}

Found check_keyword(json::key_value_pair const& member, json::object const& root,
                    std::string const& path, int depth) {
    auto const here = member_path(path, member.key());
    auto const* keyword =
        std::ranges::find(keywords, std::string_view(member.key()), &Keyword::name);
    if (keyword == keywords.end()) return Violation{here, "is not a keyword that is checked"};
    auto const& value = member.value();
    if (!is_taken(keyword->takes, value)) return Violation{here, "has a wrong kind of value"};
    if (keyword->takes == Takes::schemas) return check_schemas(value, root, here, depth);
    if (keyword->takes == Takes::schema ||
        (keyword->takes == Takes::flag_or_schema && !value.is_bool()))
        return check_schema(value, root, here, depth);
    return std::nullopt;
}

json::object const* find_definition(json::object const& root, std::string_view reference) {
    if (!reference.starts_with(definitions_prefix)) return nullptr;
    auto const* definitions = root.if_contains("$defs");
    if (definitions == nullptr || !definitions->is_object()) return nullptr;
    auto const* found =
        definitions->get_object().if_contains(reference.substr(definitions_prefix.size()));
    return found == nullptr ? nullptr : found->if_object();
}

Found check_schema(json::value const& schema, json::object const& root, std::string const& path,
                   int depth) {
    if (depth > max_schema_depth) return Violation{path, "is nested too deeply"};
    if (!schema.is_object()) return Violation{path, "must be an object"};
    for (auto const& member : schema.get_object())
        if (auto found = check_keyword(member, root, path, depth + 1)) return found;
    auto const* reference = schema.get_object().if_contains("$ref");
    if (reference == nullptr) return std::nullopt;
    auto const* target = find_definition(root, reference->get_string());
    // A definition that is itself a reference could refer in a circle.
    if (target == nullptr || target->contains("$ref"))
        return Violation{member_path(path, "$ref"), "names no definition of its own in $defs"};
    return std::nullopt;
}

// ---- A value -----------------------------------------------------------------------------------

std::int64_t count_characters(std::string_view text) {
    return std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
}

bool has_type(json::value const& value, std::string_view type) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "integer") return value.is_int64();
    if (type == "number") return value.is_number();
    if (type == "boolean") return value.is_bool();
    return value.is_null();
}

std::string describe_type(std::string_view type) {
    if (type == "null") return "null";
    bool const vowel = type.front() == 'o' || type.front() == 'a' || type.front() == 'i';
    return (vowel ? "an " : "a ") + std::string(type);
}

/// Checks one value against one schema, and what is inside it.
class Check {
  public:
    explicit Check(json::object const& root) : root_(root) {}

    [[nodiscard]] Found run(json::object const& written, json::value const& value,
                            std::string const& path) const {
        auto const& schema = resolve(written);
        if (auto found = check_type(schema, value, path)) return found;
        if (auto found = check_enum(schema, value, path)) return found;
        if (value.is_number()) return check_number(schema, value, path);
        if (value.is_string())
            return check_bounds(schema, count_characters(value.get_string()),
                                {"minLength", "maxLength"}, "characters", path);
        if (value.is_array()) return check_array(schema, value.get_array(), path);
        if (value.is_object()) return check_object(schema, value.get_object(), path);
        return std::nullopt;
    }

    [[nodiscard]] json::object const& resolve(json::object const& schema) const {
        auto const* reference = schema.if_contains("$ref");
        if (reference == nullptr) return schema;
        auto const* definition = find_definition(root_, reference->get_string());
        if (definition == nullptr) throw std::logic_error("a schema that was not checked");
        return *definition;
    }

  private:
    static Found check_type(json::object const& schema, json::value const& value,
                            std::string const& path) {
        auto const* type = schema.if_contains("type");
        if (type == nullptr) return std::nullopt;
        if (type->is_string()) {
            if (has_type(value, type->get_string())) return std::nullopt;
            return Violation{path, "must be " + describe_type(type->get_string())};
        }
        std::string allowed;
        for (auto const& one : type->get_array()) {
            if (has_type(value, one.get_string())) return std::nullopt;
            allowed.append(allowed.empty() ? "" : " or ").append(describe_type(one.get_string()));
        }
        return Violation{path, "must be " + allowed};
    }

    static Found check_enum(json::object const& schema, json::value const& value,
                            std::string const& path) {
        auto const* allowed = schema.if_contains("enum");
        if (allowed == nullptr ||
            std::ranges::find(allowed->get_array(), value) != allowed->get_array().end())
            return std::nullopt;
        auto const list = json::serialize(*allowed);
        return Violation{path, "must be one of " + list.substr(1, list.size() - 2)};
    }

    static Found check_number(json::object const& schema, json::value const& value,
                              std::string const& path) {
        auto const* minimum = schema.if_contains("minimum");
        auto const* maximum = schema.if_contains("maximum");
        if (minimum != nullptr && is_less(value, *minimum))
            return Violation{path, "must be at least " + json::serialize(*minimum)};
        if (maximum != nullptr && is_less(*maximum, value))
            return Violation{path, "must be at most " + json::serialize(*maximum)};
        return std::nullopt;
    }

    static bool is_less(json::value const& a, json::value const& b) {
        if (a.is_int64() && b.is_int64()) return a.get_int64() < b.get_int64();
        return a.to_number<double>() < b.to_number<double>();
    }

    static Found check_bounds(json::object const& schema, std::int64_t size,
                              std::array<std::string_view, 2> names, std::string_view unit,
                              std::string const& path) {
        auto const* minimum = schema.if_contains(names[0]);
        auto const* maximum = schema.if_contains(names[1]);
        if (minimum != nullptr && size < minimum->get_int64())
            return Violation{
                path, "must have at least " + json::serialize(*minimum) + " " + std::string(unit)};
        if (maximum != nullptr && size > maximum->get_int64())
            return Violation{
                path, "must have at most " + json::serialize(*maximum) + " " + std::string(unit)};
        return std::nullopt;
    }

    [[nodiscard]] Found check_array(json::object const& schema, json::array const& array,
                                    std::string const& path) const {
        auto const size = static_cast<std::int64_t>(array.size());
        if (auto found = check_bounds(schema, size, {"minItems", ""}, "elements", path))
            return found;
        auto const* items = schema.if_contains("items");
        if (items == nullptr) return std::nullopt;
        for (std::size_t i = 0; i < array.size(); ++i)
            if (auto found = run(items->get_object(), array[i], element_path(path, i)))
                return found;
        return std::nullopt;
    }

    [[nodiscard]] Found check_object(json::object const& schema, json::object const& object,
                                     std::string const& path) const {
        for (auto const& member : object)
            if (auto found = check_member(schema, member, member_path(path, member.key())))
                return found;
        if (auto const* required = schema.if_contains("required"))
            for (auto const& name : required->get_array())
                if (!object.contains(name.get_string()))
                    return Violation{member_path(path, name.get_string()), "is missing"};
        auto const size = static_cast<std::int64_t>(object.size());
        return check_bounds(schema, size, {"minProperties", "maxProperties"}, "members", path);
    }

    [[nodiscard]] Found check_member(json::object const& schema, json::key_value_pair const& member,
                                     std::string const& path) const {
        if (auto const* properties = schema.if_contains("properties"))
            if (auto const* known = properties->get_object().if_contains(member.key()))
                return run(known->get_object(), member.value(), path);
        auto const* others = schema.if_contains("additionalProperties");
        if (others == nullptr) return std::nullopt;
        if (others->is_object()) return run(others->get_object(), member.value(), path);
        if (others->get_bool()) return std::nullopt;
        return Violation{path, "is not a known key"};
    }

    json::object const& root_;
};

/// A definition that holds itself by default would go on for ever, so this goes no deeper than
/// schemas do.
void add_defaults_to(Check const& check, json::object const& written, json::value& value,
                     int depth) {
    if (depth > max_schema_depth) return;
    auto const& schema = check.resolve(written);
    auto const* items = schema.if_contains("items");
    if (auto* array = value.if_array(); array != nullptr && items != nullptr)
        for (auto& element : *array)
            add_defaults_to(check, items->get_object(), element, depth + 1);
    auto* object = value.if_object();
    auto const* properties = schema.if_contains("properties");
    if (object == nullptr || properties == nullptr) return;
    for (auto const& property : properties->get_object()) {
        auto const& member_schema = property.value().get_object();
        auto const* standard = member_schema.if_contains("default");
        if (standard == nullptr) standard = check.resolve(member_schema).if_contains("default");
        if (standard != nullptr && !object->contains(property.key()))
            object->emplace(property.key(), *standard);
        if (auto* member = object->if_contains(property.key()))
            add_defaults_to(check, member_schema, *member, depth + 1);
    }
}

}  // namespace

std::string member_path(std::string_view path, std::string_view name) {
    bool const plain = !name.empty() && std::ranges::all_of(name, [](char c) {
        return is_alphanumeric(c) || c == '_' || c == '-' || c == '$';
    });
    std::string result(path);
    if (!plain) return result.append("[").append(json::serialize(json::value(name))).append("]");
    if (!path.empty()) result.push_back('.');
    return result.append(name);
}

std::string element_path(std::string_view path, std::size_t index) {
    return std::string(path).append("[").append(std::to_string(index)).append("]");
}

Result<JsonSchema> JsonSchema::make(json::object schema) {
    if (auto const found = check_schema(json::value(schema), schema, "", 0))
        return Error(BaseErrc::malformed, "JSON Schema: " + found->path + ": " + found->message);
    return JsonSchema(std::move(schema));
}

std::optional<Violation> JsonSchema::find_violation(json::value const& value) const {
    return Check(schema_).run(schema_, value, "");
}

void JsonSchema::add_defaults(json::value& value) const {
    add_defaults_to(Check(schema_), schema_, value, 0);
}

}  // namespace tunnus
