// SPDX-License-Identifier: MIT
// How much an operation asks for once its fragments are expanded, without expanding them.
#pragma once

#include "plugins/profile/graphql/findings.hpp"

namespace tunnus::graphql {

/// Compares every operation with Bounds: depth, introspection_depth, fields, aliases, root_fields,
/// variable_uses, cost and expanded_nesting. The document has no fragment cycles. Takes time in
/// proportion to the document, however often fragments spread each other.
void check_complexity(Schema const& schema, Document const& document, FieldInfos const& infos,
                      Bounds const& bounds, Findings& findings);

}  // namespace tunnus::graphql
