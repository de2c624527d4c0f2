// SPDX-License-Identifier: MIT
// The fields to execute in an object, in order (October 2021, section 6.3.2 CollectFields), with
// @skip and @include done, fragments expanded, equal response names merged and arguments coerced.
// One plan serves every object of a type in the same place of the response, all items of a list.
#pragma once

#include "plugins/profile/graphql/document.hpp"
#include "plugins/profile/graphql/schema.hpp"

#include <memory>

namespace tunnus::graphql {

struct SelectionPlan;

struct PlannedField {
    std::string_view response_key;
    Field const* field = nullptr;
    std::vector<Selection const*> selections;  ///< merged; never empty
    boost::json::object arguments;
    std::optional<ErrorEntry> argument_error;
    /// What is selected below, by the object's type.
    std::vector<std::pair<Type const*, std::unique_ptr<SelectionPlan>>> below;
};

struct SelectionPlan {
    std::vector<PlannedField> fields;
    std::optional<ErrorEntry> error;  ///< of a @skip or @include
};

class Planner {
  public:
    /// Everything is kept by reference.
    Planner(Schema const& schema, Document const& document, boost::json::object const& variables)
        : schema_(schema),
          document_(document),
          variables_(variables),
          seen_in_(document.fragments.size()) {}

    [[nodiscard]] SelectionPlan plan(std::vector<Selection> const& selections, Type const& object);
    /// Of what stands below a field, made once for each type.
    [[nodiscard]] SelectionPlan& plan_below(PlannedField& field, Type const& object);

  private:
    void collect(std::vector<Selection> const& selections, Type const& object, SelectionPlan& plan);
    void add_field(Selection const& selection, Type const& object, SelectionPlan& plan);
    [[nodiscard]] bool is_left_out(Selection const& selection, SelectionPlan& plan);
    void coerce(SelectionPlan& plan);

    Schema const& schema_;
    Document const& document_;
    boost::json::object const& variables_;
    std::vector<std::size_t> seen_in_;  ///< by fragment: the plan that last took it
    std::size_t plan_ = 0;
};

}  // namespace tunnus::graphql
