// SPDX-License-Identifier: MIT
// What services learn of a session by the browser: the end of it (Front-Channel Logout 1.0), and
// whether it is still the same (Session Management 1.0).
#include "idp/base/crypto.hpp"
#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"
#include "tests/flow/story.hpp"

namespace tunnus::flow {
namespace {

/// Library and Parks want to hear of a logout by the browser; Kiosk does not.
class FrontChannel : public Story {
  protected:
    FrontChannel() : Story(configuration()) {}

    static std::string configuration() {
        auto text = replaced(R"("backchannel_logout_uri": "https://library.example/backchannel")",
                             R"("frontchannel_logout_uri": "https://library.example/out?a=1")");
        std::string_view const parks = R"("client_id": "parks",)";
        text.insert(text.find(parks) + parks.size(),
                    R"( "frontchannel_logout_uri": "https://parks.example/a,b",)");
        return text;
    }
    /// A login at the service, as its tokens.
    boost::json::object tokens_of(Service const& service) {
        return json_of(service.redeem(code_of_a_login(service)));
    }
    static std::string text(boost::json::object const& object, std::string_view name) {
        return std::string(object.at(name).as_string());
    }
    std::string sid_of(boost::json::object const& tokens) {
        return text(payload_of(text(tokens, "id_token")), "sid");
    }
    Page log_out(boost::json::object const& tokens, std::string const& more = {}) {
        return browser.get_from_elsewhere("/logout?id_token_hint=" + text(tokens, "id_token") +
                                          more);
    }
    static std::string policy_of(Page const& page) {
        return std::string(page.headers.find("Content-Security-Policy").value_or(""));
    }
    /// Of the response to a login at `service`.
    std::string session_state_of(Service const& service, Fields const& more = {}) {
        return log_in(browser, service, more).parameter("session_state");
    }
};

TEST_F(FrontChannel, TellsEveryServiceOfTheSessionByAFrame) {
    tokens_of(parks);
    tokens_of(kiosk);
    auto const tokens = tokens_of(library);
    auto const page = log_out(tokens);
    EXPECT_EQ(page.status, 200);
    auto const told = "iss=https%3A%2F%2Ftunnus.example&amp;sid=" + sid_of(tokens);
    EXPECT_TRUE(page.shows("src=\"https://library.example/out?a=1&amp;" + told)) << page.body;
    EXPECT_TRUE(page.shows("src=\"https://parks.example/a,b?" + told)) << page.body;
    EXPECT_FALSE(page.shows("kiosk.example"));
    EXPECT_FALSE(is_signed_in(browser));
}

TEST_F(FrontChannel, LetsInThoseFramesAloneAndNobodyAroundIt_W09) {
    tokens_of(parks);
    auto const policy = policy_of(log_out(tokens_of(library)));
    EXPECT_NE(policy.find("; frame-src https://library.example/out https://parks.example/a%2Cb;"),
              std::string::npos)
        << policy;
    EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
    EXPECT_EQ(policy.find("unsafe"), std::string::npos);
}

TEST_F(FrontChannel, GoesOnToTheServiceAfterTheFrames) {
    auto const page =
        log_out(tokens_of(library),
                "&post_logout_redirect_uri=https%3A%2F%2Flibrary.example%2Fbye&state=s1");
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.headers.find("Refresh"), "0; url=https://library.example/bye?state=s1");
    EXPECT_TRUE(page.shows("data-wait=\"3000\"")) << page.body;
}

TEST_F(FrontChannel, ShowsNoPageWhereNobodyWantsFrames) {
    auto const tokens = tokens_of(kiosk);
    auto const page = log_out(tokens);
    EXPECT_FALSE(page.shows("<iframe"));
    EXPECT_EQ(policy_of(page).find("frame-src"), std::string::npos);
    // Who has no session any more has nothing to tell either.
    EXPECT_FALSE(log_out(tokens).shows("<iframe"));
}

TEST_F(FrontChannel, AsksFirstWhereNoServiceProvesThatItSpeaksOfThisSession_O84) {
    tokens_of(library);
    auto const page = browser.get_from_elsewhere("/logout");
    EXPECT_TRUE(page.shows("logout-confirm"));
    EXPECT_FALSE(page.shows("<iframe"));
    EXPECT_TRUE(browser.submit(page, {{"decision", "logout"}}).shows("<iframe"));
}

TEST_F(FrontChannel, TellsOfTheSessionThatIsEndedOnThePersonsOwnPage) {
    auto const here = sid_of(tokens_of(library));
    Browser elsewhere(product);
    log_in(elsewhere, parks);
    auto const page = browser.submit(browser.get("/profile/signin"), {{"everywhere", "1"}});
    EXPECT_EQ(page.status, 200);
    EXPECT_TRUE(page.shows("https://library.example/out?a=1&amp;iss=")) << page.body;
    EXPECT_TRUE(page.shows(here));
    EXPECT_FALSE(page.shows("parks.example")) << "the other browser's, who has its cookies";
    EXPECT_EQ(page.headers.find("Refresh"), "0; url=https://tunnus.example/profile/signin");
    EXPECT_FALSE(is_signed_in(browser));
    EXPECT_FALSE(is_signed_in(elsewhere));
}

TEST_F(FrontChannel, TellsNoMoreServicesThanTheLimit) {
    auto const limit = Limits().front_channel_logouts;
    auto text = configuration();
    std::string more;
    for (std::size_t i = 0; i <= limit; ++i) {
        auto const host = "https://s" + std::to_string(i) + ".example";
        more +=
            R"({"client_id": "s)" + std::to_string(i) +
            R"(", "token_endpoint_auth_method": "none", "scope": "openid", "redirect_uris": [")" +
            host + R"(/cb"], "frontchannel_logout_uri": ")" + host + R"(/out"}, )";
    }
    std::string_view const clients = R"("clients": [)";
    text.insert(text.find(clients) + clients.size(), more);
    Product many(text);
    many.add_user(email, password);
    Browser other(many);
    for (std::size_t i = 0; i <= limit; ++i) {
        auto const id = "s" + std::to_string(i);
        log_in(other, Service(many, id, "https://" + id + ".example/cb", false));
    }
    auto const page = other.submit(other.get_from_elsewhere("/logout"), {{"decision", "logout"}});
    std::size_t frames = 0;
    for (auto at = page.body.find("<iframe"); at != std::string::npos;
         at = page.body.find("<iframe", at + 1))
        ++frames;
    EXPECT_EQ(frames, limit);
}

TEST_F(FrontChannel, SaysWithEachLoginWhatTheBrowserStateIs) {
    auto const state = session_state_of(library);
    auto const dot = state.find('.');
    ASSERT_NE(dot, std::string::npos);
    auto const salt = state.substr(dot + 1);
    auto const browser_state = browser.cookie("__Host-browser_state");
    EXPECT_EQ(state.substr(0, dot), encode_base64url(sha256("library https://library.example " +
                                                            browser_state + " " + salt)));
    EXPECT_NE(session_state_of(library), state) << "another salt each time";
    EXPECT_EQ(browser.cookie("__Host-browser_state"), browser_state) << "in the same session";
    EXPECT_FALSE(browser_state.empty());
    EXPECT_EQ(session_state_of(library, {{"scope", "email"}}), "") << "without openid";
}

TEST_F(FrontChannel, ForgetsTheBrowserStateWithTheSession) {
    auto const tokens = tokens_of(library);
    auto const before = browser.cookie("__Host-browser_state");
    EXPECT_FALSE(before.empty());
    log_out(tokens);
    EXPECT_FALSE(browser.has_cookie("__Host-browser_state"));
    log_in(browser, library);
    EXPECT_NE(browser.cookie("__Host-browser_state"), before) << "another session";
}

TEST_F(FrontChannel, LetsEveryoneFrameThePageThatChecks) {
    auto const response = get("/session/check");
    EXPECT_EQ(response.status, 200);
    EXPECT_FALSE(response.headers.find("X-Frame-Options"));
    auto const policy = response.headers.find("Content-Security-Policy").value_or("");
    EXPECT_EQ(policy.find("frame-ancestors"), std::string_view::npos);
    EXPECT_NE(policy.find("default-src 'none'"), std::string_view::npos);
    auto const begin = response.body.find("<script>") + 8;
    auto const script = response.body.substr(begin, response.body.find("</script>") - begin);
    EXPECT_NE(policy.find("script-src 'sha256-" + encode_base64(sha256(script)) + "'"),
              std::string_view::npos);
    EXPECT_FALSE(response.headers.find("Set-Cookie"));
    EXPECT_FALSE(response.headers.find("Access-Control-Allow-Origin"));
}

}  // namespace
}  // namespace tunnus::flow
