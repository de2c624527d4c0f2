// SPDX-License-Identifier: MIT
// A schema in GraphQL's own schema definition language, for documentation, code generators and
// tests that watch for changes.
#pragma once

#include "plugins/profile/graphql/schema.hpp"

namespace tunnus::graphql {

/// The schema's own types in the order of their declaration; what every schema has is left out.
[[nodiscard]] std::string print_sdl(Schema const& schema);

/// A string literal, escapes included.
[[nodiscard]] std::string string_literal(std::string_view text);

}  // namespace tunnus::graphql
