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

    /// In `locale` (fi, sv or en); any other counts as fi.
    [[nodiscard]] std::string const& in(std::string_view locale) const {
        return locale == "sv" ? sv : locale == "en" ? en : fi;
    }
    [[nodiscard]] bool empty() const { return fi.empty() && sv.empty() && en.empty(); }
    bool operator==(LocalizedText const&) const = default;
};

}  // namespace tunnus
