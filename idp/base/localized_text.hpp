// SPDX-License-Identifier: MIT
// A text in the three languages of every page.
#pragma once

#include <string>
#include <string_view>

namespace tunnus {

struct LocalizedText {
    std::string fi;
    std::string sv;
    std::string en;

    [[nodiscard]] static LocalizedText same(std::string const& text) { return {text, text, text}; }
    /// In `locale` (fi, sv or en); any other counts as fi.
    [[nodiscard]] std::string const& in(std::string_view locale) const {
        return locale == "sv" ? sv : locale == "en" ? en : fi;
    }
    [[nodiscard]] bool empty() const { return fi.empty() && sv.empty() && en.empty(); }
    bool operator==(LocalizedText const&) const = default;
};

/// The text with the value wherever `placeholder` (`{code}`) stands.
[[nodiscard]] std::string filled(std::string text, std::string_view placeholder,
                                 std::string_view value);

}  // namespace tunnus
