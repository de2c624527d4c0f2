// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql/validation.hpp"

#include "plugins/profile/graphql/complexity.hpp"
#include "plugins/profile/graphql/fragment_rules.hpp"
#include "plugins/profile/graphql/overlapping_fields.hpp"
#include "plugins/profile/graphql/selection_rules.hpp"
#include "plugins/profile/graphql/variable_rules.hpp"

namespace tunnus::graphql {
namespace {

Type const* root_type(Schema const& schema, OperationType type) {
    switch (type) {
        case OperationType::query:
            return &schema.query();
        case OperationType::mutation:
            return schema.mutation();
        case OperationType::subscription:
            break;
    }
    return nullptr;
}

/// 5.2 Operations.
void check_operations(Schema const& schema, Document const& document, Findings& findings) {
    auto const& operations = document.operations;
    std::vector<Operation const*> anonymous;
    for (auto const& operation : operations) {
        if (operation.name.empty()) anonymous.push_back(&operation);
        if (!root_type(schema, operation.type))
            findings.add("there are no operations of this kind", {operation.at});
    }
    if (!anonymous.empty()) {
        if (operations.size() > 1)
            findings.add("an operation without a name stands beside others", {anonymous[0]->at});
        return;
    }
    if (auto const* const twice = find_twice(operations))
        findings.add("there is more than one operation " + quoted(twice->name), {twice->at});
}

/// 5.3 to 5.8, but for the merging of fields.
void check_definitions(Schema const& schema, Document const& document, FieldInfos& infos,
                       Introspection introspection, Findings& findings) {
    SelectionRules rules(schema, introspection, infos, findings);
    std::vector<VariablePlaces> in_operations;
    std::vector<VariablePlaces> in_fragments;
    for (auto const& operation : document.operations) {
        in_operations.push_back(rules.check(operation, *root_type(schema, operation.type)));
        check_variable_definitions(schema, operation, findings);
    }
    for (auto const& fragment : document.fragments)
        in_fragments.push_back(rules.check(fragment));
    if (findings.any()) return;
    for (std::size_t i = 0; i < document.operations.size(); ++i)
        check_variable_uses(schema, document, document.operations[i], in_operations[i],
                            in_fragments, findings);
}

}  // namespace

ErrorEntries validate(Schema const& schema, Document const& document, Bounds const& bounds,
                      Introspection introspection) {
    Findings findings(document, bounds);
    FieldInfos infos(document.selection_count());
    // Each step relies on what those before it have found to be in order.
    check_operations(schema, document, findings);
    if (!findings.any()) check_fragments(schema, document, findings);
    if (!findings.any()) check_definitions(schema, document, infos, introspection, findings);
    if (!findings.any()) check_complexity(schema, document, infos, bounds, findings);
    if (!findings.any()) check_overlapping_fields(document, infos, bounds, findings);
    return findings.take();
}

}  // namespace tunnus::graphql
