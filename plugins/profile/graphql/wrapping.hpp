// SPDX-License-Identifier: MIT
// How lists and "not null" stand around a named type (section 3.11 and 3.12).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tunnus::graphql {

/// `[Node!]` is one list of items that are not null; what stands outermost is asked first.
struct Wrapping {
    static constexpr std::uint8_t most_lists = 30;

    std::uint8_t lists = 0;
    std::uint32_t not_null = 0;  ///< bit 0: the named type; bit n: the n-th list around it

    [[nodiscard]] bool is_list() const { return lists > 0; }
    [[nodiscard]] bool is_not_null() const { return (not_null >> lists & 1U) != 0; }
    /// Of a list's items.
    [[nodiscard]] Wrapping item() const {
        return {static_cast<std::uint8_t>(lists - 1), not_null & ((1U << lists) - 1U)};
    }
    [[nodiscard]] Wrapping nullable() const { return {lists, not_null & ~(1U << lists)}; }
    /// As GraphQL writes it around the name.
    [[nodiscard]] std::string around(std::string_view name) const {
        std::string text(lists, '[');
        text += name;
        for (std::uint32_t level = 0;; ++level) {
            if ((not_null >> level & 1U) != 0) text += '!';
            if (level == lists) return text;
            text += ']';
        }
    }
    /// Whether every value of `*this` is one of `wider`, around the same named type.
    [[nodiscard]] bool fits(Wrapping const& wider) const {
        return lists == wider.lists && (wider.not_null & ~not_null) == 0;
    }
    friend bool operator==(Wrapping const&, Wrapping const&) = default;
};

}  // namespace tunnus::graphql
