// SPDX-License-Identifier: MIT
// The languages of every page, and which of them a person reads.
#pragma once

#include "idp/base/http.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus {

/// By their codes; the first where nothing says which.
inline constexpr std::array<std::string_view, 3> locales{"fi", "sv", "en"};

[[nodiscard]] bool is_locale(std::string_view code);

/// The locale of a language tag (RFC 5646), by its first part; empty for every other language.
[[nodiscard]] std::string_view locale_of_tag(std::string_view tag);

/// The first that is known of `ui_locales`, the request's own field `ui_locales`, the `lang` cookie
/// and Accept-Language; fi otherwise. The request may be malformed: what cannot be read says
/// nothing.
[[nodiscard]] std::string choose_locale(std::vector<std::string> const& ui_locales,
                                        HttpRequest const& request);

}  // namespace tunnus
