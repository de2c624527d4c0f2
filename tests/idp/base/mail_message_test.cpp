// SPDX-License-Identifier: MIT
#include "idp/base/mail_message.hpp"

#include "idp/base/encoding.hpp"

#include <gmock/gmock.h>

namespace tunnus {
namespace {

using testing::HasSubstr;
using testing::Not;

Mailbox const city{"City", "no-reply@city.example"};

std::string build(Mail const& mail, Mailbox const& from = city) {
    return build_mail_message(mail, from, from_unix_s(1'893'553'445), "id-1");
}
std::string body_of(std::string const& message) {
    return decode_base64(message.substr(message.find("\r\n\r\n") + 4), WhiteSpace::skip).value();
}
std::string subject_field(std::string_view subject) {
    auto const message = build({"a@b.c", std::string(subject), ""});
    auto const at = message.find("\r\nSubject: ") + 11;
    return message.substr(at, message.find("\r\nMessage-ID") - at);
}
/// What a reader makes of encoded words.
std::string decode_words(std::string_view field) {
    std::string text;
    for (std::size_t at = 0; (at = field.find("=?utf-8?B?", at)) != std::string_view::npos;) {
        at += 10;
        text += decode_base64(field.substr(at, field.find("?=", at) - at)).value();
    }
    return text;
}

TEST(MailMessage, HasItsFieldsAndABase64Body) {
    EXPECT_EQ(build({"matti@example.org", "Your code", "Code 123\n"}),
              "Date: Wed, 02 Jan 2030 03:04:05 +0000\r\n"
              "From: City <no-reply@city.example>\r\n"
              "To: matti@example.org\r\n"
              "Subject: Your code\r\n"
              "Message-ID: <id-1@city.example>\r\n"
              "Auto-Submitted: auto-generated\r\n"
              "MIME-Version: 1.0\r\n"
              "Content-Type: text/plain; charset=utf-8\r\n"
              "Content-Transfer-Encoding: base64\r\n"
              "\r\n"
              "Q29kZSAxMjMNCg==\r\n");
    EXPECT_THAT(build({"a@b.c", "x", ""}, {"", "no-reply@city.example"}),
                HasSubstr("\r\nFrom: no-reply@city.example\r\n"));
}

// threats.md L-21
TEST(MailMessage, EncodesASubjectThatIsNotPlain) {
    EXPECT_EQ(subject_field("Vahvista osoitteesi"), "Vahvista osoitteesi");
    for (std::string const subject : {"Bekr\xc3\xa4"
                                      "fta",
                                      "=?utf-8?Q?x?=", "<img src=x>", "a\"b", "\xf0\x9f\x98\x80"}) {
        EXPECT_THAT(subject_field(subject), testing::StartsWith("=?utf-8?B?")) << subject;
        EXPECT_EQ(decode_words(subject_field(subject)), subject);
    }
}

TEST(MailMessage, FoldsALongSubjectBetweenCharacters) {
    std::string subject;
    for (int i = 0; i < 100; ++i)
        subject +=
            "\xc3\xa4"
            "\xe2\x82\xac";
    auto const field = subject_field(subject);
    EXPECT_EQ(decode_words(field), subject);
    std::size_t begin = 0;
    while (begin < field.size()) {
        auto const end = std::min(field.find("\r\n ", begin), field.size());
        auto const word = field.substr(begin, end - begin);
        EXPECT_LE(word.size(), 75U);
        EXPECT_TRUE(is_valid_utf8(decode_words(word))) << word;
        begin = end + 3;
    }
}

// threats.md L-21
TEST(MailMessage, LetsNoLineEndOfANameOrSubjectThrough) {
    for (auto const* text : {"a\r\nBcc: x@y.z", "a\nBcc: x@y.z", "a\rBcc: x@y.z", "\r\n\r\nbody"}) {
        auto const message = build({"a@b.c", text, ""}, {text, "no-reply@city.example"});
        EXPECT_THAT(message, Not(HasSubstr("\nBcc"))) << text;
        EXPECT_THAT(message, Not(HasSubstr("\rBcc"))) << text;
        EXPECT_EQ(message.find("\r\n\r\n"), message.find("base64\r\n\r\n") + 6) << text;
    }
    EXPECT_EQ(subject_field("a\r\nb"), "a  b");
}

// threats.md L-21
TEST(MailMessage, NormalisesLineEndsOfTheBody) {
    EXPECT_EQ(body_of(build({"a@b.c", "", "a\nb\rc\r\nd\n\re\r\r\n"})),
              "a\r\nb\r\nc\r\nd\r\n\r\ne\r\n\r\n");
    auto const smuggled = build({"a@b.c", "", "hi\r\n.\r\nMAIL FROM:<x@y.z>\n.\n\r.\r"});
    EXPECT_THAT(smuggled, Not(HasSubstr("\n.")));
    EXPECT_EQ(body_of(smuggled), "hi\r\n.\r\nMAIL FROM:<x@y.z>\r\n.\r\n\r\n.\r\n");
}

TEST(MailMessage, KeepsEveryLineShort) {
    auto const message = build({"a@b.c", std::string(500, 's'), std::string(10'000, 'x')},
                               {std::string(200, 'n'), "a@b.c"});
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = message.find("\r\n", begin)) != std::string::npos;
         begin = end + 2)
        EXPECT_LE(end - begin, 100U);
    EXPECT_EQ(message.find('\n', begin), std::string::npos);
}

}  // namespace
}  // namespace tunnus
