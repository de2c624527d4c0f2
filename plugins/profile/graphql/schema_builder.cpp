// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql/schema_builder.hpp"

#include "plugins/profile/graphql/input_values.hpp"
#include "plugins/profile/graphql/introspection.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace tunnus::graphql {
namespace {

[[noreturn]] void fail(std::string const& what) {
    throw std::logic_error("GraphQL schema: " + what);
}

struct NamedWrapping {
    std::string name;
    Wrapping wrapping;
};

/// `[Name!]!`
NamedWrapping parse_type(std::string const& text) {
    auto const opened = std::min(text.find_first_not_of('['), text.size());
    auto const name_end = std::min(text.find_first_of("!]", opened), text.size());
    NamedWrapping parsed{text.substr(opened, name_end - opened), {}};
    for (auto i = name_end; i < text.size(); ++i) {
        auto const bit = 1U << parsed.wrapping.lists;
        if (text[i] == ']')
            ++parsed.wrapping.lists;
        else if (text[i] == '!' && (parsed.wrapping.not_null & bit) == 0)
            parsed.wrapping.not_null |= bit;
        else
            fail("the type \"" + text + "\" cannot be read");
    }
    if (parsed.wrapping.lists != opened) fail("the type \"" + text + "\" cannot be read");
    return parsed;
}

InputValue make_input(std::string name, InputOptions const& options) {
    InputValue input;
    input.name = std::move(name);
    input.description = options.description;
    input.deprecated = options.deprecated;
    return input;
}

/// The literal as a value of the type.
boost::json::value value_of_text(std::string const& text, TypeReference const& type,
                                 std::string const& where) {
    auto const document = parse_document("{a(b:" + text + ")}");
    if (!document) fail(where + ": its default value cannot be read");
    auto const& literal = (*document)->operations.at(0).selections.at(0).arguments.at(0).value;
    bool fits = true;
    check_literal(
        literal, type, false, [&fits](Misfit const&) { fits = false; },
        [&fits](VariablePlace const&) { fits = false; });
    auto value = fits ? literal_value(literal, type, {}) : std::nullopt;
    if (!value) fail(where + ": its default value is not of its type");
    return std::move(*value);
}

/// 3.6.1 and 3.6.2: what an object or interface owes to an interface.
void check_implements(Type const& type, Type const& interface) {
    for (auto const& promised : interface.fields) {
        auto const where = type.name + "." + promised.name;
        auto const* const field = type.find_field(promised.name);
        if (!field) fail(where + " is missing, " + interface.name + " has it");
        if (!field->type.wrapping.fits(promised.type.wrapping) ||
            (field->type.type != promised.type.type &&
             !(promised.type.type->is_composite() &&
               promised.type.type->includes(*field->type.type))))
            fail(where + " has another type than in " + interface.name);
        for (auto const& argument : promised.arguments) {
            auto const* const own = field->find_argument(argument.name);
            if (!own || own->type != argument.type)
                fail(where + ": its argument " + argument.name + " is not that of " +
                     interface.name);
        }
        for (auto const& argument : field->arguments)
            if (argument.required() && !promised.find_argument(argument.name))
                fail(where + ": its argument " + argument.name + " is required, and not known to " +
                     interface.name);
    }
}

template <class Named>
void check_names(std::string const& owner, std::vector<Named> const& members, bool reserved) {
    std::set<std::string_view> names;
    for (auto const& member : members) {
        if (!names.insert(member.name).second)
            fail(owner + " has two members of the name " + member.name);
        if (!reserved && (member.name.starts_with("__") || member.name.empty()))
            fail(owner + ": names that start with __ are GraphQL's own");
    }
}

bool has_members(Type const& type) {
    switch (type.kind) {
        case TypeKind::scalar:
            return true;
        case TypeKind::object:
        case TypeKind::interface:
            return !type.fields.empty();
        case TypeKind::union_type:
            return !type.possible.empty();
        case TypeKind::enumeration:
            return !type.values.empty();
        case TypeKind::input_object:
            break;
    }
    return !type.input_fields.empty();
}

}  // namespace

TypeBuilder& TypeBuilder::field(std::string name, std::string type, FieldOptions options) {
    auto const index = type_.fields.size();
    auto& field = type_.fields.emplace_back();
    schema_.references_.push_back({&type_, index, std::nullopt, std::move(type), std::nullopt});
    for (auto& argument : options.arguments) {
        schema_.references_.push_back({&type_, index, field.arguments.size(),
                                       std::move(argument.type), argument.options.default_value});
        field.arguments.push_back(make_input(std::move(argument.name), argument.options));
    }
    field.name = std::move(name);
    field.description = std::move(options.description);
    field.deprecated = std::move(options.deprecated);
    field.resolve = std::move(options.resolve);
    field.permission = std::move(options.permission);
    field.cost = options.cost;
    field.items = options.items;
    return *this;
}

TypeBuilder& TypeBuilder::implements(std::string interface_name) {
    schema_.interfaces_.push_back({&type_, std::move(interface_name)});
    return *this;
}

TypeBuilder& TypeBuilder::input(std::string name, std::string type, InputOptions const& options) {
    schema_.references_.push_back(
        {&type_, type_.input_fields.size(), std::nullopt, std::move(type), options.default_value});
    type_.input_fields.push_back(make_input(std::move(name), options));
    return *this;
}

TypeBuilder& TypeBuilder::value(std::string name, std::string description,
                                std::optional<std::string> deprecated) {
    type_.values.push_back({std::move(name), std::move(description), std::move(deprecated)});
    return *this;
}

TypeBuilder& TypeBuilder::member(std::string object_name) {
    schema_.members_.push_back({&type_, std::move(object_name)});
    return *this;
}

SchemaBuilder::SchemaBuilder() : introspection_(std::make_shared<IntrospectionData>()) {}
SchemaBuilder::~SchemaBuilder() = default;

TypeBuilder SchemaBuilder::add(TypeKind kind, std::string name, std::string description) {
    auto& type = schema_.types_.emplace_back();
    type.kind = kind;
    type.name = std::move(name);
    type.description = std::move(description);
    if (!schema_.by_name_.emplace(type.name, &type).second)
        fail("there are two types of the name " + type.name);
    return TypeBuilder(type, *this);
}

TypeBuilder SchemaBuilder::object(std::string name, std::string description) {
    return add(TypeKind::object, std::move(name), std::move(description));
}
TypeBuilder SchemaBuilder::interface(std::string name, std::string description) {
    return add(TypeKind::interface, std::move(name), std::move(description));
}
TypeBuilder SchemaBuilder::union_type(std::string name, std::string description) {
    return add(TypeKind::union_type, std::move(name), std::move(description));
}
TypeBuilder SchemaBuilder::enumeration(std::string name, std::string description) {
    return add(TypeKind::enumeration, std::move(name), std::move(description));
}
TypeBuilder SchemaBuilder::input_object(std::string name, std::string description) {
    return add(TypeKind::input_object, std::move(name), std::move(description));
}
void SchemaBuilder::scalar(std::string name, std::string description,
                           std::function<bool(boost::json::value const&)> accepts,
                           std::string specified_by) {
    add(TypeKind::scalar, std::move(name), std::move(description));
    schema_.types_.back().accepts = std::move(accepts);
    schema_.types_.back().specified_by = std::move(specified_by);
}

Schema SchemaBuilder::build() && {
    auto const own = schema_.types_.size();
    for (auto const& [name, built_in] :
         std::initializer_list<std::pair<char const*, BuiltIn>>{{"Int", BuiltIn::integer},
                                                                {"Float", BuiltIn::floating},
                                                                {"String", BuiltIn::string},
                                                                {"Boolean", BuiltIn::boolean},
                                                                {"ID", BuiltIn::id}}) {
        scalar(name);
        schema_.types_.back().built_in = built_in;
    }
    auto const introspection = schema_.types_.size();
    declare_introspection(*this, introspection_);
    for (auto i = introspection; i < schema_.types_.size(); ++i)
        schema_.types_[i].introspection = true;
    for (auto i = decltype(own){0}; i < own; ++i)
        if (schema_.types_[i].name.starts_with("__"))
            fail("names that start with __ are GraphQL's own");
    // The fields that every schema has are declared as those of a type, which then goes.
    object("__Meta")
        .field("__typename", "String!")
        .field("__schema", "__Schema!", {.resolve = resolve_schema(introspection_)})
        .field("__type", "__Type",
               {.arguments = {{"name", "String!"}}, .resolve = resolve_type(introspection_)});
    // The directives' arguments likewise.
    object("__Directives")
        .field("skip", "Boolean", {.arguments = {{"if", "Boolean!"}}})
        .field("include", "Boolean", {.arguments = {{"if", "Boolean!"}}})
        .field("deprecated", "Boolean",
               {.arguments = {{"reason", "String", {.default_value = R"("No longer supported")"}}}})
        .field("specifiedBy", "Boolean", {.arguments = {{"url", "String!"}}});
    resolve_references();
    auto const take_fields = [this](char const* name) {
        auto fields = std::move(schema_.types_.back().fields);
        schema_.by_name_.erase(name);
        schema_.types_.pop_back();
        return fields;
    };
    set_default_values();
    auto directives = take_fields("__Directives");
    schema_.meta_ = take_fields("__Meta");
    for (auto& directive : directives)
        schema_.directives_.push_back({directive.name, {}, std::move(directive.arguments), {}});
    schema_.directives_[0].locations = {"FIELD", "FRAGMENT_SPREAD", "INLINE_FRAGMENT"};
    schema_.directives_[1].locations = schema_.directives_[0].locations;
    schema_.directives_[2].locations = {"FIELD_DEFINITION", "ARGUMENT_DEFINITION",
                                        "INPUT_FIELD_DEFINITION", "ENUM_VALUE"};
    schema_.directives_[3].locations = {"SCALAR"};
    fill_possible_types();
    schema_.query_ = schema_.find_type("Query");
    schema_.mutation_ = schema_.find_type("Mutation");
    check();
    introspection_->describe(schema_);
    return std::move(schema_);
}

void SchemaBuilder::resolve_references() {
    for (auto const& reference : references_) {
        auto parsed = parse_type(reference.text);
        auto const found = schema_.by_name_.find(parsed.name);
        bool const input = reference.argument || reference.owner->kind == TypeKind::input_object;
        if (found == schema_.by_name_.end() ||
            !(input ? found->second->is_input() : found->second->kind != TypeKind::input_object))
            fail(reference.owner->name + ": there is no such type here as " + parsed.name);
        TypeReference const type{found->second, parsed.wrapping};
        if (reference.owner->kind == TypeKind::input_object)
            reference.owner->input_fields[reference.field].type = type;
        else if (reference.argument)
            reference.owner->fields[reference.field].arguments[*reference.argument].type = type;
        else
            reference.owner->fields[reference.field].type = type;
    }
    // No member is added any more: names can be pointed at.
    for (auto& type : schema_.types_) {
        auto const index = [&type](auto const& members) {
            for (std::uint32_t i = 0; i < members.size(); ++i)
                type.by_name.emplace(members[i].name, i);
        };
        index(type.fields);
        index(type.values);
        index(type.input_fields);
    }
}

void SchemaBuilder::set_default_values() {
    for (auto const& reference : references_) {
        if (!reference.default_value) continue;
        auto& owner = *reference.owner;
        auto& input = owner.kind == TypeKind::input_object
                          ? owner.input_fields[reference.field]
                          : owner.fields[reference.field].arguments[*reference.argument];
        input.default_value =
            value_of_text(*reference.default_value, input.type, owner.name + "." + input.name);
        input.default_text = *reference.default_value;
    }
}

void SchemaBuilder::fill_possible_types() {
    for (auto& type : schema_.types_)
        if (type.kind == TypeKind::object) type.possible.push_back(&type);
    for (auto const& [owner, name] : interfaces_) {
        auto const found = schema_.by_name_.find(name);
        if (found == schema_.by_name_.end() || found->second->kind != TypeKind::interface)
            fail(owner->name + " implements " + name + ", which is no interface");
        owner->interfaces.push_back(found->second);
        if (owner->kind == TypeKind::object) found->second->possible.push_back(owner);
    }
    for (auto const& [owner, name] : members_) {
        auto const found = schema_.by_name_.find(name);
        if (found == schema_.by_name_.end() || found->second->kind != TypeKind::object)
            fail(owner->name + " has the member " + name + ", which is no object type");
        owner->possible.push_back(found->second);
    }
}

void SchemaBuilder::check() const {
    if (!schema_.query_ || schema_.query_->kind != TypeKind::object)
        fail("there is no object type Query");
    if (schema_.mutation_ && schema_.mutation_->kind != TypeKind::object)
        fail("Mutation is no object type");
    for (auto const& type : schema_.types_) {
        check_names(type.name, type.fields, type.introspection);
        check_names(type.name, type.values, type.introspection);
        check_names(type.name, type.input_fields, type.introspection);
        for (auto const& field : type.fields)
            check_names(type.name + "." + field.name, field.arguments, false);
        if (!has_members(type)) fail(type.name + " is empty");
        for (auto const* const interface : type.interfaces) {
            check_implements(type, *interface);
            // 3.6: what an interface implements, its implementations declare too.
            for (auto const* const further : interface->interfaces)
                if (std::ranges::find(type.interfaces, further) == type.interfaces.end())
                    fail(type.name + " must implement " + further->name + " too");
        }
    }
}

}  // namespace tunnus::graphql
