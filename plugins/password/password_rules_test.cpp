// SPDX-License-Identifier: MIT
#include "plugins/password/password_rules.hpp"

#include "idp/base/limits.hpp"

#include <gtest/gtest.h>

namespace tunnus::plugin::password {
namespace {

std::string normal(std::string_view typed) {
    auto const password = normalise_password(typed, Limits());
    return password ? std::string(password->reveal()) : "refused";
}
std::string weakness(std::string_view password, std::vector<std::string> const& about = {}) {
    return std::string(find_weakness(Secret(std::string(password)), about, Limits()).value_or(""));
}

// threats.md L-12
TEST(NormalisePassword, ComposesLettersAndLevelsSpaces) {
    EXPECT_EQ(normal("a\u0308iti"), "\u00e4iti");
    EXPECT_EQ(normal("\u00e4iti"), "\u00e4iti");
    EXPECT_EQ(normal("one\u00a0two\u3000three"), "one two three");
    EXPECT_EQ(normal("   "), "   ");
    EXPECT_EQ(normal("\U0001f511 key"), "\U0001f511 key");
    EXPECT_EQ(normal("\ufb00"), "\ufb00") << "compatibility letters stay";
}

// threats.md L-10
TEST(NormalisePassword, RefusesWhatIsTooLongOrNoText) {
    EXPECT_EQ(normal(std::string(1'024, 'x')), std::string(1'024, 'x'));
    EXPECT_EQ(normal(std::string(1'025, 'x')), "refused");
    EXPECT_EQ(normal("bad \xff byte"), "refused");
    EXPECT_EQ(normal(std::string("a\0b", 3)), "refused");
    EXPECT_EQ(normal("line\nend"), "refused");
}

// threats.md L-16
TEST(FindWeakness, NamesTheReason) {
    EXPECT_EQ(weakness("neljä sinistä majakkaa"), "");
    EXPECT_EQ(weakness("k7#Qz!m2x"), "error_password_short");
    EXPECT_EQ(weakness("äääääääääää"), "error_password_short") << "characters, not bytes";
    EXPECT_EQ(weakness("password1234"), "error_password_weak");
    EXPECT_EQ(weakness("aaaaaaaaaaaaaaaa"), "error_password_weak");
    EXPECT_EQ(weakness("123456789012"), "error_password_weak");
}

TEST(FindWeakness, KnowsWhatOthersWouldTryFirst) {
    EXPECT_EQ(weakness("mattimeikalainen", {"matti", "meikalainen"}), "error_password_weak");
}

// threats.md I9
TEST(FindWeakness, LooksAtABoundedPart) {
    EXPECT_EQ(weakness(std::string(1'024, 'x')), "error_password_weak");
}

}  // namespace
}  // namespace tunnus::plugin::password
