// SPDX-License-Identifier: MIT
#include "saml/protocol/post_binding.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"
#include "tests/saml/expect.hpp"

#include <gtest/gtest.h>

namespace tunnus::saml {
namespace {

using test::outcome_of;

std::string read(std::initializer_list<std::pair<std::string, std::string>> fields) {
    Form form;
    for (auto const& [name, value] : fields)
        form.add(name, value);
    return outcome_of(parse_posted_message(MessageKind::response, form, Limits()));
}

TEST(PostBinding, ReadsTheMessageAndTheHandle) {
    Form form;
    form.add("SAMLResponse", encode_base64("<a/>"));
    form.add("RelayState", "handle");
    auto const posted = parse_posted_message(MessageKind::response, form, Limits());
    ASSERT_TRUE(posted);
    EXPECT_EQ(posted->xml, "<a/>");
    EXPECT_EQ(posted->relay_state, "handle");
}

TEST(PostBinding, S110RefusesMissingEmptyAndOtherMessages) {
    EXPECT_EQ(read({{"SAMLResponse", "PGEvPg=="}}), "accepted");
    EXPECT_EQ(read({}), "form_field");
    EXPECT_EQ(read({{"SAMLResponse", ""}}), "form_field");
    EXPECT_EQ(read({{"SAMLResponse", "PGEvPg=="}, {"SAMLRequest", "PGEvPg=="}}), "form_field");
    EXPECT_EQ(read({{"SAMLResponse", "PGEvPg=="}, {"SAMLart", "AAQ="}}), "form_field") << "S-123";
}

TEST(PostBinding, S111TakesWhiteSpaceInBase64AndNothingElse) {
    EXPECT_EQ(read({{"SAMLResponse", "PGEv\r\nPg =\t=\n"}}), "accepted");
    for (auto const* text : {"PGEvPg=", "PGEvPg", "PG=vPg==", "PGEvPh==", "PGEv-_==", "PGEvPg===",
                             "PGEvPg==PGEv", "PGEvP\x0bg=="})
        EXPECT_EQ(read({{"SAMLResponse", text}}), "bad_base64") << text;
}

TEST(PostBinding, S63S108BoundsMessageAndRelayState) {
    auto const message = [](std::size_t size) { return encode_base64(std::string(size, 'x')); };
    EXPECT_EQ(read({{"SAMLResponse", message(98'304)}}), "accepted");
    EXPECT_EQ(read({{"SAMLResponse", message(98'305)}}), "message_too_large");
    EXPECT_EQ(read({{"SAMLResponse", "PGEvPg=="}, {"RelayState", std::string(81, 'x')}}),
              "form_field");
}

}  // namespace
}  // namespace tunnus::saml
