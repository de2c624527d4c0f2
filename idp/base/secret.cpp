// SPDX-License-Identifier: MIT
#include "idp/base/secret.hpp"

#include "idp/base/check_character.hpp"

#include <openssl/crypto.h>

#include <array>
#include <chrono>
#include <cstdio>

namespace tunnus {

void wipe(std::string& text) noexcept {
    OPENSSL_cleanse(text.data(), text.capacity());
    text.clear();
}

bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

Secret& Secret::operator=(Secret const& other) {
    if (this != &other) {
        wipe(value_);
        value_ = other.value_;
    }
    return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        wipe(value_);
        value_ = std::move(other.value_);
        wipe(other.value_);
    }
    return *this;
}

namespace {

/// The first year of the century that the sign stands for, or 0 for an unknown sign.
int century_of(char sign) {
    constexpr std::string_view nineteen_hundreds = "-YXWVU";
    constexpr std::string_view two_thousands = "ABCDEF";
    if (sign == '+') return 1800;
    if (nineteen_hundreds.find(sign) != std::string_view::npos) return 1900;
    if (two_thousands.find(sign) != std::string_view::npos) return 2000;
    return 0;
}

std::optional<int> digits(std::string_view text) {
    int value = 0;
    for (char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return value;
}

std::optional<std::chrono::year_month_day> date_of(std::string_view code) {
    auto const day = digits(code.substr(0, 2));
    auto const month = digits(code.substr(2, 2));
    auto const year = digits(code.substr(4, 2));
    int const century = century_of(code[6]);
    if (!day || !month || !year || century == 0) return std::nullopt;
    std::chrono::year_month_day const date{std::chrono::year(century + *year),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok()) return std::nullopt;
    return date;
}

}  // namespace

std::optional<PersonalIdentityCode> PersonalIdentityCode::parse(std::string_view text) {
    if (text.size() != 11 || !date_of(text)) return std::nullopt;
    auto const number = digits(text.substr(7, 3));
    if (!number || *number < 2) return std::nullopt;
    std::string const all_digits = std::string(text.substr(0, 6)) + std::string(text.substr(7, 3));
    if (check_character(all_digits) != text[10]) return std::nullopt;
    return PersonalIdentityCode(std::string(text));
}

bool PersonalIdentityCode::is_temporary() const noexcept {
    return code_.reveal()[7] == '9';
}

std::string PersonalIdentityCode::birth_date() const {
    auto const date = *date_of(code_.reveal());
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    return text.data();
}

}  // namespace tunnus
