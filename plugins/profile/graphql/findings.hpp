// SPDX-License-Identifier: MIT
// What the rules of validation share: where they put what is wrong, and what is known of a
// document's selections.
#pragma once

#include "plugins/profile/graphql/document.hpp"
#include "plugins/profile/graphql/input_values.hpp"
#include "plugins/profile/graphql/schema.hpp"

#include <algorithm>
#include <initializer_list>

namespace tunnus::graphql {

class Findings {
  public:
    Findings(Document const& document, Bounds const& bounds)
        : document_(document), most_(std::max<std::size_t>(bounds.errors, 1)) {}

    void add(std::string message, std::initializer_list<Offset> at,
             ErrorKind kind = ErrorKind::validation) {
        if (entries_.size() >= most_) return;
        auto& entry = entries_.emplace_back();
        entry.kind = kind;
        entry.message = std::move(message);
        for (auto const offset : at)
            entry.locations.push_back(document_.location(offset));
    }
    [[nodiscard]] bool any() const { return !entries_.empty(); }
    [[nodiscard]] ErrorEntries take() { return std::move(entries_); }

  private:
    Document const& document_;
    std::size_t most_;
    ErrorEntries entries_;
};

/// What the schema says of a selection that is a field.
struct FieldInfo {
    Field const* field = nullptr;
    Type const* parent = nullptr;  ///< the type of the selection set it stands in
};
/// By Selection::index.
using FieldInfos = std::vector<FieldInfo>;

/// The first name that occurs twice, or null.
template <class Named>
[[nodiscard]] Named const* find_twice(std::vector<Named> const& list) {
    if (list.size() < 2) return nullptr;
    std::vector<Named const*> sorted;
    sorted.reserve(list.size());
    for (auto const& named : list)
        sorted.push_back(&named);
    std::ranges::stable_sort(sorted, {}, &Named::name);
    auto const twice = std::ranges::adjacent_find(sorted, {}, &Named::name);
    return twice == sorted.end() ? nullptr : *std::next(twice);
}

}  // namespace tunnus::graphql
