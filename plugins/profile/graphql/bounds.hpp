// SPDX-License-Identifier: MIT
// What one GraphQL request may cost. The engine has no bounds of its own: who uses it fills these.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tunnus::graphql {

struct Bounds {
    // The request
    std::size_t request_bytes = 65'536;  ///< the JSON body
    std::size_t json_depth = 16;         ///< of the body, so of variables too
    std::size_t batch = 0;               ///< requests in one body; 0: an array is refused

    // The document as it is written
    std::size_t bytes = 16'384;
    std::size_t tokens = 4'000;
    /// Selection sets, lists, objects and list types within each other, in one definition. It
    /// bounds the engine's recursion: not above 128.
    std::size_t nesting = 32;

    // An operation with its fragments expanded. What stands below `__schema` and `__type` counts
    // for `fields`, and has a depth of its own, since tools ask deeply there.
    std::size_t depth = 12;  ///< fields within fields; a field of the operation has depth 1
    std::size_t introspection_depth = 16;
    std::size_t fields = 1'000;
    std::size_t aliases = 50;
    std::size_t root_fields = 10;  ///< fields of the operation itself
    /// Places where a variable stands in an argument: each gets the value anew.
    std::size_t variable_uses = 100;
    std::uint64_t cost = 10'000;  ///< see FieldOptions::cost and ::items
    /// Selection sets within each other, inline fragments and fragments included. It bounds the
    /// engine's recursion: not above 256.
    std::size_t expanded_nesting = 64;
    /// Fields looked at, in all, to find whether fields of one name can be merged.
    std::size_t merge_steps = 20'000;

    // The answer
    std::size_t response_bytes = 1'048'576;
    /// Entries; validation stops at so many, execution drops further ones.
    std::size_t errors = 20;
};

}  // namespace tunnus::graphql
