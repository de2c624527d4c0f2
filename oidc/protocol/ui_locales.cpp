// SPDX-License-Identifier: MIT
#include "oidc/protocol/ui_locales.hpp"

#include "idp/base/ascii.hpp"
#include "idp/base/limits.hpp"

#include <algorithm>

namespace tunnus::oidc {
namespace {

constexpr std::size_t max_tag_bytes = 35;  // RFC 5646 §4.4.1

bool is_language_tag(std::string_view word) {
    return !word.empty() && word.size() <= max_tag_bytes &&
           std::ranges::all_of(word, [](char c) { return is_alphanumeric(c) || c == '-'; });
}

}  // namespace

std::vector<std::string> parse_ui_locales(std::string_view text, Limits const& limits) {
    std::vector<std::string> locales;
    while (!text.empty() && locales.size() < limits.ui_locales) {
        auto const end = std::min(text.find(' '), text.size());
        auto const word = text.substr(0, end);
        if (is_language_tag(word)) locales.emplace_back(word);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return locales;
}

}  // namespace tunnus::oidc
