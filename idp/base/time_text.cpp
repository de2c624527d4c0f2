// SPDX-License-Identifier: MIT
#include "idp/base/time_text.hpp"

#include <array>
#include <cstdio>

namespace tunnus {
namespace {

using namespace std::chrono_literals;

/// What Finland's clocks are ahead of UTC: three hours from the last Sunday of March to the last
/// one of October, changed at 01:00 UTC, else two (directive 2000/84/EC).
seconds ahead_of_utc(TimePoint time) {
    auto const year =
        std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(time)).year();
    auto const change = [year](std::chrono::month month) {
        return std::chrono::sys_days(year / month / std::chrono::Sunday[std::chrono::last]) + 1h;
    };
    return change(std::chrono::March) <= time && time < change(std::chrono::October) ? 3h : 2h;
}

constexpr std::array swedish_months{"jan.", "feb.", "mars", "apr.", "maj",  "juni",
                                    "juli", "aug.", "sep.", "okt.", "nov.", "dec."};
constexpr std::array english_months{"Jan", "Feb", "Mar",  "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sept", "Oct", "Nov", "Dec"};

std::string day_text(std::chrono::year_month_day date, std::string_view locale) {
    auto const day = std::to_string(static_cast<unsigned>(date.day()));
    auto const month = static_cast<unsigned>(date.month());
    auto const year = std::to_string(static_cast<int>(date.year()));
    if (locale == "sv") return day + " " + swedish_months[month - 1] + " " + year;
    if (locale == "en") return day + " " + english_months[month - 1] + " " + year;
    return day + "." + std::to_string(month) + "." + year;
}

std::string clock_text(std::chrono::hh_mm_ss<seconds> clock, std::string_view locale) {
    auto const hours = static_cast<int>(clock.hours().count());
    auto const minutes = static_cast<int>(clock.minutes().count());
    std::array<char, 24> text{};
    std::snprintf(text.data(), text.size(), locale == "fi" ? "%d.%02d" : "%02d:%02d", hours,
                  minutes);
    return text.data();
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
    return day_text(std::chrono::floor<std::chrono::days>(time + ahead_of_utc(time)), locale);
}

std::string date_time_text(TimePoint time, std::string_view locale) {
    auto const here = std::chrono::floor<seconds>(time + ahead_of_utc(time));
    auto const day = std::chrono::floor<std::chrono::days>(here);
    auto const* const between = locale == "fi" ? " klo " : locale == "en" ? ", " : " ";
    return day_text(day, locale) + between +
           clock_text(std::chrono::hh_mm_ss<seconds>(here - day), locale);
}

}  // namespace tunnus
