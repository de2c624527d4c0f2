// SPDX-License-Identifier: MIT
// 5.5 Fragments: their names, types and use, and that none leads back to itself.
#pragma once

#include "plugins/profile/graphql/findings.hpp"

namespace tunnus::graphql {

void check_fragments(Schema const& schema, Document const& document, Findings& findings);

/// The fragments in an order in which each comes after all that it spreads. Fragments on a cycle,
/// and those that lead into one, are left out.
[[nodiscard]] std::vector<Fragment const*> innermost_first(Document const& document);

/// Calls `visit` for every fragment that the selections spread, directly or through others, but for
/// those that `reached`, by Fragment::index, has already, and notes it there. Every spread has its
/// fragment; cycles do no harm.
void for_each_reached(std::vector<Selection> const& selections, std::vector<bool>& reached,
                      std::function<void(Fragment const&)> const& visit);

}  // namespace tunnus::graphql
