// SPDX-License-Identifier: MIT
#include "idp/base/secret.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <set>
#include <type_traits>

namespace tunnus {
namespace {

template <class T>
concept Printable = requires(std::ostream& out, T const& value) {
    out << value;
};
static_assert(Printable<std::string>);
static_assert(!Printable<Secret> && !Printable<PersonalIdentityCode>);
static_assert(!std::is_convertible_v<Secret, std::string> &&
              !std::is_convertible_v<Secret, std::string_view>);

TEST(Wipe, OverwritesTheBytes) {
    std::string text(64, 's');
    auto const* bytes = text.data();
    wipe(text);
    EXPECT_TRUE(text.empty());
    for (int i = 1; i < 64; ++i)
        EXPECT_EQ(bytes[i], '\0');
}

TEST(EqualInConstantTime, ComparesBytes) {
    EXPECT_TRUE(equal_in_constant_time("", ""));
    EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
    EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
    EXPECT_FALSE(equal_in_constant_time("abc", "ab"));
}

TEST(Secret, MovesWithoutLeavingACopy) {
    Secret first("a secret that is longer than the small buffer");
    Secret second = std::move(first);
    EXPECT_TRUE(first.empty());
    EXPECT_TRUE(second.equals("a secret that is longer than the small buffer"));
    Secret third("x");
    third = second;
    EXPECT_TRUE(third.equals(second.reveal()));
    third = std::move(second);
    EXPECT_TRUE(second.empty());
    third = *&third;
    EXPECT_FALSE(third.empty());
}

// The vectors of the study of Suomi.fi, its part 5: made by calculation, of nobody.
constexpr char const* valid_codes[] = {"210281-9988", "010280-952L", "010594Y9021", "020594X903P",
                                       "030594W903B", "040594V9030", "050594U903M", "010516B903X",
                                       "020516C903K", "030516D9037", "010501E9032", "020503F9037",
                                       "020504A902E", "131052-308T", "290200A248A"};

TEST(PersonalIdentityCode, TakesValidCodesOfEverySign) {
    for (auto const* code : valid_codes)
        EXPECT_TRUE(PersonalIdentityCode::parse(code)) << code;
    EXPECT_TRUE(PersonalIdentityCode::parse("010190-999W"));
}

TEST(PersonalIdentityCode, RefusesBadChecksDatesAndSigns) {
    for (auto const* code :
         {"210281-9989", "310202-9999", "010594Z9021", "010190-999K", "", "210281-998",
          "210281-99888", "210281-998a", "210281 9988", "210281-9988 ", " 210281-9988",
          "131052-308t", "131052y308T", "290201A248A", "000180-9998", "011380-9998", "0101-0-9998",
          "131052/308T", "131052a308T"})
        EXPECT_FALSE(PersonalIdentityCode::parse(code)) << code;
    EXPECT_FALSE(PersonalIdentityCode::parse(std::string_view("210281-998\0", 11)));
}

TEST(PersonalIdentityCode, RefusesIndividualNumbersBelow2) {
    // 131052-000 and -001 with the right check characters, and -002, the smallest that is given.
    constexpr std::string_view checks = "0123456789ABCDEFHJKLMNPRSTUVWXY";
    for (int number = 0; number <= 2; ++number) {
        auto const code = "131052-00" + std::to_string(number) +
                          checks[static_cast<std::size_t>((131'052'000 + number) % 31)];
        EXPECT_EQ(PersonalIdentityCode::parse(code).has_value(), number == 2) << code;
    }
}

// threats.md P-15: exactly one character fits each place of the check, and the sign is free among
// its thirteen.
TEST(PersonalIdentityCode, TakesExactlyTheCharactersThatFit) {
    std::string const clean = "131052-308T";
    for (std::size_t place = 0; place < clean.size(); ++place) {
        std::set<char> accepted;
        for (int byte = 0; byte < 256; ++byte) {
            auto changed = clean;
            changed[place] = static_cast<char>(byte);
            if (PersonalIdentityCode::parse(changed)) accepted.insert(changed[place]);
        }
        if (place == 6)
            EXPECT_EQ(accepted, (std::set<char>{'+', '-', 'Y', 'X', 'W', 'V', 'U', 'A', 'B', 'C',
                                                'D', 'E', 'F'}));
        else
            EXPECT_EQ(accepted, std::set<char>{clean[place]}) << place;
    }
}

TEST(PersonalIdentityCode, TellsBirthDateByTheSign) {
    auto const birth_date = [](char const* code) {
        return PersonalIdentityCode::parse(code).value().birth_date();
    };
    EXPECT_EQ(birth_date("131052-308T"), "1952-10-13");
    EXPECT_EQ(birth_date("131052+308T"), "1852-10-13");
    EXPECT_EQ(birth_date("010594Y9021"), "1994-05-01");
    EXPECT_EQ(birth_date("010516B903X"), "2016-05-01");
    EXPECT_EQ(birth_date("290200A248A"), "2000-02-29");
}

TEST(PersonalIdentityCode, KeepsTheSignSignificant) {
    auto const minus = PersonalIdentityCode::parse("010594-9021").value();
    auto const letter = PersonalIdentityCode::parse("010594Y9021").value();
    EXPECT_FALSE(minus.equals(letter));
    EXPECT_TRUE(letter.equals(PersonalIdentityCode::parse("010594Y9021").value()));
    EXPECT_EQ(letter.reveal(), "010594Y9021");
}

TEST(PersonalIdentityCode, KnowsTemporaryCodes) {
    EXPECT_TRUE(PersonalIdentityCode::parse("010280-952L").value().is_temporary());
    EXPECT_FALSE(PersonalIdentityCode::parse("131052-308T").value().is_temporary());
}

}  // namespace
}  // namespace tunnus
