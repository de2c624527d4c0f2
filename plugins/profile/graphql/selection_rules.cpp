// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql/selection_rules.hpp"

namespace tunnus::graphql {

VariablePlaces SelectionRules::check(Operation const& operation, Type const& root) {
    places_.clear();
    check_directives(operation.directives,
                     operation.type == OperationType::query ? "QUERY" : "MUTATION");
    for (auto const& variable : operation.variables)
        check_directives(variable.directives, "VARIABLE_DEFINITION");
    check_selections(operation.selections, root);
    return std::move(places_);
}

VariablePlaces SelectionRules::check(Fragment const& fragment) {
    places_.clear();
    check_directives(fragment.directives, "FRAGMENT_DEFINITION");
    check_selections(fragment.selections, *schema_.find_type(fragment.type_condition));
    return std::move(places_);
}

void SelectionRules::check_selections(std::vector<Selection> const& selections,
                                      Type const& parent) {
    for (auto const& selection : selections)
        if (selection.kind == Selection::Kind::field)
            check_field(selection, parent);
        else
            check_fragment(selection, parent);
}

void SelectionRules::check_field(Selection const& selection, Type const& parent) {
    auto const* const field = schema_.find_field(parent, selection.name);
    if (!field) {  // 5.3.1
        findings_.add(quoted(parent.name) + " has no field " + quoted(selection.name),
                      {selection.at});
        return;
    }
    if (introspection_ == Introspection::off &&
        (field == &schema_.schema_field() || field == &schema_.type_field())) {
        findings_.add("introspection is switched off", {selection.at});
        return;
    }
    infos_[selection.index] = {field, &parent};
    check_directives(selection.directives, "FIELD");
    check_arguments(field->arguments, selection.arguments, selection.name, selection.at);
    auto const& type = *field->type.type;  // 5.3.3
    if (type.is_leaf() && !selection.selections.empty())
        findings_.add("the field " + quoted(selection.name) + " has no fields to select",
                      {selection.at});
    else if (!type.is_leaf() && selection.selections.empty())
        findings_.add("the field " + quoted(selection.name) + " needs a selection of its fields",
                      {selection.at});
    else
        check_selections(selection.selections, type);
}

void SelectionRules::check_fragment(Selection const& selection, Type const& parent) {
    bool const spread = selection.kind == Selection::Kind::fragment_spread;
    check_directives(selection.directives, spread ? "FRAGMENT_SPREAD" : "INLINE_FRAGMENT");
    auto const name = spread ? selection.fragment->type_condition : selection.name;
    auto const* const type = name.empty() ? &parent : schema_.find_type(name);
    if (!type->overlaps(parent))  // 5.5.2.3
        findings_.add(
            "a fragment on " + quoted(type->name) + " cannot stand in " + quoted(parent.name),
            {selection.at});
    check_selections(selection.selections, *type);
}

void SelectionRules::check_directives(std::vector<Directive> const& directives,
                                      std::string_view location) {
    for (auto const& directive : directives) {
        auto const* const definition = schema_.find_directive(directive.name);
        if (!definition) {  // 5.7.1
            findings_.add("there is no directive " + quoted(directive.name), {directive.at});
            continue;
        }
        if (std::ranges::find(definition->locations, location) == definition->locations.end())
            findings_.add("the directive " + quoted(directive.name) + " cannot stand here",
                          {directive.at});  // 5.7.2
        check_arguments(definition->arguments, directive.arguments, directive.name, directive.at);
    }
    if (auto const* const twice = find_twice(directives))  // 5.7.3
        findings_.add("the directive " + quoted(twice->name) + " stands here more than once",
                      {twice->at});
}

void SelectionRules::check_arguments(std::vector<InputValue> const& definitions,
                                     std::vector<Argument> const& arguments, std::string_view owner,
                                     Offset at) {
    for (auto const& argument : arguments) {
        auto const definition = std::ranges::find(definitions, argument.name, &InputValue::name);
        if (definition == definitions.end()) {  // 5.4.1
            findings_.add(quoted(owner) + " has no argument " + quoted(argument.name),
                          {argument.at});
            continue;
        }
        check_literal(
            argument.value, definition->type, definition->default_value.has_value(),
            [this](Misfit misfit) { findings_.add(std::move(misfit.message), {misfit.at}); },
            [this](VariablePlace const& place) { places_.push_back(place); });
    }
    if (auto const* const twice = find_twice(arguments)) {  // 5.4.2
        findings_.add("the argument " + quoted(twice->name) + " is given more than once",
                      {twice->at});
        return;
    }
    for (auto const& definition : definitions)  // 5.4.2.1
        if (definition.required() &&
            std::ranges::find(arguments, definition.name, &Argument::name) == arguments.end())
            findings_.add(quoted(owner) + " needs the argument " + quoted(definition.name), {at});
}

}  // namespace tunnus::graphql
