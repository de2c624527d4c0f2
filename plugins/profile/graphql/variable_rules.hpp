// SPDX-License-Identifier: MIT
// 5.8 Variables: unique, of input types, defined where they are used, used where they are defined,
// and of a type that fits each place.
#pragma once

#include "plugins/profile/graphql/findings.hpp"

namespace tunnus::graphql {

/// The definitions by themselves: 5.8.1, 5.8.2, and 5.6 for their default values.
void check_variable_definitions(Schema const& schema, Operation const& operation,
                                Findings& findings);

/// 5.8.3 to 5.8.5 for one operation with the fragments that it reaches. `own` are the places in
/// the operation itself, `in_fragments` those in each fragment by its index.
void check_variable_uses(Schema const& schema, Document const& document, Operation const& operation,
                         std::vector<VariablePlace> const& own,
                         std::vector<std::vector<VariablePlace>> const& in_fragments,
                         Findings& findings);

}  // namespace tunnus::graphql
