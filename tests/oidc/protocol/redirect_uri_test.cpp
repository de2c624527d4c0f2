// SPDX-License-Identifier: MIT
#include "oidc/protocol/redirect_uri.hpp"

#include "tests/oidc/protocol/registrations.hpp"

#include <gtest/gtest.h>

namespace tunnus::oidc {
namespace {

/// Whether the client may be answered there. A refusal never redirects.
bool matches(Client const& client, std::string_view redirect_uri) {
    auto const checked = check_redirect_uri(client, redirect_uri);
    if (!checked) {
        EXPECT_EQ(checked.error().delivery, Delivery::page);
        EXPECT_EQ(checked.error().error, OAuthError::invalid_request);
        return false;
    }
    EXPECT_EQ(checked->text(), redirect_uri);
    return true;
}

Client native_client() {
    return parse_client(tests::public_client()).value();
}

TEST(RedirectUri, TakesTheRegisteredBytes) {
    EXPECT_TRUE(matches(tests::client(), "https://rp.example/cb"));
    EXPECT_TRUE(matches(tests::client({{"redirect_uris", {"https://rp.example/cb?x=1"}}}),
                        "https://rp.example/cb?x=1"));
}

TEST(RedirectUri, RefusesEveryOtherSpelling) {
    auto const client = tests::client();
    for (std::string_view const uri :
         {// O-01
          "https://rp.example@evil.example/cb", "https://rp.example:443@evil.example/cb",
          "https://evil.example\\@rp.example/cb",
          // O-02
          "https://rp.example/cb/", "https://rp.example/cb%2f", "https://rp.example/cb/..",
          "https://rp.example/cb/../x", "https://rp.example/x/../cb", "https://rp.example/cb;x",
          "https://rp.example/CB", "https://rp.example/%63b",
          // O-03
          "https://rp.example/cb%2f..%2fadmin", "https://rp.example/cb%252f",
          // O-04
          "https://rp.example/cb#frag", "https://rp.example/cb#", "https://rp.example/cb%23",
          // O-05
          "https://rp.example/cb?x=2", "https://rp.example/cb?", "https://rp.example/cb?x=1",
          "https://rp.example/cb?x=1&y=2",
          // O-06
          "http://rp.example/cb", "https://rp.example:443/cb", "https://rp.example:8443/cb",
          "https://RP.example/cb", "HTTPS://rp.example/cb",
          // O-07
          "https://rp.example./cb", "https://rp.example%00.evil/cb", "https://rp.example/c\tb",
          "https://rp.example/cb\r\n", " https://rp.example/cb", "https://rp.example/cb ",
          // O-08
          "https://sub.rp.example/cb", "https://rp.example.evil/cb", "https://evilrp.example/cb",
          // O-09
          "https://rp.ex\xc3\xa4mple/cb", "https://\xd1\x80p.example/cb",
          // O-12
          "javascript:alert(1)", "https:rp.example/cb", "https:///rp.example/cb", "//rp.example/cb",
          "/cb", ""})
        EXPECT_FALSE(matches(client, uri)) << uri;
    EXPECT_FALSE(matches(client, std::string(10'000, 'a')));
}

TEST(RedirectUri, RefusesAnotherQueryThanTheRegistered_O05) {
    auto const client = tests::client({{"redirect_uris", {"https://rp.example/cb?x=1"}}});
    EXPECT_TRUE(matches(client, "https://rp.example/cb?x=1"));
    for (auto const* uri : {"https://rp.example/cb", "https://rp.example/cb?x=2",
                            "https://rp.example/cb?x=1&y=2", "https://rp.example/cb?"})
        EXPECT_FALSE(matches(client, uri)) << uri;
}

TEST(RedirectUri, LetsThePortOfANativeLoopbackLiteralDiffer_O10) {
    auto const client = native_client();
    for (auto const* uri : {"http://127.0.0.1/cb", "http://127.0.0.1:51004/cb", "http://[::1]/cb",
                            "http://[::1]:80/cb"})
        EXPECT_TRUE(matches(client, uri)) << uri;
}

TEST(RedirectUri, RefusesOtherFormsOfTheLoopbackAddress_O10) {
    auto const client = native_client();
    for (auto const* uri : {"http://[0:0:0:0:0:0:0:1]/cb",
                            "http://[::ffff:127.0.0.1]/cb",
                            "http://[::1%25lo]/cb",
                            "http://127.1/cb",
                            "http://2130706433/cb",
                            "http://0x7f.1/cb",
                            "http://127.0.0.2/cb",
                            "http://127.0.0.1:/cb",
                            "http://127.0.0.1:123456/cb",
                            "http://127.0.0.1:1x/cb",
                            "http://127.0.0.1:0/cb",
                            "http://127.0.0.1:65536/cb",
                            "http://127.0.0.1:99999/cb",
                            "http://127.0.0.1:080/cb",
                            "http://[::1]:0/cb",
                            "http://[::1]:65536/cb",
                            "http://127.0.0.1:1@evil.example/cb",
                            "http://127.0.0.1.evil.example/cb",
                            "https://127.0.0.1:1/cb",
                            "http://127.0.0.1:1/other",
                            "http://127.0.0.1:1/cb?x",
                            "http://[::1]:1.evil/cb",
                            "HTTP://127.0.0.1:1/cb"})
        EXPECT_FALSE(matches(client, uri)) << uri;
}

TEST(RedirectUri, TakesEveryPortThatThereIs_O10) {
    auto const client = native_client();
    for (auto const* uri : {"http://127.0.0.1:1/cb", "http://[::1]:65535/cb"})
        EXPECT_TRUE(matches(client, uri)) << uri;
}

// RP-Initiated Logout §3
TEST(PostLogoutRedirectUri, IsByteForByteOneOfTheClients) {
    auto const client =
        tests::client({{"post_logout_redirect_uris", {"https://rp.example/bye?x=1"}}});
    auto const found = find_post_logout_redirect_uri(client, "https://rp.example/bye?x=1");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->location(""), "https://rp.example/bye?x=1");
    EXPECT_EQ(found->location("a&b"), "https://rp.example/bye?x=1&state=a%26b");
    for (auto const* uri : {"", "https://rp.example/bye", "https://rp.example/cb"})
        EXPECT_FALSE(find_post_logout_redirect_uri(client, uri)) << uri;
}

TEST(RedirectUri, DoesNotLetAWebClientVaryThePort) {
    auto const client = tests::client({{"redirect_uris", {"http://127.0.0.1/cb"}}});
    EXPECT_TRUE(matches(client, "http://127.0.0.1/cb"));
    EXPECT_FALSE(matches(client, "http://127.0.0.1:1/cb"));
}

TEST(RedirectUri, DoesNotLetThePortOfLocalhostDiffer_O11) {
    auto object = tests::public_client();
    object["redirect_uris"] = {"http://localhost/cb"};
    auto const client = parse_client(object).value();
    EXPECT_TRUE(matches(client, "http://localhost/cb"));
    EXPECT_FALSE(matches(client, "http://localhost:1234/cb"));
    EXPECT_FALSE(matches(client, "http://127.0.0.1:1234/cb"));
}

TEST(RedirectUri, ComparesAPrivateUseSchemeAsBytes_O13) {
    auto const client = native_client();
    EXPECT_TRUE(matches(client, "com.example.app:/cb"));
    for (auto const* uri : {"com.example.APP:/cb", "com.example.app://cb", "com.example.app:/cb/"})
        EXPECT_FALSE(matches(client, uri)) << uri;
}

}  // namespace
}  // namespace tunnus::oidc
