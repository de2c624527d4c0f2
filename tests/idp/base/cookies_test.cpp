// SPDX-License-Identifier: MIT
#include "idp/base/cookies.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace tunnus {
namespace {

HttpRequest request_with(std::initializer_list<std::string_view> cookie_fields) {
    HttpRequest request;
    for (auto field : cookie_fields)
        request.headers.add("Cookie", field);
    return request;
}

std::string set_cookie(Cookies const& cookies, Cookie const& cookie) {
    HttpResponse response;
    cookies.set(response, cookie);
    return std::string(response.headers.find("Set-Cookie").value_or("none"));
}

Cookies const https(Cookies::Transport::https);
Cookies const plain(Cookies::Transport::loopback_http);

// threats.md W-03
TEST(Cookies, UnderHttpsCarryTheHostPrefixAndEveryFlag) {
    EXPECT_EQ(set_cookie(https, {.name = "sid", .value = "abc", .max_age = {}}),
              "__Host-sid=abc; Path=/; HttpOnly; Secure; SameSite=Lax");
    EXPECT_EQ(set_cookie(https, {.name = "login",
                                 .value = "x-_1",
                                 .same_site = SameSite::none,
                                 .max_age = seconds(900)}),
              "__Host-login=x-_1; Path=/; HttpOnly; Secure; SameSite=None; Max-Age=900");
}

TEST(Cookies, UnderLoopbackHttpAreNeitherPrefixedNorSecureNorSameSiteNone) {
    EXPECT_EQ(
        set_cookie(plain,
                   {.name = "login", .value = "x", .same_site = SameSite::none, .max_age = {}}),
        "login=x; Path=/; HttpOnly; SameSite=Lax");
}

TEST(Cookies, UnderLoopbackHttpComeFromOtherSitesToABrowserThatTrustsLoopback) {
    Cookie cookie{.name = "login", .value = "x", .same_site = SameSite::none, .max_age = {}};
    cookie.trusts_loopback = true;
    EXPECT_EQ(set_cookie(plain, cookie), "login=x; Path=/; HttpOnly; Secure; SameSite=None");
    cookie.same_site = SameSite::lax;
    EXPECT_EQ(set_cookie(plain, cookie), "login=x; Path=/; HttpOnly; SameSite=Lax");
}

TEST(Cookies, OneForScriptsOfOursLacksHttpOnlyAlone) {
    Cookie cookie{
        .name = "browser_state", .value = "x", .same_site = SameSite::none, .max_age = {}};
    cookie.readable = true;
    EXPECT_EQ(set_cookie(https, cookie), "__Host-browser_state=x; Path=/; Secure; SameSite=None");
}

TEST(Cookies, RemoveSetsMaxAgeZero) {
    HttpResponse response;
    https.remove(response, "sid");
    EXPECT_EQ(response.headers.find("Set-Cookie"),
              "__Host-sid=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0");
}

TEST(Cookies, RefuseAValueThatIsNotCookieOctets) {
    EXPECT_EQ(set_cookie(https, {.name = "sid", .value = "!#a", .max_age = {}}).substr(0, 14),
              "__Host-sid=!#a");
    HttpResponse response;
    for (auto const* value : {"a b", "a;b", "a,b", "a\"b", "a\\b", "a\nb", "\xc3\xa4"})
        EXPECT_THROW(https.set(response, {.name = "sid", .value = value, .max_age = {}}),
                     std::invalid_argument)
            << value;
    EXPECT_TRUE(response.headers.fields().empty());
}

TEST(Cookies, FindReadsTheOneOfItsExactName) {
    auto const request = request_with({"a=1; __Host-sid=abc=d ;sid=evil; __Host-sid2=x"});
    auto const found = https.find(request, "sid");
    EXPECT_EQ(found.value, "abc=d");
    EXPECT_FALSE(found.repeated);
    EXPECT_EQ(plain.find(request, "sid").value, "evil");
    EXPECT_EQ(https.find(request, "login").value, std::nullopt);
}

// threats.md W-02
TEST(Cookies, FindTellsARepeatedName) {
    EXPECT_FALSE(https.find(request_with({"__Host-sid=a; b=c"}), "sid").repeated);
    EXPECT_TRUE(https.find(request_with({"__Host-sid=a; __Host-sid=b"}), "sid").repeated);
    EXPECT_TRUE(https.find(request_with({"__Host-sid=a", "__Host-sid=a"}), "sid").repeated);
}

// threats.md P-13
TEST(Cookies, FindPassesOverWhatIsNotAPair) {
    std::string const long_value(10'000, 'x');
    auto const request = request_with({";;; = ;sid;\"unclosed; __Host-sid=" + long_value});
    EXPECT_EQ(https.find(request, "sid").value, long_value);
    EXPECT_EQ(https.find(request_with({""}), "sid").value, std::nullopt);
    EXPECT_EQ(https.find(request_with({"__Host-sid"}), "sid").value, std::nullopt);
}

// threats.md H-22
TEST(Cookies, AmongHundredsAreFoundByTheirExactNameAlone) {
    std::string many;
    for (int i = 0; i < 500; ++i)
        many += "__Host-sid" + std::to_string(i) + "=x; ";
    for (auto const* not_it : {"__host-sid=x", "sid=x", "=x", "__Host-sid", " ; ;"}) {
        auto const found = https.find(request_with({many + not_it}), "sid");
        EXPECT_FALSE(found.value) << not_it;
        EXPECT_FALSE(found.repeated) << not_it;
    }
    auto const found = https.find(request_with({many + "__Host-sid=mine; =x; a"}), "sid");
    EXPECT_EQ(found.value, "mine");
}

}  // namespace
}  // namespace tunnus
