// SPDX-License-Identifier: MIT
#include "plugins/profile/graphql/overlapping_fields.hpp"

#include <span>

namespace tunnus::graphql {
namespace {

bool same_arguments(std::vector<Argument> const& a, std::vector<Argument> const& b);

bool same_value(Value const& a, Value const& b) {
    return a.kind == b.kind && a.text == b.text &&
           std::ranges::equal(a.items, b.items, same_value) && same_arguments(a.fields, b.fields);
}

/// In any order: names are unique by now.
bool same_arguments(std::vector<Argument> const& a, std::vector<Argument> const& b) {
    return a.size() == b.size() && std::ranges::all_of(a, [&b](Argument const& argument) {
               auto const other = std::ranges::find(b, argument.name, &Argument::name);
               return other != b.end() && same_value(argument.value, other->value);
           });
}

/// What two fields have to agree on.
enum class Agree { on_shape, on_field, on_both };

class Merger {
  public:
    Merger(Document const& document, FieldInfos const& infos, Bounds const& bounds,
           Findings& findings)
        : infos_(infos),
          findings_(findings),
          steps_left_(bounds.merge_steps),
          seen_in_(document.fragments.size()) {}

    void check_operation(Operation const& operation) {
        Fields fields;
        begin_set();
        collect(operation.selections, fields);
        check_set(fields, Agree::on_both);
    }

  private:
    using Fields = std::vector<Selection const*>;
    using Group = std::span<Selection const* const>;

    /// Each fragment is taken once into a set.
    void begin_set() { ++set_; }
    void collect(std::vector<Selection> const& selections, Fields& into) {
        for (auto const& selection : selections) {
            if (steps_left_ == 0) return;
            --steps_left_;
            switch (selection.kind) {
                case Selection::Kind::field:
                    into.push_back(&selection);
                    break;
                case Selection::Kind::inline_fragment:
                    collect(selection.selections, into);
                    break;
                case Selection::Kind::fragment_spread: {
                    auto& seen = seen_in_[selection.fragment->index];
                    if (seen == set_) break;
                    seen = set_;
                    collect(selection.fragment->selections, into);
                    break;
                }
            }
        }
    }

    void check_set(Fields& fields, Agree agree) {
        std::ranges::stable_sort(fields, {}, &Selection::response_key);
        for (auto begin = fields.begin(); begin != fields.end();) {
            auto const key = (*begin)->response_key();
            auto const end = std::find_if_not(begin, fields.end(), [key](Selection const* field) {
                return field->response_key() == key;
            });
            check_group({begin, end}, agree);
            if (stopped()) return;
            begin = end;
        }
    }

    /// Fields of one response name.
    void check_group(Group group, Agree agree) {
        if (group.size() == 1) return check_children(group, agree);
        if (agree != Agree::on_field && !same_shape(group)) return conflict(group);
        auto const objects = object_parents(group);
        if (objects.size() < 2) {
            if (agree != Agree::on_shape && !same_field(group)) return conflict(group);
            return check_children(group, agree);
        }
        // Two objects are never one, so their fields need to agree on shape alone; a field of an
        // interface or union may meet those of each.
        if (agree != Agree::on_field) check_children(group, Agree::on_shape);
        if (agree == Agree::on_shape) return;
        for (auto const* const object : objects) {
            Fields together;
            for (auto const* const field : group)
                if (parent(*field).kind != TypeKind::object || &parent(*field) == object)
                    together.push_back(field);
            if (!same_field(together)) return conflict(together);
            check_children(together, Agree::on_field);
            if (stopped()) return;
        }
    }

    void check_children(Group group, Agree agree) {
        Fields children;
        begin_set();
        for (auto const* const field : group)
            collect(field->selections, children);
        if (!children.empty() && !stopped()) check_set(children, agree);
    }

    [[nodiscard]] Type const& parent(Selection const& field) const {
        return *infos_[field.index].parent;
    }
    [[nodiscard]] std::vector<Type const*> object_parents(Group group) const {
        std::vector<Type const*> objects;
        for (auto const* const field : group)
            if (parent(*field).kind == TypeKind::object) objects.push_back(&parent(*field));
        std::ranges::sort(objects);
        objects.erase(std::unique(objects.begin(), objects.end()), objects.end());
        return objects;
    }
    [[nodiscard]] bool same_shape(Group group) const {
        auto const& first = infos_[group[0]->index].field->type;
        return std::ranges::all_of(group.subspan(1), [&](Selection const* field) {
            auto const& other = infos_[field->index].field->type;
            if (first.wrapping != other.wrapping) return false;
            if (first.type->is_leaf() || other.type->is_leaf()) return first.type == other.type;
            return true;
        });
    }
    [[nodiscard]] static bool same_field(Group group) {
        return std::ranges::all_of(group.subspan(1), [&](Selection const* field) {
            return group[0]->name == field->name &&
                   same_arguments(group[0]->arguments, field->arguments);
        });
    }

    void conflict(Group group) {
        conflicts_ = true;
        findings_.add(
            "fields that are not the same stand under the name " + quoted(group[0]->response_key()),
            {group[0]->at, group[1]->at});
    }
    /// One conflict is enough.
    [[nodiscard]] bool stopped() {
        if (steps_left_ == 0 && !conflicts_) {
            conflicts_ = true;
            findings_.add("too many fields stand under the same names", {}, ErrorKind::limit);
        }
        return conflicts_;
    }

    FieldInfos const& infos_;
    Findings& findings_;
    std::size_t steps_left_;
    std::vector<std::size_t> seen_in_;  ///< by fragment: the set that last took it
    std::size_t set_ = 0;
    bool conflicts_ = false;
};

}  // namespace

void check_overlapping_fields(Document const& document, FieldInfos const& infos,
                              Bounds const& bounds, Findings& findings) {
    Merger merger(document, infos, bounds, findings);
    for (auto const& operation : document.operations)
        merger.check_operation(operation);
}

}  // namespace tunnus::graphql
