// SPDX-License-Identifier: MIT
// The invariants of threats.md 0.3 as far as one process without a socket can show them. A Product
// checks them when it ends, so every story of this folder does.
#pragma once

#include <string>
#include <vector>

namespace tunnus::flow {

class Product;

/// One sentence per breach, named I1 to I12; empty when all hold. Looks at every answer since the
/// product was made, at every row of its tables, at its log and at its calls to the outside.
[[nodiscard]] std::vector<std::string> find_broken_invariants(Product& product);

}  // namespace tunnus::flow
