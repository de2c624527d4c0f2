// SPDX-License-Identifier: MIT
#include "idp/base/url.hpp"

#include <gtest/gtest.h>

namespace tunnus {
namespace {

TEST(HttpUrl, ReadsItsParts) {
    auto const url = parse_http_url("HTTPS://Login.City.EXAMPLE:8443/a%20b/?x=1&y=%41");
    ASSERT_TRUE(url.has_value());
    EXPECT_EQ(url->scheme, "https");
    EXPECT_EQ(url->host, "login.city.example");
    EXPECT_EQ(url->port, 8443);
    EXPECT_EQ(url->path, "/a%20b/");
    EXPECT_EQ(url->query, "x=1&y=%41");
    EXPECT_EQ(url->origin(), "https://login.city.example:8443");
}

TEST(HttpUrl, KnowsTheUsualPorts) {
    EXPECT_EQ(parse_http_url("http://a.example")->port, 80);
    EXPECT_EQ(parse_http_url("https://a.example")->port, 443);
    EXPECT_EQ(parse_http_url("https://a.example:443")->origin(), "https://a.example");
    EXPECT_EQ(parse_http_url("http://a.example:443")->origin(), "http://a.example:443");
    EXPECT_EQ(parse_http_url("https://a.example")->path, "/");
}

TEST(HttpUrl, TellsLoopback) {
    for (auto const* text : {"http://localhost:8080/", "http://127.0.0.1", "http://127.8.9.10:1/",
                             "http://[::1]/", "http://[0:0:0:0:0:0:0:1]/"})
        EXPECT_TRUE(parse_http_url(text)->is_loopback()) << text;
    for (auto const* text : {"http://localhost.example/", "http://128.0.0.1/",
                             "http://127.example/", "http://[::2]/", "http://10.0.0.1/"})
        EXPECT_FALSE(parse_http_url(text)->is_loopback()) << text;
}

// threats.md O-79, P-12: what parsers disagree about is refused.
TEST(HttpUrl, RefusesWhatParsersReadDifferently) {
    EXPECT_TRUE(parse_http_url("https://a.example/b").has_value());
    for (auto const* text : {"",
                             "a.example",
                             "/a",
                             "//a.example/",
                             "ftp://a.example/",
                             "javascript:alert(1)",
                             "https:a.example",
                             "https:/a.example",
                             "https:///a",
                             "https://",
                             "https://:443/",
                             "https://user@a.example/",
                             "https://user:pw@a.example/",
                             "https://@a.example/",
                             "https://a.example#",
                             "https://a.example/#x",
                             "https://a.example:/",
                             "https://a.example:0/",
                             "https://a.example:65536/",
                             "https://a.example:4x/",
                             "https://a.example:99999999999/",
                             "https://a b.example/",
                             " https://a.example/",
                             "https://a.example/ ",
                             "https://a.example\\@b.example/",
                             "https://a.example/\\b",
                             "https://a\t.example/",
                             "https://a.example/\n",
                             "https://a%2eexample/",
                             "https://\xc3\xa4.example/",
                             "https://a..example/",
                             "https://.a.example/",
                             "https://a.example./",
                             "https://-a.example/",
                             "https://a-.example/",
                             "https://a_b.example/",
                             "https://2130706433/",
                             "https://127.1/",
                             "https://0x7f.1/",
                             "https://0x7f000001/",
                             "https://a.0x7f/",
                             "https://0177.0.0.1/",
                             "https://256.1.1.1/",
                             "https://1.2.3.4.5/",
                             "https://[::1",
                             "https://[::1%25eth0]/",
                             "https://[v1.a]/",
                             "https://[1.2.3.4]/",
                             "https://a.example,b.example/",
                             "https://a!b/",
                             "https://a.example/%",
                             "https://a.example/%g0",
                             "https://a.example/?%"})
        EXPECT_FALSE(parse_http_url(text).has_value()) << text;
    EXPECT_FALSE(parse_http_url(std::string_view("https://a.example\0.b/", 21)).has_value());
}

TEST(HttpUrl, BoundsTheWholeTheNameAndTheLabel) {
    std::string const label(63, 'a');
    EXPECT_TRUE(parse_http_url("https://" + label + ".example/").has_value());
    EXPECT_FALSE(parse_http_url("https://" + label + "a.example/").has_value());
    EXPECT_FALSE(parse_http_url("https://" + label + "." + label + "." + label + "." + label + "/")
                     .has_value());
    EXPECT_TRUE(parse_http_url("https://a/" + std::string(2'038, 'a')).has_value());
    EXPECT_EQ(parse_http_url("https://a/" + std::string(2'039, 'a')).error().code,
              BaseErrc::too_large);
}

}  // namespace
}  // namespace tunnus
