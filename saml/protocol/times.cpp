// SPDX-License-Identifier: MIT
#include "saml/protocol/times.hpp"

#include <array>
#include <cstdio>
#include <optional>

namespace tunnus::saml {
namespace {

using namespace std::chrono;

std::optional<int> digits(std::string_view text) {
    int value = 0;
    for (char const c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return value;
}

/// `.f{1,9}` or nothing.
std::optional<milliseconds> fraction(std::string_view text) {
    if (text.empty()) return milliseconds(0);
    if (text.front() != '.' || text.size() < 2 || text.size() > 10) return std::nullopt;
    auto const all = digits(text.substr(1));
    if (!all) return std::nullopt;
    std::string padded(text.substr(1));
    padded.resize(3, '0');
    return milliseconds(*digits(padded));
}

bool has_separators(std::string_view text) {
    return text[4] == '-' && text[7] == '-' && text[10] == 'T' && text[13] == ':' &&
           text[16] == ':' && text.back() == 'Z';
}

Error bad_time() {
    return {Reason::bad_time, ""};
}

}  // namespace

Result<TimePoint> parse_time(std::string_view text) {
    constexpr std::size_t shortest = 20;
    if (text.size() < shortest || !has_separators(text)) return bad_time();
    auto const part = [&](std::size_t at, std::size_t size) {
        return digits(text.substr(at, size)).value_or(-1);
    };
    int const y = part(0, 4);
    int const month_number = part(5, 2);
    int const day_number = part(8, 2);
    int const h = part(11, 2);
    int const m = part(14, 2);
    int const s = part(17, 2);
    auto const below_seconds = fraction(text.substr(19, text.size() - shortest));
    if (y < 1 || month_number < 0 || day_number < 0 || h < 0 || h > 23 || m < 0 || m > 59 ||
        s < 0 || s > 59 || !below_seconds)
        return bad_time();
    year_month_day const date{year(y), month(static_cast<unsigned>(month_number)),
                              day(static_cast<unsigned>(day_number))};
    if (!date.ok()) return bad_time();
    return TimePoint(sys_days(date)) + hours(h) + minutes(m) + seconds(s) + *below_seconds;
}

std::string format_time(TimePoint time) {
    auto const midnight = floor<days>(time);
    year_month_day const date(midnight);
    hh_mm_ss const clock(time - midnight);
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                  static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()),
                  static_cast<int>(clock.subseconds().count()));
    return text.data();
}

}  // namespace tunnus::saml
