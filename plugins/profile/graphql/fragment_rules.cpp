// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql/fragment_rules.hpp"

namespace tunnus::graphql {
namespace {

/// 5.5.1.2 and 5.5.1.3.
void check_type_condition(Schema const& schema, std::string_view name, Offset at,
                          Findings& findings) {
    auto const* const type = schema.find_type(name);
    if (!type)
        findings.add("there is no type " + quoted(name), {at});
    else if (!type->is_composite())
        findings.add("a fragment cannot stand on the type " + quoted(name), {at});
}

void check_selections(Schema const& schema, std::vector<Selection> const& selections,
                      Findings& findings) {
    for (auto const& selection : selections) {
        if (selection.kind == Selection::Kind::fragment_spread && !selection.fragment)
            findings.add("there is no fragment " + quoted(selection.name), {selection.at});
        if (selection.kind == Selection::Kind::inline_fragment && !selection.name.empty())
            check_type_condition(schema, selection.name, selection.at, findings);
        check_selections(schema, selection.selections, findings);
    }
}

/// Calls `visit` with the fragment of every spread in the selections that has one.
void for_each_spread(std::vector<Selection> const& selections,
                     std::function<void(Fragment const&)> const& visit) {
    for (auto const& selection : selections) {
        if (selection.fragment) visit(*selection.fragment);
        for_each_spread(selection.selections, visit);
    }
}

/// 5.5.1.4: from the operations, everything is reached.
void check_used(Document const& document, Findings& findings) {
    std::vector<bool> reached(document.fragments.size());
    for (auto const& operation : document.operations)
        for_each_reached(operation.selections, reached, [](Fragment const&) {});
    for (auto const& fragment : document.fragments)
        if (!reached[fragment.index])
            findings.add("the fragment " + quoted(fragment.name) + " is not used", {fragment.at});
}

}  // namespace

void for_each_reached(std::vector<Selection> const& selections, std::vector<bool>& reached,
                      std::function<void(Fragment const&)> const& visit) {
    std::vector<Fragment const*> waiting;
    auto const note = [&](Fragment const& fragment) {
        if (reached[fragment.index]) return;
        reached[fragment.index] = true;
        waiting.push_back(&fragment);
    };
    for_each_spread(selections, note);
    while (!waiting.empty()) {
        auto const& fragment = *waiting.back();
        waiting.pop_back();
        visit(fragment);
        for_each_spread(fragment.selections, note);
    }
}

std::vector<Fragment const*> innermost_first(Document const& document) {
    std::vector<std::size_t> open(document.fragments.size());  // spreads not yet in the order
    std::vector<std::vector<Fragment const*>> users(document.fragments.size());
    for (auto const& fragment : document.fragments)
        for_each_spread(fragment.selections, [&](Fragment const& spread) {
            ++open[fragment.index];
            users[spread.index].push_back(&fragment);
        });
    std::vector<Fragment const*> order;
    for (auto const& fragment : document.fragments)
        if (open[fragment.index] == 0) order.push_back(&fragment);
    for (std::size_t i = 0; i < order.size(); ++i)
        for (auto const* const user : users[order[i]->index])
            if (--open[user->index] == 0) order.push_back(user);
    return order;
}

void check_fragments(Schema const& schema, Document const& document, Findings& findings) {
    if (auto const* const twice = find_twice(document.fragments))  // 5.5.1.1
        findings.add("there is more than one fragment " + quoted(twice->name), {twice->at});
    for (auto const& fragment : document.fragments) {
        check_type_condition(schema, fragment.type_condition, fragment.type_at, findings);
        check_selections(schema, fragment.selections, findings);
    }
    for (auto const& operation : document.operations)
        check_selections(schema, operation.selections, findings);  // 5.5.2.1
    if (findings.any() || document.fragments.empty()) return;
    check_used(document, findings);
    auto const order = innermost_first(document);
    if (order.size() == document.fragments.size()) return;
    for (auto const& fragment : document.fragments)  // 5.5.2.2
        if (std::ranges::find(order, &fragment) == order.end()) {
            findings.add("the fragment " + quoted(fragment.name) + " leads back to itself",
                         {fragment.at});
            return;
        }
}

}  // namespace tunnus::graphql
