// SPDX-License-Identifier: MIT
#include "idp/base/form.hpp"

#include <gmock/gmock.h>

#include <array>

namespace tunnus {
namespace {

using Kind = FormError::Kind;
using testing::ElementsAre;

Kind kind_of(std::string_view text) {
    auto const parsed = parse_form(text);
    EXPECT_TRUE(parsed.error.has_value()) << text;
    return parsed.error ? parsed.error->kind : Kind{};
}

TEST(Form, ReadsPairsAndDecodesThemOnce) {
    auto const parsed =
        parse_form("grant_type=authorization_code&name=a+b%20c%2B%25C3&%C3%A4=%E2%82%AC");
    ASSERT_FALSE(parsed.error.has_value());
    EXPECT_EQ(parsed.form.get("grant_type"), "authorization_code");
    EXPECT_EQ(parsed.form.get("name"), "a b c+%C3");
    EXPECT_EQ(parsed.form.get("\xc3\xa4"), "\xe2\x82\xac");
    EXPECT_EQ(parsed.form.find("absent"), std::nullopt);
    EXPECT_EQ(parsed.form.get("absent"), "");
}

TEST(Form, TellsAnEmptyValueFromAnAbsentField) {
    auto const parsed = parse_form("scope=&state");
    ASSERT_FALSE(parsed.error.has_value());
    EXPECT_EQ(parsed.form.find("scope"), "");
    EXPECT_EQ(parsed.form.find("state"), "");
    EXPECT_EQ(parsed.form.find("nonce"), std::nullopt);
}

// threats.md P-01
TEST(Form, RefusesARepeatedNameAlsoInAnotherEncoding) {
    for (auto const* text :
         {"code=1&code=2", "code=1&c%6fde=1", "code&code", "%63ode=1&a=b&code="}) {
        auto const parsed = parse_form(text);
        ASSERT_TRUE(parsed.error.has_value()) << text;
        EXPECT_EQ(parsed.error->kind, Kind::repeated_field) << text;
        EXPECT_EQ(parsed.error->field, "code") << text;
        EXPECT_THAT(parsed.repeated, ElementsAre("code")) << text;
    }
}

// RFC 8707 §2.1: `resource` may be there several times.
TEST(Form, LetsOnlyTheNamesRepeatThatMay) {
    std::array<std::string_view, 1> const repeatable{"resource"};
    auto const good = parse_form("resource=a&x=1&r%65source=b&resource=", 64, repeatable);
    EXPECT_FALSE(good.error.has_value());
    EXPECT_THAT(good.form.all("resource"), ElementsAre("a", "b"));
    EXPECT_EQ(good.form.get("resource"), "a");
    EXPECT_THAT(good.form.all("y"), ElementsAre());
    auto const bad = parse_form("resource=a&resource=b&x=1&x=2", 64, repeatable);
    EXPECT_THAT(bad.repeated, ElementsAre("x"));
    EXPECT_EQ(parse_form("resource=a&resource=b", 1, repeatable).error->kind,
              Kind::too_many_fields);
}

TEST(Form, KeepsWhatItCouldReadBesideAnError) {
    auto const parsed = parse_form("client_id=a&scope=x&scope=y&state=s&scope=z&client_id=b");
    EXPECT_EQ(parsed.form.get("client_id"), "a");
    EXPECT_EQ(parsed.form.get("scope"), "x");
    EXPECT_EQ(parsed.form.get("state"), "s");
    EXPECT_EQ(parsed.error->field, "scope");
    EXPECT_THAT(parsed.repeated, ElementsAre("scope", "client_id"));
}

// threats.md P-02
TEST(Form, RefusesBadEscapesNulAndInvalidUtf8) {
    EXPECT_FALSE(parse_form("a=%41").error.has_value());
    for (auto const* text : {"a=%", "a=%4", "a=%g0", "a=%00", "a=%C3", "a=%C0%80", "a=%ED%A0%80",
                             "%=1", "a=\xff", "%00=1"})
        EXPECT_EQ(kind_of(text), Kind::malformed) << text;
    EXPECT_EQ(kind_of(std::string_view("a=b\0c", 5)), Kind::malformed);
}

TEST(Form, LeavesAMalformedValueOutAndNamesItsField) {
    auto const parsed = parse_form("state=%zz&client_id=a");
    EXPECT_EQ(parsed.error->field, "state");
    EXPECT_EQ(parsed.form.find("state"), std::nullopt);
    EXPECT_EQ(parsed.form.get("client_id"), "a");
}

// threats.md P-03
TEST(Form, TakesSemicolonsBracketsAndDotsAsData) {
    auto const parsed = parse_form("a=1;b=2&a[]=1&a.b=1&flag&&&");
    ASSERT_FALSE(parsed.error.has_value());
    EXPECT_EQ(parsed.form.get("a"), "1;b=2");
    EXPECT_EQ(parsed.form.get("a[]"), "1");
    EXPECT_EQ(parsed.form.get("a.b"), "1");
    EXPECT_EQ(parsed.form.find("flag"), "");
    EXPECT_EQ(parsed.form.fields().size(), 4U);
}

TEST(Form, RefusesAnEmptyName) {
    EXPECT_EQ(kind_of("=1"), Kind::malformed);
    EXPECT_EQ(kind_of("a=1&="), Kind::malformed);
    EXPECT_TRUE(parse_form("&&&").form.fields().empty());
}

// threats.md P-04
TEST(Form, RefusesTheSixtyFifthField) {
    std::string text;
    for (int i = 0; i < 64; ++i)
        text += "f" + std::to_string(i) + "=1&";
    EXPECT_FALSE(parse_form(text).error.has_value());
    text += "last=1";
    EXPECT_EQ(kind_of(text), Kind::too_many_fields);
}

TEST(BuildForm, EscapesEveryReservedByteAndReadsBack) {
    EXPECT_EQ(build_form({{"a", "b c&d=e"}, {"\xc3\xa4", "~+"}}), "a=b%20c%26d%3De&%C3%A4=~%2B");
    auto const parsed = parse_form(build_form({{"x", "&=%+\xe2\x82\xac"}}));
    EXPECT_EQ(parsed.form.get("x"), "&=%+\xe2\x82\xac");
    EXPECT_EQ(build_form({}), "");
}

TEST(Form, IsAddedBehindTheQueryThatAnAddressHas) {
    EXPECT_EQ(add_to_query("https://a.example/b", {{"x", "1 2"}}), "https://a.example/b?x=1%202");
    EXPECT_EQ(add_to_query("https://a.example/b?", {{"x", "1"}}), "https://a.example/b?x=1");
    EXPECT_EQ(add_to_query("https://a.example/b?y=2", {{"x", "1"}}), "https://a.example/b?y=2&x=1");
    EXPECT_EQ(add_to_query("https://a.example/b?y=2&", {{"x", "1"}}),
              "https://a.example/b?y=2&x=1");
}

}  // namespace
}  // namespace tunnus
