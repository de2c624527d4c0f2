// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql/variable_rules.hpp"

#include "plugins/profile/graphql/fragment_rules.hpp"

namespace tunnus::graphql {
namespace {

/// 5.8.5, IsVariableUsageAllowed.
bool is_allowed(VariableDefinition const& definition, TypeReference const& type,
                VariablePlace const& place) {
    if (!place.type.type) return true;
    if (type.type != place.type.type) return false;
    auto wanted = place.type.wrapping;
    if (wanted.is_not_null() && !type.wrapping.is_not_null()) {
        bool const never_null =
            definition.default_value && definition.default_value->kind != Value::Kind::null;
        if (!never_null && !place.has_default) return false;
        wanted = wanted.nullable();
    }
    return type.wrapping.fits(wanted);
}

}  // namespace

void check_variable_definitions(Schema const& schema, Operation const& operation,
                                Findings& findings) {
    if (auto const* const twice = find_twice(operation.variables))
        findings.add("the variable " + quoted(twice->name) + " is defined more than once",
                     {twice->at});
    for (auto const& variable : operation.variables) {
        auto const type = type_of(schema, variable);
        if (!type.type) {
            findings.add("there is no type " + quoted(variable.type_name), {variable.type_at});
        } else if (!type.type->is_input()) {
            findings.add("a variable cannot be of the type " + quoted(variable.type_name),
                         {variable.type_at});
        } else if (variable.default_value) {
            check_literal(
                *variable.default_value, type, false,
                [&findings](Misfit misfit) {
                    findings.add(std::move(misfit.message), {misfit.at});
                },
                [](VariablePlace const&) {});  // the grammar lets none stand here
        }
    }
}

void check_variable_uses(Schema const& schema, Document const& document, Operation const& operation,
                         std::vector<VariablePlace> const& own,
                         std::vector<std::vector<VariablePlace>> const& in_fragments,
                         Findings& findings) {
    std::vector<VariableDefinition const*> defined;
    for (auto const& variable : operation.variables)
        defined.push_back(&variable);
    std::ranges::sort(defined, {}, &VariableDefinition::name);
    std::vector<bool> used(defined.size());
    auto const check = [&](std::vector<VariablePlace> const& places) {
        for (auto const& place : places) {
            auto const name = place.value->text;
            auto const found =
                std::ranges::lower_bound(defined, name, {}, &VariableDefinition::name);
            if (found == defined.end() || (*found)->name != name) {
                findings.add("the variable " + quoted(name) + " is not defined",
                             {place.value->at, operation.at});
                continue;
            }
            used[static_cast<std::size_t>(found - defined.begin())] = true;
            if (!is_allowed(**found, type_of(schema, **found), place))
                findings.add("the variable " + quoted(name) + " is not of the type " +
                                 quoted(place.type.text()) + " that is needed here",
                             {(*found)->at, place.value->at});
        }
    };
    check(own);
    std::vector<bool> reached(document.fragments.size());
    for_each_reached(operation.selections, reached,
                     [&](Fragment const& fragment) { check(in_fragments[fragment.index]); });
    for (std::size_t i = 0; i < defined.size(); ++i)
        if (!used[i])
            findings.add("the variable " + quoted(defined[i]->name) + " is not used",
                         {defined[i]->at});
}

}  // namespace tunnus::graphql
