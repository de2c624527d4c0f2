// SPDX-License-Identifier: MIT
#include "idp/base/locale.hpp"

#include "idp/base/ascii.hpp"
#include "idp/base/cookies.hpp"
#include "idp/base/encoding.hpp"

#include <algorithm>
#include <optional>

namespace tunnus {
namespace {

/// RFC 9110 §12.4.2 in thousandths; nothing for what is no weight.
std::optional<int> parse_weight(std::string_view text) {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
    int weight = (text[0] - '0') * 1'000;
    if (text.size() > 1 && text[1] != '.') return std::nullopt;
    for (std::size_t i = 2, unit = 100; i < text.size(); ++i, unit /= 10) {
        if (!is_digit(text[i])) return std::nullopt;
        weight += (text[i] - '0') * static_cast<int>(unit);
    }
    if (weight > 1'000) return std::nullopt;
    return weight;
}

/// The known language of the highest weight in an Accept-Language field; of equal ones the first.
std::string_view from_accept_language(std::string_view field) {
    std::string_view best;
    int best_weight = 0;
    while (!field.empty()) {
        auto const end = std::min(field.find(','), field.size());
        auto const range = field.substr(0, end);
        field.remove_prefix(std::min(end + 1, field.size()));
        auto const semicolon = std::min(range.find(';'), range.size());
        auto const locale = locale_of_tag(trim(range.substr(0, semicolon)));
        int weight = 1'000;
        if (semicolon < range.size()) {
            auto const parameter = trim(range.substr(semicolon + 1));
            if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) continue;
            weight = parse_weight(parameter.substr(2)).value_or(0);
        }
        if (locale.empty() || weight <= best_weight) continue;
        best = locale;
        best_weight = weight;
    }
    return best;
}

/// The known locale of the field `ui_locales` in a query or form that may be malformed.
std::string_view from_form(std::string_view text) {
    constexpr std::string_view name = "ui_locales=";
    while (!text.empty()) {
        auto const end = std::min(text.find('&'), text.size());
        auto const pair = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (!pair.starts_with(name)) continue;
        auto const decoded = percent_decode(pair.substr(name.size()), Plus::is_space);
        if (!decoded) continue;
        for (std::string_view tags = *decoded; !tags.empty();) {
            auto const space = std::min(tags.find(' '), tags.size());
            if (auto const known = locale_of_tag(tags.substr(0, space)); !known.empty())
                return known;
            tags.remove_prefix(std::min(space + 1, tags.size()));
        }
    }
    return {};
}

std::string_view from_request(HttpRequest const& request) {
    if (auto const known = from_form(request.query); !known.empty()) return known;
    if (request.media_type() != "application/x-www-form-urlencoded") return {};
    return from_form(request.body);
}

}  // namespace

bool is_locale(std::string_view code) {
    return std::ranges::find(locales, code) != locales.end();
}

std::string_view locale_of_tag(std::string_view tag) {
    auto const primary = to_lower(tag.substr(0, tag.find('-')));
    auto const* found = std::ranges::find(locales, std::string_view(primary));
    return found == locales.end() ? std::string_view() : *found;
}

std::string choose_locale(std::vector<std::string> const& ui_locales, HttpRequest const& request) {
    for (auto const& tag : ui_locales)
        if (auto const known = locale_of_tag(tag); !known.empty()) return std::string(known);
    if (auto const known = from_request(request); !known.empty()) return std::string(known);
    for (auto const transport : {Cookies::Transport::https, Cookies::Transport::loopback_http})
        if (auto const cookie = Cookies(transport).find(request, "lang");
            cookie.value && !cookie.repeated)
            if (auto const known = locale_of_tag(*cookie.value); !known.empty())
                return std::string(known);
    if (auto const field = request.headers.find("Accept-Language"))
        if (auto const known = from_accept_language(*field); !known.empty())
            return std::string(known);
    return std::string(locales.front());
}

}  // namespace tunnus
