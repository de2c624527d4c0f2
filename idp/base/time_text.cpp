// SPDX-License-Identifier: MIT
#include "idp/base/time_text.hpp"

#include <unicode/datefmt.h>
#include <unicode/timezone.h>

#include <array>
#include <cstdio>
#include <memory>

namespace tunnus {
namespace {

std::string formatted(TimePoint time, std::string_view locale,
                      icu::DateFormat::EStyle clock_style) {
    icu::Locale const language(std::string(locale).c_str(), locale == "en" ? "GB" : "FI");
    std::unique_ptr<icu::DateFormat> const format(
        clock_style == icu::DateFormat::kNone
            ? icu::DateFormat::createDateInstance(icu::DateFormat::kMedium, language)
            : icu::DateFormat::createDateTimeInstance(icu::DateFormat::kMedium, clock_style,
                                                      language));
    format->adoptTimeZone(icu::TimeZone::createTimeZone("Europe/Helsinki"));
    icu::UnicodeString text;
    format->format(static_cast<UDate>(to_unix_ms(time)), text);
    std::string utf8;
    text.toUTF8String(utf8);
    return utf8;
}

}  // namespace

std::string rfc3339(TimePoint time) {
    auto const day = std::chrono::floor<std::chrono::days>(time);
    std::chrono::year_month_day const date(day);
    std::chrono::hh_mm_ss const clock(time - day);
    std::array<char, 48> text{};
    auto const length = std::snprintf(
        text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
        static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
        static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
        static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()),
        static_cast<int>(clock.subseconds().count()));
    return {text.data(), static_cast<std::size_t>(length)};
}

std::string imf_date(TimePoint time, std::string_view zone) {
    constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    auto const day = std::chrono::floor<std::chrono::days>(time);
    std::chrono::year_month_day const date(day);
    std::chrono::hh_mm_ss const clock(std::chrono::floor<seconds>(time - day));
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d ",
                  days[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                  months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                  static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    return std::string(text.data()).append(zone);
}

std::string date_text(TimePoint time, std::string_view locale) {
    return formatted(time, locale, icu::DateFormat::kNone);
}

std::string date_time_text(TimePoint time, std::string_view locale) {
    return formatted(time, locale, icu::DateFormat::kShort);
}

}  // namespace tunnus
