// SPDX-License-Identifier: MIT
// What a page template may hold, checked when it is loaded.
#pragma once

#include "idp/base/result.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace tunnus {

/// The template with its partials (`{{> head}}`) in place of their tags. Refused: a tag that does
/// not escape (`{{{`, `{{&`), one that changes delimiters, an unknown or circular partial, a
/// `{{t.key}}` for which `has_text` is false, and what the mustache grammar refuses. The detail is
/// `LINE: what is wrong`.
[[nodiscard]] Result<std::string> check_and_join_template(
    std::string_view text, std::map<std::string, std::string, std::less<>> const& partials,
    std::function<bool(std::string_view)> const& has_text);

}  // namespace tunnus
