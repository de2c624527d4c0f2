// SPDX-License-Identifier: MIT
// Light logins through the whole product: sign in, single sign-on, consent, refusal, logout.
#include "tests/flow/story.hpp"

#include <gtest/gtest.h>

namespace tunnus::flow {
namespace {

class Login : public Story {};

TEST_F(Login, EndsAtTheServiceWithACodeStateAndIss) {
    auto const page = sign_in(sign_in_page(library));
    EXPECT_TRUE(page.left_for.starts_with("https://library.example/cb?"));
    EXPECT_EQ(page.parameter("state"), "some-state");
    EXPECT_EQ(page.parameter("iss"), "https://tunnus.example");
    EXPECT_FALSE(page.parameter("code").empty());
}

TEST_F(Login, GivesTokensThatStateWhatHappened) {
    auto const answer = json_of(library.redeem(code_of_a_login(library)));
    auto const claims = payload_of(answer.at("id_token").as_string());
    EXPECT_EQ(claims.at("iss"), "https://tunnus.example");
    EXPECT_EQ(claims.at("aud"), "library");
    EXPECT_EQ(claims.at("sub").as_string(), user_id);
    EXPECT_EQ(claims.at("nonce"), "some-nonce");
    EXPECT_EQ(claims.at("auth_time").to_number<std::int64_t>(), to_unix_s(product.clock.now()));
    EXPECT_EQ(answer.at("token_type"), "Bearer");
    auto const info = json_of(library.userinfo(std::string(answer.at("access_token").as_string())));
    EXPECT_EQ(info.at("sub").as_string(), user_id);
}

// design.md 4: userinfo is two reads, the token and the person, in however many languages.
TEST_F(Login, IsReadOnceForAllLanguagesOfItsClaims) {
    auto const answer = json_of(library.redeem(code_of_a_login(
        library, {{"scope", "openid email"},
                  {"claims", R"({"userinfo":{"email":null,"email#fi":null,"email#sv":null,)"
                             R"("email#en":null,"name#sv":null}})"}})));
    auto const info = json_of(library.userinfo(std::string(answer.at("access_token").as_string())));
    for (auto const* name : {"email", "email#fi", "email#sv", "email#en"})
        EXPECT_EQ(info.at(name), boost::json::value(email)) << name;
    EXPECT_EQ(product.history.back().reads, 2);
    EXPECT_EQ(product.history.back().writes, 0);
}

TEST_F(Login, MovesToASecondServiceWithoutAPage) {
    code_of_a_login(library);
    product.clock.advance(seconds(60));
    auto const page = browser.get_from_elsewhere(kiosk.authorize());
    EXPECT_TRUE(page.left_for.starts_with("https://kiosk.example/cb?"));
    auto const answer = json_of(kiosk.redeem(page.parameter("code")));
    auto const claims = payload_of(answer.at("id_token").as_string());
    EXPECT_EQ(claims.at("auth_time").to_number<std::int64_t>(),
              to_unix_s(product.clock.now()) - 60);
}

TEST_F(Login, AsksConsentAtEachNewServiceAndRemembersIt) {
    auto page = sign_in(sign_in_page(library, {{"scope", "openid email"}}));
    ASSERT_TRUE(page.shows("consent-allow"));
    page = browser.submit(page, {{"decision", "allow"}});
    EXPECT_FALSE(page.parameter("code").empty());
    EXPECT_FALSE(browser.get_from_elsewhere(library.authorize({{"scope", "openid email"}}))
                     .parameter("code")
                     .empty());
    EXPECT_TRUE(browser.get_from_elsewhere(parks.authorize({{"scope", "openid email"}}))
                    .shows("consent-allow"));
}

// Between our reading of what was permitted and the write, another browser of the same person
// permits something else.
TEST_F(Login, WhatAnotherBrowserAllowedMeanwhileStaysAllowed) {
    auto const asked = sign_in(sign_in_page(library, {{"scope", "openid email"}}));
    ASSERT_TRUE(asked.shows("consent-allow"));
    Browser other(product);
    std::string others_token;
    product.before_commit = [&] {
        auto page = other.get_from_elsewhere(library.authorize({{"scope", "openid profile"}}));
        page = other.submit(page, {{"email", email}, {"password", password}});
        page = other.submit(page, {{"decision", "allow"}});
        others_token =
            json_of(library.redeem(page.parameter("code"))).at("access_token").as_string();
    };
    auto page = browser.submit(asked, {{"decision", "allow"}});
    ASSERT_TRUE(page.shows("consent-allow")) << page.status << page.body;
    page = browser.submit(page, {{"decision", "allow"}});
    auto const answer = json_of(library.redeem(page.parameter("code")));
    EXPECT_EQ(library.userinfo(std::string(answer.at("access_token").as_string())).status, 200);
    EXPECT_EQ(library.userinfo(others_token).status, 200);
}

TEST_F(Login, ADeniedConsentGoesBackAsAccessDenied) {
    auto const page = sign_in(sign_in_page(library, {{"scope", "openid email"}}));
    auto const refused = browser.submit(page, {{"decision", "deny"}});
    EXPECT_EQ(refused.parameter("error"), "access_denied");
    EXPECT_EQ(refused.parameter("state"), "some-state");
    // Back and "allow" does not bring it to life again.
    EXPECT_TRUE(browser.submit(page, {{"decision", "allow"}}).parameter("code").empty());
}

TEST_F(Login, O84_ALogoutPostedByAnotherSiteOnlyAsks) {
    code_of_a_login(library);
    auto const page = browser.post_from_elsewhere("/logout", {});
    EXPECT_TRUE(page.shows("logout-confirm"));
    EXPECT_TRUE(browser.has_cookie("__Host-sid"));
    EXPECT_FALSE(browser.get_from_elsewhere(library.authorize({{"prompt", "none"}}))
                     .parameter("code")
                     .empty());
}

TEST_F(Login, ServicesAreToldThoughTheirTokensExpiredLongAgo) {
    code_of_a_login(library);
    for (int i = 0; i < 3; ++i) {
        product.clock.advance(seconds(20 * 60));
        browser.get_from_elsewhere(kiosk.authorize({{"prompt", "none"}}));
        product.run_job("expiry");
    }
    browser.submit(browser.get_from_elsewhere("/logout"), {{"decision", "logout"}});
    product.run_job("logouts");
    EXPECT_EQ(product.http.requests().size(), 1U);
}

TEST_F(Login, L01_AWrongPasswordShowsThePageAgainAndMakesNoSession) {
    auto const page = sign_in(sign_in_page(library), "not-the-password-at-all");
    EXPECT_TRUE(page.left_for.empty());
    EXPECT_FALSE(browser.has_cookie("__Host-sid"));
    EXPECT_TRUE(page.shows("name=\"password\""));
}

TEST_F(Login, O25_PromptNoneAnswersByRedirectOnly) {
    EXPECT_EQ(
        browser.get_from_elsewhere(library.authorize({{"prompt", "none"}})).parameter("error"),
        "login_required");
    code_of_a_login(library);
    EXPECT_FALSE(browser.get_from_elsewhere(library.authorize({{"prompt", "none"}}))
                     .parameter("code")
                     .empty());
    EXPECT_EQ(
        browser.get_from_elsewhere(parks.authorize({{"prompt", "none"}, {"scope", "openid email"}}))
            .parameter("error"),
        "consent_required");
}

TEST_F(Login, O26_PromptLoginMakesANewAuthTime) {
    code_of_a_login(library);
    product.clock.advance(seconds(100));
    auto const page = sign_in_page(library, {{"prompt", "login"}});
    ASSERT_TRUE(page.left_for.empty());
    auto const answer = json_of(library.redeem(sign_in(page).parameter("code")));
    EXPECT_EQ(
        payload_of(answer.at("id_token").as_string()).at("auth_time").to_number<std::int64_t>(),
        to_unix_s(product.clock.now()));
}

TEST_F(Login, W01_TheSessionCookieChangesWithEveryProof) {
    code_of_a_login(library);
    auto const before = browser.cookie("__Host-sid");
    sign_in(sign_in_page(library, {{"prompt", "login"}}));
    auto const after = browser.cookie("__Host-sid");
    EXPECT_NE(before, after);
    Browser thief(product);
    thief.set_cookie("__Host-sid", before);
    EXPECT_EQ(thief.get_from_elsewhere(library.authorize({{"prompt", "none"}})).parameter("error"),
              "login_required");
}

TEST_F(Login, TheSessionEndsWhenIdleAndAbsolutely) {
    code_of_a_login(library);
    product.clock.advance(seconds(29 * 60));
    EXPECT_FALSE(browser.get_from_elsewhere(library.authorize({{"prompt", "none"}}))
                     .parameter("code")
                     .empty());
    product.clock.advance(seconds(31 * 60));
    EXPECT_EQ(
        browser.get_from_elsewhere(library.authorize({{"prompt", "none"}})).parameter("error"),
        "login_required");

    code_of_a_login(library);
    for (int i = 0; i < 30; ++i) {
        product.clock.advance(seconds(20 * 60));
        auto const page = browser.get_from_elsewhere(library.authorize({{"prompt", "none"}}));
        EXPECT_EQ(page.parameter("error").empty(), i < 29)
            << "after " << (i + 1) * 20 << " minutes";
    }
}

TEST_F(Login, W05_AFormOfAnotherSiteChangesNothing) {
    auto const page = sign_in_page(library);
    Fields forged = page.hidden_fields();
    forged.emplace_back("email", "matti@example.org");
    forged.emplace_back("password", password);
    EXPECT_EQ(browser.post_from_elsewhere(page.form_action(), forged).status, 403);
    EXPECT_FALSE(browser.has_cookie("__Host-sid"));
    EXPECT_FALSE(sign_in(page).parameter("code").empty());
}

TEST_F(Login, W05_AFormWithoutItsTokenIsRefused) {
    auto page = sign_in_page(library);
    auto const at = page.body.find("name=\"csrf\"");
    ASSERT_NE(at, std::string::npos);
    auto damaged = page;
    damaged.body.replace(at, 11, "name=\"else\"");
    EXPECT_EQ(sign_in(damaged).status, 403);
    EXPECT_FALSE(sign_in(page).parameter("code").empty());
}

TEST_F(Login, W17_ALoginOfOneBrowserIsOfNoUseInAnother) {
    auto const page = sign_in_page(library);
    Browser other(product);
    EXPECT_EQ(other.submit(page, {{"email", "matti@example.org"}, {"password", password}}).status,
              403);
    other.get_from_elsewhere(library.authorize());
    EXPECT_EQ(other.submit(page, {{"email", "matti@example.org"}, {"password", password}}).status,
              403);
}

TEST_F(Login, W16_TwoTabsEachEndAtTheirOwnService) {
    auto const first = sign_in_page(library, {{"state", "first"}});
    auto const second = sign_in_page(kiosk, {{"state", "second"}});
    auto const done_first = sign_in(first);
    auto const done_second = sign_in(second);
    EXPECT_TRUE(done_first.left_for.starts_with("https://library.example/cb?"));
    EXPECT_EQ(done_first.parameter("state"), "first");
    EXPECT_TRUE(done_second.left_for.starts_with("https://kiosk.example/cb?"));
    EXPECT_EQ(done_second.parameter("state"), "second");
}

TEST_F(Login, AFinishedLoginCannotBeFinishedAgain) {
    auto const page = sign_in_page(library);
    EXPECT_FALSE(sign_in(page).parameter("code").empty());
    auto const again = sign_in(page);
    EXPECT_TRUE(again.left_for.empty());
    EXPECT_TRUE(again.status == 403 || again.status == 409) << again.status;
}

TEST_F(Login, O43_ACodeIsRedeemedOnceAndItsTokensDieWithItsReuse) {
    auto const code = code_of_a_login(library);
    auto const answer = json_of(library.redeem(code));
    std::string const token(answer.at("access_token").as_string());
    EXPECT_EQ(library.userinfo(token).status, 200);
    auto const again = library.redeem(code);
    EXPECT_EQ(again.status, 400);
    EXPECT_EQ(json_of(again).at("error"), "invalid_grant");
    EXPECT_EQ(library.userinfo(token).status, 401);
}

TEST_F(Login, O59_ADisabledAccountGetsNothing) {
    auto const code = code_of_a_login(library);
    product.disable_user(user_id);
    EXPECT_EQ(library.redeem(code).status, 400);
    EXPECT_EQ(
        browser.get_from_elsewhere(library.authorize({{"prompt", "none"}})).parameter("error"),
        "login_required");
    auto const page = sign_in(sign_in_page(library));
    EXPECT_TRUE(page.parameter("code").empty());
}

TEST_F(Login, TheServicesOfADisabledAccountAreTold) {
    product.http.set_server([](OutboundRequest const&) -> Result<OutboundResponse> {
        return OutboundResponse{.status = 200, .headers = {}, .body = {}};
    });
    code_of_a_login(library);
    product.disable_user(user_id);
    product.run_job("logouts");
    ASSERT_EQ(product.http.requests().size(), 1U);
    EXPECT_EQ(product.http.requests()[0].url, "https://library.example/backchannel");
}

// W-01
TEST_F(Login, TheSessionOfAnotherPersonEndsWithTheLoginThatTakesItsPlace) {
    product.add_user("maija@example.org", password);
    code_of_a_login(library);
    auto const page = sign_in_page(parks, {{"prompt", "login"}});
    auto const done =
        browser.submit(page, {{"email", "maija@example.org"}, {"password", password}});
    EXPECT_FALSE(done.parameter("code").empty());
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM sessions WHERE ended_at IS NULL"), 1);
    product.run_job("logouts");
    EXPECT_EQ(product.http.requests().size(), 1U) << "the library hears of it";
}

TEST_F(Login, LogsOutAtOnceWithAHintOfThisSession) {
    auto const answer = json_of(library.redeem(code_of_a_login(library)));
    std::string const id_token(answer.at("id_token").as_string());
    std::string const access_token(answer.at("access_token").as_string());
    auto const page = browser.get_from_elsewhere(
        "/logout?id_token_hint=" + id_token +
        "&post_logout_redirect_uri=https%3A%2F%2Flibrary.example%2Fbye&state=s1");
    EXPECT_EQ(page.left_for, "https://library.example/bye?state=s1");
    EXPECT_FALSE(browser.has_cookie("__Host-sid"));
    EXPECT_EQ(
        browser.get_from_elsewhere(library.authorize({{"prompt", "none"}})).parameter("error"),
        "login_required");
    EXPECT_EQ(library.userinfo(access_token).status, 401);
}

TEST_F(Login, O84_LogoutWithoutAHintAsksFirst) {
    code_of_a_login(library);
    auto const page = browser.get_from_elsewhere("/logout");
    ASSERT_TRUE(page.shows("logout-confirm"));
    EXPECT_FALSE(browser.get_from_elsewhere(library.authorize({{"prompt", "none"}}))
                     .parameter("code")
                     .empty());
    auto const done = browser.submit(page, {{"decision", "logout"}});
    EXPECT_EQ(done.status, 200);
    EXPECT_EQ(
        browser.get_from_elsewhere(library.authorize({{"prompt", "none"}})).parameter("error"),
        "login_required");
}

TEST_F(Login, TellsTheServicesByBackChannel) {
    auto const answer = json_of(library.redeem(code_of_a_login(library)));
    auto const claims = payload_of(answer.at("id_token").as_string());
    product.http.set_server([](OutboundRequest const&) -> Result<OutboundResponse> {
        return OutboundResponse{.status = 200, .headers = {}, .body = {}};
    });
    browser.submit(browser.get_from_elsewhere("/logout"), {{"decision", "logout"}});
    product.run_job("logouts");
    auto const calls = product.http.requests();
    ASSERT_EQ(calls.size(), 1U);
    EXPECT_EQ(calls[0].url, "https://library.example/backchannel");
    ASSERT_TRUE(calls[0].body.starts_with("logout_token="));
    auto const token = payload_of(calls[0].body.substr(13));
    EXPECT_EQ(token.at("sid"), claims.at("sid"));
    EXPECT_EQ(token.at("sub"), claims.at("sub"));
    EXPECT_TRUE(token.at("events").as_object().contains(
        "http://schemas.openid.net/event/backchannel-logout"));
    product.run_job("logouts");
    EXPECT_EQ(product.http.requests().size(), 1U);
}

TEST_F(Login, O86_AServiceThatDoesNotAnswerIsToldAgainLaterAndGivenUp) {
    code_of_a_login(library);
    browser.submit(browser.get_from_elsewhere("/logout"), {{"decision", "logout"}});
    std::size_t attempts = 0;
    for (int i = 0; i < 40; ++i) {
        product.run_job("logouts");
        attempts = product.http.requests().size();
        product.clock.advance(seconds(60));
    }
    EXPECT_EQ(attempts, 4U);
}

TEST_F(Login, ShowsTheSessionsAndEndsThemEverywhere) {
    code_of_a_login(library);
    Browser phone(product);
    auto page = phone.get_from_elsewhere(library.authorize());
    phone.submit(page, {{"email", "matti@example.org"}, {"password", password}});
    page = browser.get("/profile/signin");
    ASSERT_EQ(page.status, 200);
    EXPECT_TRUE(page.shows("logout-everywhere"));
    browser.submit(page, {{"everywhere", "1"}});
    EXPECT_EQ(phone.get_from_elsewhere(library.authorize({{"prompt", "none"}})).parameter("error"),
              "login_required");
    EXPECT_EQ(
        browser.get_from_elsewhere(library.authorize({{"prompt", "none"}})).parameter("error"),
        "login_required");
}

TEST_F(Login, SpeaksThePersonsLanguageAndKeepsItThroughTheLogin) {
    EXPECT_TRUE(sign_in_page(library, {{"ui_locales", "sv"}}).shows("lang=\"sv\""));
    EXPECT_TRUE(sign_in_page(library, {{"ui_locales", "en"}}).shows("lang=\"en\""));
    EXPECT_TRUE(sign_in_page(library, {{"ui_locales", "xx"}}).shows("lang=\"fi\""));
    auto const page = sign_in_page(library, {{"ui_locales", "sv"}});
    EXPECT_TRUE(sign_in(page, "not-the-password-at-all").shows("lang=\"sv\""));
}

TEST_F(Login, W02_ACookieThatComesTwiceIsRefused) {
    code_of_a_login(library);
    browser.set_cookie("__Host-sid", browser.cookie("__Host-sid") + "; __Host-sid=other");
    EXPECT_EQ(browser.get_from_elsewhere(library.authorize()).status, 400);
}

TEST_F(Login, W08_EveryPageForbidsFramesScriptsAndStorage) {
    auto const page = sign_in_page(library);
    auto const csp = page.headers.find("Content-Security-Policy").value_or("");
    EXPECT_NE(csp.find("frame-ancestors 'none'"), std::string_view::npos);
    EXPECT_NE(csp.find("default-src 'none'"), std::string_view::npos);
    EXPECT_EQ(csp.find("unsafe-inline"), std::string_view::npos);
    EXPECT_EQ(page.headers.find("X-Frame-Options").value_or(""), "DENY");
    EXPECT_EQ(page.headers.find("Cache-Control").value_or(""), "no-store");
}

}  // namespace
}  // namespace tunnus::flow
