// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql/selection_plan.hpp"

#include "plugins/profile/graphql/input_values.hpp"

#include <algorithm>

namespace tunnus::graphql {

SelectionPlan Planner::plan(std::vector<Selection> const& selections, Type const& object) {
    SelectionPlan plan;
    ++plan_;
    collect(selections, object, plan);
    coerce(plan);
    return plan;
}

SelectionPlan& Planner::plan_below(PlannedField& field, Type const& object) {
    for (auto const& [type, plan] : field.below)
        if (type == &object) return *plan;
    auto plan = std::make_unique<SelectionPlan>();
    ++plan_;
    for (auto const* const selection : field.selections)
        collect(selection->selections, object, *plan);
    coerce(*plan);
    return *field.below.emplace_back(&object, std::move(plan)).second;
}

void Planner::collect(std::vector<Selection> const& selections, Type const& object,
                      SelectionPlan& plan) {
    for (auto const& selection : selections) {
        if (!selection.directives.empty() && is_left_out(selection, plan)) continue;
        if (selection.kind == Selection::Kind::field) {
            add_field(selection, object, plan);
            continue;
        }
        auto const* const fragment = selection.fragment;
        if (fragment) {
            if (seen_in_[fragment->index] == plan_) continue;
            seen_in_[fragment->index] = plan_;
        }
        auto const condition = fragment ? fragment->type_condition : selection.name;
        if (!condition.empty() && !schema_.find_type(condition)->includes(object)) continue;
        collect(fragment ? fragment->selections : selection.selections, object, plan);
    }
}

void Planner::add_field(Selection const& selection, Type const& object, SelectionPlan& plan) {
    auto const key = selection.response_key();
    auto const present = std::ranges::find(plan.fields, key, &PlannedField::response_key);
    if (present != plan.fields.end()) {
        present->selections.push_back(&selection);
        return;
    }
    auto& field = plan.fields.emplace_back();
    field.response_key = key;
    field.field = schema_.find_field(object, selection.name);
    field.selections.push_back(&selection);
}

bool Planner::is_left_out(Selection const& selection, SelectionPlan& plan) {
    for (auto const& directive : selection.directives) {
        auto const& definition = *schema_.find_directive(directive.name);
        auto const arguments =
            coerce_arguments(definition.arguments, directive.arguments, variables_, document_);
        if (!arguments) {
            plan.error = arguments.error();
            return true;
        }
        bool const value = arguments->at("if").get_bool();
        if (directive.name == "skip" ? value : !value) return true;
    }
    return false;
}

void Planner::coerce(SelectionPlan& plan) {
    for (auto& field : plan.fields) {
        if (field.field->arguments.empty()) continue;
        auto arguments = coerce_arguments(field.field->arguments, field.selections[0]->arguments,
                                          variables_, document_);
        if (arguments)
            field.arguments = std::move(*arguments);
        else
            field.argument_error = arguments.error();
    }
}

}  // namespace tunnus::graphql
