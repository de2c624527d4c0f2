// SPDX-License-Identifier: MIT
// 5.3, 5.4, 5.5.2.3, 5.6 and 5.7: what stands in one operation or fragment, each by itself.
#pragma once

#include "plugins/profile/graphql/findings.hpp"
#include "plugins/profile/graphql/validation.hpp"

namespace tunnus::graphql {

/// The places of variables in one definition, without those of fragments it spreads.
using VariablePlaces = std::vector<VariablePlace>;

class SelectionRules {
  public:
    SelectionRules(Schema const& schema, Introspection introspection, FieldInfos& infos,
                   Findings& findings)
        : schema_(schema), introspection_(introspection), infos_(infos), findings_(findings) {}

    /// `root` is the operation's type.
    [[nodiscard]] VariablePlaces check(Operation const& operation, Type const& root);
    [[nodiscard]] VariablePlaces check(Fragment const& fragment);

  private:
    void check_selections(std::vector<Selection> const& selections, Type const& parent);
    void check_field(Selection const& selection, Type const& parent);
    void check_fragment(Selection const& selection, Type const& parent);
    void check_directives(std::vector<Directive> const& directives, std::string_view location);
    void check_arguments(std::vector<InputValue> const& definitions,
                         std::vector<Argument> const& arguments, std::string_view owner, Offset at);

    Schema const& schema_;
    Introspection introspection_;
    FieldInfos& infos_;
    Findings& findings_;
    VariablePlaces places_;
};

}  // namespace tunnus::graphql
