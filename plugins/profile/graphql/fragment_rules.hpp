// SPDX-License-Identifier: MIT
// 5.5 Fragments: their names, types and use, and that none leads back to itself.
#pragma once

#include "plugins/profile/graphql/findings.hpp"

namespace tunnus::graphql {

void check_fragments(Schema const& schema, Document const& document, Findings& findings);

/// The fragments in an order in which each comes after all that it spreads. Fragments on a cycle,
/// and those that lead into one, are left out.
[[nodiscard]] std::vector<Fragment const*> innermost_first(Document const& document);

/// Calls `visit` for every spread of a known fragment in the selections.
void for_each_spread(std::vector<Selection> const& selections,
                     std::function<void(Selection const&)> const& visit);

}  // namespace tunnus::graphql
