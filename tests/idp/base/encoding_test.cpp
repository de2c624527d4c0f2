// SPDX-License-Identifier: MIT
#include "idp/base/encoding.hpp"

#include <gtest/gtest.h>

namespace tunnus {
namespace {

std::string every_byte() {
    std::string bytes;
    for (int byte = 0; byte < 256; ++byte)
        bytes.push_back(static_cast<char>(byte));
    return bytes;
}

// RFC 4648 §10
TEST(Base64, EncodesAndDecodesTheVectorsOfRfc4648) {
    for (auto const& [plain, text] : {std::pair<std::string, std::string>{"", ""},
                                      {"f", "Zg=="},
                                      {"fo", "Zm8="},
                                      {"foo", "Zm9v"},
                                      {"foob", "Zm9vYg=="},
                                      {"fooba", "Zm9vYmE="},
                                      {"foobar", "Zm9vYmFy"}}) {
        EXPECT_EQ(encode_base64(plain), text);
        EXPECT_EQ(decode_base64(text), plain);
        auto const unpadded = text.substr(0, text.find('='));
        EXPECT_EQ(encode_base64url(plain), unpadded);
        EXPECT_EQ(decode_base64url(unpadded), plain);
    }
    EXPECT_EQ(decode_base64(encode_base64(every_byte())), every_byte());
    EXPECT_EQ(decode_base64url(encode_base64url(every_byte())), every_byte());
    EXPECT_EQ(encode_base64url("\xfb\xff"), "-_8");
    EXPECT_EQ(encode_base64("\xfb\xff"), "+/8=");
}

// threats.md P-11, J-12
TEST(Base64, RefusesEverySecondSpelling) {
    EXPECT_TRUE(decode_base64url("Zg"));
    for (auto const* text : {"Z", "Zg==", "Zh", "Zm9", "Zg\n", " Zg", "Zm 9v", "+/8", "Zm9vZ",
                             "Zg%3d", "Z\xc3\xa4", "Zm9v."})
        EXPECT_FALSE(decode_base64url(text)) << text;
    EXPECT_TRUE(decode_base64("Zg=="));
    for (auto const* text : {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "=",
                             "====", "Zg==Zg==", "Z=g=", "Zg==\n", "-_8=", "Zm9v\r\nYg=="})
        EXPECT_FALSE(decode_base64(text)) << text;
    EXPECT_FALSE(decode_base64url(std::string(1'000'001, 'A')));
    EXPECT_FALSE(decode_base64url(std::string_view("Zg\0", 3)));
}

TEST(Base64, PassesOverWhiteSpaceWhereAsked) {
    EXPECT_EQ(decode_base64(" Zm9v\r\n\tYg = =\n", WhiteSpace::skip), "foob");
    EXPECT_FALSE(decode_base64("Zm9v\fYg==", WhiteSpace::skip));
    EXPECT_FALSE(decode_base64("Zh = =", WhiteSpace::skip));
}

TEST(Hex, ReadsBackWhatItWrites) {
    EXPECT_EQ(encode_hex(std::string_view("\x00\x7f\xff", 3)), "007fff");
    EXPECT_EQ(decode_hex("007FfF"), std::string("\x00\x7f\xff", 3));
    EXPECT_EQ(decode_hex(encode_hex(every_byte())), every_byte());
    for (auto const* text : {"0", "0g", "0x", " 00", "00 "})
        EXPECT_FALSE(decode_hex(text)) << text;
}

TEST(PercentEncode, KeepsOnlyUnreservedCharacters) {
    EXPECT_EQ(percent_encode("AZaz09-._~"), "AZaz09-._~");
    EXPECT_EQ(percent_encode("a b+&=/?#%\xc3\xa4"), "a%20b%2B%26%3D%2F%3F%23%25%C3%A4");
    EXPECT_EQ(percent_decode(percent_encode("a b+\xe2\x82\xac\n"), Plus::is_plus),
              "a b+\xe2\x82\xac\n");
}

// threats.md H-17, P-02
TEST(PercentDecode, DecodesOnceAndRefusesWhatIsNoText) {
    EXPECT_EQ(percent_decode("a%2541+b", Plus::is_plus), "a%41+b");
    EXPECT_EQ(percent_decode("a+b%2b", Plus::is_space), "a b+");
    for (auto const* text : {"%", "%4", "a%", "a%4", "%g0", "%0g", "%00", "a%00b", "%ff", "%c0%af",
                             "%C3", "%ed%a0%80", "%%41"})
        EXPECT_FALSE(percent_decode(text, Plus::is_plus)) << text;
}

TEST(Utf8, TakesShortestFormsWithoutSurrogates) {
    for (auto const* text :
         {"", "a", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
          "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
        EXPECT_TRUE(is_valid_utf8(text)) << text;
    EXPECT_TRUE(is_valid_utf8(std::string_view("\0", 1)));
    for (auto const* text :
         {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2\x41", "\xe0\x80\x80",
          "\xe0\x9f\xbf", "\xe2\x82", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x80\x80\x80",
          "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xfe", "a\xe2\x82z"})
        EXPECT_FALSE(is_valid_utf8(text)) << text;
}

TEST(EscapeHtml, EscapesTheFiveCharacters) {
    EXPECT_EQ(escape_html("a<b>&\"'\xc3\xa4"), "a&lt;b&gt;&amp;&quot;&#39;\xc3\xa4");
}

}  // namespace
}  // namespace tunnus
