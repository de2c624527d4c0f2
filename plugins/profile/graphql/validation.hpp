// SPDX-License-Identifier: MIT
// Whether a document can be executed against a schema (October 2021, section 5), and whether it
// stays within the bounds. The answer depends on nothing else: a valid document stays valid, and
// may be kept.
#pragma once

#include "plugins/profile/graphql/document.hpp"
#include "plugins/profile/graphql/schema.hpp"

namespace tunnus::graphql {

enum class Introspection { on, off };

/// What is wrong, `bounds.errors` entries at most; none: the document is valid. Entries are of
/// ErrorKind::validation, or, once nothing else is wrong, ErrorKind::limit. Suggests no names.
/// Takes time in proportion to the document, for each operation to the fragments that it reaches
/// besides, and to `bounds.merge_steps`.
[[nodiscard]] ErrorEntries validate(Schema const& schema, Document const& document,
                                    Bounds const& bounds = {},
                                    Introspection introspection = Introspection::on);

}  // namespace tunnus::graphql
