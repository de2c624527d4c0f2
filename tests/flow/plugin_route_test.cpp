// SPDX-License-Identifier: MIT
// A plugin's own route, from the route table to its handler: who may reach it (threats.md W-05).
#include "idp/base/form.hpp"
#include "plugins/api/entry.hpp"
#include "tests/flow/browser.hpp"

#include <gtest/gtest.h>

namespace tunnus::flow {
namespace {

/// Shows its csrf token, and counts what is signed with it.
class Guestbook final : public plugin::Plugin, private plugin::RouteSource {
  public:
    static inline int signatures = 0;
    plugin::RouteSource* route_source() override { return this; }

  private:
    std::vector<PluginRoute> routes() override {
        auto const show = [](HttpRequest const&, plugin::Caller const& caller) -> Outcome {
            return text_response(200, caller.csrf);
        };
        auto const sign = [](HttpRequest const&, plugin::Caller const& caller) -> Outcome {
            ++signatures;
            return text_response(200, caller.user_id);
        };
        return {{.method = Method::GET, .path = "book", .handler = show},
                {.method = Method::POST, .path = "book", .handler = sign},
                {.method = Method::GET, .path = "recent", .handler = show, .max_age = seconds(60)},
                {.method = Method::POST, .path = "recent", .handler = sign, .max_age = seconds(60)},
                {.method = Method::GET, .path = "vault", .handler = show, .acr_values = {"loa9"}},
                {.method = Method::GET,
                 .path = "api",
                 .needs = Needs::access_token,
                 .handler = show,
                 .max_age = seconds(60)},
                {.method = Method::GET,
                 .path = "vault-api",
                 .needs = Needs::access_token,
                 .handler = show,
                 .acr_values = {"loa9"},
                 .max_age = seconds(60)}};
    }
};

TunnusPluginV1 const* guestbook() {
    static TunnusPluginV1 const entry{
        sizeof(TunnusPluginV1),
        TUNNUS_PLUGIN_API,
        TUNNUS_BUILD_STAMP,
        "guestbook",
        "1.0",
        R"({"type": "object"})",
        nullptr,
        0,
        [](plugin::Host&) -> plugin::Plugin* { return new Guestbook; }};
    return &entry;
}

std::vector<plugin::EntryFunction> entries() {
    auto const builtin = plugin::builtin_entries();
    std::vector<plugin::EntryFunction> all(builtin.begin(), builtin.end());
    all.push_back(&guestbook);
    return all;
}

class PluginRoute : public testing::Test {
  protected:
    PluginRoute() {
        Guestbook::signatures = 0;
        product.add_user("matti@example.org", password);
        auto const page = browser.get_from_elsewhere(library.authorize());
        browser.submit(page, {{"email", "matti@example.org"}, {"password", password}});
    }
    /// What a script or form of this browser sends; a cross-site one brings no session.
    HttpResponse post(Fields const& fields, Fields const& headers = {},
                      std::string path = "/guestbook/book") {
        HttpRequest request;
        request.method = Method::POST;
        request.path = std::move(path);
        request.headers.add("Cookie", "__Host-sid=" + browser.cookie("__Host-sid"));
        request.headers.add("Content-Type", "application/x-www-form-urlencoded");
        for (auto const& [name, value] : headers)
            request.headers.add(name, value);
        std::vector<std::pair<std::string_view, std::string_view>> const list(fields.begin(),
                                                                              fields.end());
        request.body = build_form(list);
        return product.answer(std::move(request));
    }
    std::string token() { return browser.get("/guestbook/book").body; }
    HttpResponse call(std::string path, std::string const& access_token) {
        HttpRequest request;
        request.path = std::move(path);
        request.headers.add("Authorization", "Bearer " + access_token);
        return product.answer(std::move(request));
    }

    static inline std::string const password = "sateinen-torstai-2024-kello";
    std::vector<plugin::EntryFunction> const all = entries();
    Product product{Product::shared_configuration(R"({"name": "guestbook", "config": {}},)"), all};
    Browser browser{product};
    Service library{product, "library", "https://library.example/cb"};
};

TEST_F(PluginRoute, TakesAPostWithTheSessionsToken) {
    EXPECT_EQ(post({{"csrf", token()}}).status, 200);
    EXPECT_EQ(post({}, {{"X-CSRF-Token", token()}}).status, 200) << "of a script of ours";
    EXPECT_EQ(Guestbook::signatures, 2);
}

TEST_F(PluginRoute, W05_RefusesAPostWithoutTheSessionsToken) {
    Browser other(product);
    auto const page = other.get_from_elsewhere(library.authorize());
    other.submit(page, {{"email", "matti@example.org"}, {"password", password}});
    auto const anothers = other.get("/guestbook/book").body;
    ASSERT_NE(anothers, token());
    EXPECT_EQ(post({}).status, 403);
    EXPECT_EQ(post({{"csrf", ""}}).status, 403);
    EXPECT_EQ(post({{"csrf", anothers}}).status, 403) << "of another session";
    EXPECT_EQ(post({{"csrf", token()}}, {{"X-CSRF-Token", anothers}}).status, 403);
    EXPECT_EQ(Guestbook::signatures, 0);
}

TEST_F(PluginRoute, W05_RefusesAPostOfAnotherSiteWhateverItsToken) {
    auto const good = token();
    EXPECT_EQ(post({{"csrf", good}}, {{"Sec-Fetch-Site", "cross-site"}}).status, 403);
    EXPECT_EQ(post({{"csrf", good}}, {{"Origin", "https://evil.example"}}).status, 403);
    EXPECT_EQ(Guestbook::signatures, 0);
}

TEST_F(PluginRoute, W05_RefusesAStranger) {
    auto const good = token();
    browser.forget_cookie("__Host-sid");
    EXPECT_EQ(post({{"csrf", good}}).status, 401);
    EXPECT_EQ(browser.post_from_elsewhere("/guestbook/book", {{"csrf", good}}).status, 401);
    EXPECT_EQ(Guestbook::signatures, 0);
}

// RFC 9470 in its spirit: a person is led through a login that reaches what the page needs.
TEST_F(PluginRoute, LeadsAPersonThroughALoginThatIsRecentEnough) {
    auto const csrf = browser.get("/guestbook/recent").body;
    EXPECT_EQ(post({{"csrf", csrf}}, {}, "/guestbook/recent").status, 200);
    product.clock.advance(seconds(120));
    auto const refused = post({{"csrf", csrf}}, {}, "/guestbook/recent");
    EXPECT_EQ(refused.status, 403);
    EXPECT_NE(refused.body.find("insufficient_user_authentication"), std::string::npos);
    EXPECT_EQ(browser.get("/guestbook/book").body, csrf) << "the session lives";
    auto const login = browser.get("/guestbook/recent");
    EXPECT_TRUE(login.shows("login-submit"));
    auto const page =
        browser.submit(login, {{"email", "matti@example.org"}, {"password", password}});
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(post({{"csrf", page.body}}, {}, "/guestbook/recent").status, 200);
}

TEST_F(PluginRoute, ShowsNothingBelowALevelThatNobodyHasHere) {
    auto const page = browser.get("/guestbook/vault");
    EXPECT_EQ(page.status, 403) << page.body;
    EXPECT_TRUE(page.shows("insufficient_user_authentication"));
}

TEST_F(PluginRoute, TellsAServiceWhatToAskFor_Rfc9470) {
    auto const tokens = json_of(library.redeem(browser.get(library.authorize()).parameter("code")));
    auto const token = std::string(tokens.at("access_token").as_string());
    EXPECT_EQ(call("/guestbook/api", token).status, 200);
    product.clock.advance(seconds(120));
    auto const late = call("/guestbook/api", token);
    EXPECT_EQ(late.status, 401);
    EXPECT_EQ(late.headers.find("WWW-Authenticate"),
              "Bearer error=\"insufficient_user_authentication\", "
              "error_description=\"a different authentication is needed\", max_age=\"60\"");
    auto const low = call("/guestbook/vault-api", token);
    EXPECT_TRUE(
        low.headers.find("WWW-Authenticate")->ends_with("acr_values=\"loa9\", max_age=\"60\""));
}

}  // namespace
}  // namespace tunnus::flow
