// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql/complexity.hpp"

#include "plugins/profile/graphql/fragment_rules.hpp"

#include <charconv>

namespace tunnus::graphql {
namespace {

/// Sums stop here: far above every bound, far below an overflow.
constexpr std::uint64_t plenty = 1'000'000'000'000;

std::uint64_t add(std::uint64_t a, std::uint64_t b) {
    return std::min(a + b, plenty);
}
std::uint64_t multiply(std::uint64_t a, std::uint64_t b) {
    return a == 0 || b <= plenty / a ? a * b : plenty;
}

struct Measure {
    std::uint64_t depth = 0;
    std::uint64_t introspection_depth = 0;
    std::uint64_t nesting = 0;
    std::uint64_t fields = 0;
    std::uint64_t aliases = 0;
    std::uint64_t root_fields = 0;
    std::uint64_t variable_uses = 0;
    std::uint64_t cost = 0;

    void join(Measure const& other) {
        depth = std::max(depth, other.depth);
        introspection_depth = std::max(introspection_depth, other.introspection_depth);
        nesting = std::max(nesting, other.nesting);
        fields = add(fields, other.fields);
        aliases = add(aliases, other.aliases);
        root_fields = add(root_fields, other.root_fields);
        variable_uses = add(variable_uses, other.variable_uses);
        cost = add(cost, other.cost);
    }
};

/// FieldOptions::items, or less where `first` or `last` says so.
std::uint64_t items_of(Field const& field, Selection const& selection) {
    std::uint64_t items = field.items;
    for (auto const& argument : selection.arguments) {
        if (argument.name != "first" && argument.name != "last") continue;
        if (argument.value.kind != Value::Kind::integer) continue;
        auto const text = argument.value.text;
        std::uint64_t given = 0;
        if (std::from_chars(text.data(), text.data() + text.size(), given).ec == std::errc{})
            items = std::min(items, given);
    }
    return items;
}

std::uint64_t uses_in(std::vector<Argument> const& arguments);
std::uint64_t uses_in(Value const& value) {
    if (value.kind == Value::Kind::variable) return 1;
    auto uses = uses_in(value.fields);
    for (auto const& item : value.items)
        uses = add(uses, uses_in(item));
    return uses;
}
std::uint64_t uses_in(std::vector<Argument> const& arguments) {
    std::uint64_t uses = 0;
    for (auto const& argument : arguments)
        uses = add(uses, uses_in(argument.value));
    return uses;
}

class Meter {
  public:
    Meter(Schema const& schema, Document const& document, FieldInfos const& infos)
        : schema_(schema), infos_(infos), fragments_(document.fragments.size()) {
        for (auto const* const fragment : innermost_first(document))
            fragments_[fragment->index] = measure(fragment->selections);
    }

    [[nodiscard]] Measure measure(std::vector<Selection> const& selections) const {
        Measure whole;
        for (auto const& selection : selections) {
            switch (selection.kind) {
                case Selection::Kind::field:
                    whole.join(measure_field(selection));
                    break;
                case Selection::Kind::inline_fragment:
                    whole.join(measure(selection.selections));
                    break;
                case Selection::Kind::fragment_spread:
                    whole.join(fragments_[selection.fragment->index]);
                    break;
            }
        }
        whole.nesting += 1;
        return whole;
    }

  private:
    [[nodiscard]] Measure measure_field(Selection const& selection) const {
        auto const& field = *infos_[selection.index].field;
        Measure all;
        if (!selection.selections.empty()) all = measure(selection.selections);
        if (&field == &schema_.schema_field() || &field == &schema_.type_field()) {
            all.introspection_depth = all.depth + 1;
            all.depth = 0;
        } else {
            all.depth += 1;
        }
        all.fields = add(all.fields, 1);
        all.aliases = add(all.aliases, selection.alias.empty() ? 0 : 1);
        all.root_fields = 1;
        all.variable_uses = add(all.variable_uses, uses_in(selection.arguments));
        all.cost = add(multiply(all.cost, items_of(field, selection)), field.cost);
        return all;
    }

    Schema const& schema_;
    FieldInfos const& infos_;
    std::vector<Measure> fragments_;
};

}  // namespace

void check_complexity(Schema const& schema, Document const& document, FieldInfos const& infos,
                      Bounds const& bounds, Findings& findings) {
    Meter const meter(schema, document, infos);
    for (auto const& operation : document.operations) {
        auto const measure = meter.measure(operation.selections);
        auto const check = [&](std::uint64_t value, std::uint64_t bound, char const* message) {
            if (value > bound) findings.add(message, {operation.at}, ErrorKind::limit);
        };
        check(measure.depth, bounds.depth, "the operation is too deep");
        check(measure.introspection_depth, bounds.introspection_depth, "the operation is too deep");
        check(measure.nesting, bounds.expanded_nesting, "the operation's fragments are too deep");
        check(measure.fields, bounds.fields, "the operation asks for too many fields");
        check(measure.aliases, bounds.aliases, "the operation has too many aliases");
        check(measure.root_fields, bounds.root_fields,
              "the operation has too many fields at its root");
        check(measure.variable_uses, bounds.variable_uses,
              "the operation uses variables in too many places");
        check(measure.cost, bounds.cost, "the operation costs too much");
    }
}

}  // namespace tunnus::graphql
