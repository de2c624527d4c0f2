// SPDX-License-Identifier: MIT
#include "idp/base/email_address.hpp"

#include <gtest/gtest.h>

namespace tunnus {
namespace {

std::string key_of(std::string_view text) {
    return parse_email_address(text).value().lookup_key;
}
bool accepts(std::string_view text) {
    return parse_email_address(text).has_value();
}

TEST(EmailAddress, KeepsTheLocalPartAndLowersTheDomain) {
    auto const address = parse_email_address("Matti.Meik\xc3\xa4l\xc3\xa4inen+x@Kunta.EXAMPLE");
    ASSERT_TRUE(address.has_value());
    EXPECT_EQ(address->address, "Matti.Meik\xc3\xa4l\xc3\xa4inen+x@kunta.example");
    EXPECT_EQ(address->lookup_key, "matti.meik\xc3\xa4l\xc3\xa4inen+x@kunta.example");
}

// threats.md L-17
TEST(EmailAddress, IsFoundInAnyCase) {
    EXPECT_EQ(key_of("Matti@Example.org"), key_of("mATTI@eXAMPLE.ORG"));
    EXPECT_NE(key_of("matti@example.org"), key_of("maija@example.org"));
}

// threats.md L-18
TEST(EmailAddress, CollidesWithWhatUnicodeFoldsToIt) {
    EXPECT_EQ(key_of("\xef\xbc\xadike@example.org"), key_of("mike@example.org")) << "full width";
    EXPECT_EQ(key_of("o\xef\xac\x80ice@example.org"), key_of("office@example.org")) << "ligature";
    EXPECT_EQ(key_of("stra\xc3\x9f"
                     "e@example.org"),
              key_of("strasse@example.org"))
        << "sharp s";
    EXPECT_EQ(key_of("\xe2\x84\xaa"
                     "im@example.org"),
              key_of("kim@example.org"))
        << "Kelvin sign";
    EXPECT_EQ(key_of("e\xcc\x81@example.org"), key_of("\xc3\xa9@example.org")) << "decomposed";
    EXPECT_NE(key_of("m\xc4\xb1ke@example.org"), key_of("mike@example.org"))
        << "dotless i stays another letter";
    EXPECT_NE(key_of("mike@exampIe.org"), key_of("mike@example.org"))
        << "a look-alike is another domain";
}

// threats.md L-19
TEST(EmailAddress, HoldsAnInternationalDomainInALabels) {
    auto const u_label = parse_email_address("a@k\xc3\xa4rp\xc3\xa4.example").value();
    EXPECT_EQ(u_label.address, "a@xn--krp-qlac.example");
    EXPECT_EQ(u_label.lookup_key, key_of("a@XN--krp-qlac.example"));
    EXPECT_EQ(parse_email_address("a@example\xe3\x80\x82org").value().address, "a@example.org");
}

TEST(EmailAddress, RefusesLabelsThatNoHostNameHas) {
    EXPECT_TRUE(accepts("a@b-c.d"));
    EXPECT_TRUE(accepts("a@abc--d.e"));
    EXPECT_TRUE(accepts("a@" + std::string(63, 'b') + ".c"));
    for (auto const& domain :
         {std::string("-b.c"), std::string("b-.c"), std::string("ab--cd.e"), std::string("b..c"),
          std::string(".b.c"), std::string("b_c.d"), std::string("xn--.d"), std::string("xn--a.d"),
          std::string(64, 'b') + ".c"})
        EXPECT_FALSE(accepts("a@" + domain)) << domain;
}

// threats.md L-20
TEST(EmailAddress, RefusesWhatAMailServerCouldReadAsMoreThanOneAddress) {
    EXPECT_TRUE(accepts("a@b.c"));
    EXPECT_TRUE(accepts("o'neil!#$%&*+-/=?^_`{|}~@b.c"));
    for (auto const* text : {"",
                             "@",
                             "a",
                             "a@",
                             "@b.c",
                             "a@b",
                             "a@b.c\nBcc:x@y.z",
                             "a@b.c\r\nX:",
                             "a\n@b.c",
                             "\"a b\"@c.d",
                             "a b@c.d",
                             "a@[127.0.0.1]",
                             "a@127.0.0.1",
                             "a@@b.c",
                             "a@b@c.d",
                             "a@b.c,d@e.f",
                             "a@b.c;d@e.f",
                             "<a@b.c>",
                             "x <a@b.c>",
                             "a@b.c>",
                             "(x)a@b.c",
                             "a@b.c ",
                             " a@b.c",
                             "a@b.c.",
                             "a@.b.c",
                             "a@b..c",
                             ".a@b.c",
                             "a.@b.c",
                             "a..b@c.d",
                             "a\\@b.c",
                             "a:b@c.d",
                             "a@b_c.d",
                             "a@-b.c",
                             "a@b-.c",
                             "a@b c.d",
                             "a@b/c.d",
                             "a@b%2ec.d",
                             "a\t@b.c",
                             "a\x7f@b.c",
                             "a@b.c\xc2\x85",
                             "a\xe2\x80\x8b@b.c",
                             "a\xe2\x80\xae@b.c",
                             "a\xef\xbc\xa0"
                             "b.c",
                             "a\xff@b.c",
                             "a@b.\xff",
                             "a\xe2\x80\xa8@b.c"})
        EXPECT_FALSE(accepts(text)) << text;
    EXPECT_FALSE(accepts(std::string_view("a\0@b.c", 6)));
}

// threats.md P-15: the accept set of one byte in the local part, written independently of the
// parser.
TEST(EmailAddress, TakesExactlyAtextInTheLocalPart) {
    for (int byte = 0; byte < 256; ++byte) {
        auto const c = static_cast<char>(byte);
        bool const printable = byte > 0x20 && byte < 0x7f;
        bool const special = std::string_view("()<>[]:;@\\,\"").find(c) != std::string_view::npos;
        bool const expected = printable && !special;
        EXPECT_EQ(accepts(std::string("x") + c + "y@b.c"), expected) << byte;
    }
}

TEST(EmailAddress, BoundsItsLength) {
    std::string const local(64, 'a');
    EXPECT_TRUE(accepts(local + "@b.c"));
    EXPECT_FALSE(accepts(local + "a@b.c"));
    std::string const label(61, 'b');
    auto const domain = label + "." + label + "." + label;  // 185 bytes
    EXPECT_TRUE(accepts(local + "@" + domain + ".cc"));     // 253
    EXPECT_TRUE(accepts(local + "@" + domain + ".ccc"));
    EXPECT_FALSE(accepts(local + "@" + domain + ".cccc"));
    EXPECT_FALSE(accepts(std::string(100'000, 'a') + "@b.c"));
}

}  // namespace
}  // namespace tunnus
