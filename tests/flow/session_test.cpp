// SPDX-License-Identifier: MIT
// Sessions that must not begin, rise, go on or be told of by what others do; and faults between a
// commit and its answer.
#include "storage/logins.hpp"
#include "tests/flow/story.hpp"

#include <gtest/gtest.h>

#include <map>

namespace tunnus::flow {
namespace {

class SessionStory : public Story {
  protected:
    /// Every row of every table, as one text per table.
    std::map<std::string, std::string> whole_database() {
        std::map<std::string, std::string> whole;
        bool const mariadb = product.database->dialect() == sql::Database::Dialect::mariadb;
        auto const tables = product.database->query(
            {mariadb ? "SELECT TABLE_NAME FROM information_schema.TABLES "
                       "WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME <> 'endings'"
                     : "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
             {},
             {}});
        for (auto const& table : *tables) {
            auto const name = table.text(0);
            auto const in_sqlite =
                "SELECT group_concat('quote(' || name || ')', '||'',''||') "
                "FROM pragma_table_info('" +
                name + "')";
            auto const in_mariadb =
                "SELECT CONCAT('HEX(CONCAT_WS('','',', GROUP_CONCAT('QUOTE(', COLUMN_NAME, ')'), "
                "'))') FROM information_schema.COLUMNS "
                "WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '" +
                name + "'";
            auto const columns =
                product.database->query({mariadb ? in_mariadb : in_sqlite, {}, {}});
            auto const rows = product.database->query(
                {"SELECT " + columns->at(0).text(0) + " FROM " + name + " ORDER BY 1", {}, {}});
            for (auto const& row : *rows)
                whole[name] += row.text(0) + "\n";
        }
        return whole;
    }
    /// The redeemed tokens of a login with a refresh token.
    boost::json::object tokens() {
        return json_of(library.redeem(code_of_a_login(library, offline)));
    }
    HttpResponse refresh(boost::json::object const& tokens) {
        return library.token(
            {{"grant_type", "refresh_token"},
             {"refresh_token", std::string(tokens.at("refresh_token").as_string())}});
    }
};

TEST_F(SessionStory, W06_AnotherSiteCannotSignItsOwnAccountIn) {
    product.add_user("attacker@example.org", password);
    // The attacker knows the form of a login of his own, with its token.
    Browser attacker(product);
    auto const page = attacker.get_from_elsewhere(library.authorize());
    Fields forged = page.hidden_fields();
    forged.emplace_back("email", "attacker@example.org");
    forged.emplace_back("password", password);
    EXPECT_EQ(browser.post_from_elsewhere(page.form_action(), forged).status, 403);
    EXPECT_FALSE(browser.has_cookie("__Host-sid"));
    // Also where the victim has a login of its own under way.
    sign_in_page(library);
    EXPECT_EQ(browser.post_from_elsewhere(page.form_action(), forged).status, 403);
    EXPECT_FALSE(browser.has_cookie("__Host-sid"));
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM sessions"), 0);
    EXPECT_EQ(
        attacker.submit(page, {{"email", "attacker@example.org"}, {"password", password}}).status,
        303);
}

TEST_F(SessionStory, W07_NoGetChangesAnything) {
    code_of_a_login(library);
    auto const before = whole_database();
    std::size_t visited = 0;
    for (auto const& route : product.app->routes()) {
        auto path = route.pattern;
        if (path.ends_with("/*")) path.replace(path.size() - 1, 1, "x");
        for (auto const* query :
             {"", "?login=AAAAAAAAAAAAAAAAAAAAAA", "?decision=logout&everywhere=1",
              "?ui_locales=sv&email=matti%40example.org"}) {
            browser.get(path + query);
            ++visited;
        }
    }
    EXPECT_GT(visited, 80U);
    auto const after = whole_database();
    for (auto const& [table, rows] : after)
        EXPECT_EQ(before.contains(table) ? before.at(table) : "", rows) << table;
    EXPECT_TRUE(is_signed_in(browser));
}

TEST_F(SessionStory, W13_ADisabledPersonIsOutAtTheNextRequest) {
    auto const given = tokens();
    EXPECT_EQ(browser.get("/profile/signin").status, 200);
    EXPECT_TRUE(is_signed_in(browser));
    product.disable_user(user_id);
    EXPECT_FALSE(is_signed_in(browser));
    EXPECT_TRUE(browser.get("/profile/signin").shows("login-submit"));
    EXPECT_EQ(library.userinfo(std::string(given.at("access_token").as_string())).status, 401);
    auto const refused = refresh(given);
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(json_of(refused).at("error"), "invalid_grant");
}

TEST_F(SessionStory, W14_ACookieIsDeadAfterLogout) {
    code_of_a_login(library);
    Browser thief(product);
    thief.set_cookie("__Host-sid", browser.cookie("__Host-sid"));
    EXPECT_TRUE(is_signed_in(thief)) << "so it would have been of use";
    browser.submit(browser.get("/logout"), {{"decision", "logout"}});
    EXPECT_FALSE(is_signed_in(thief));
    EXPECT_TRUE(thief.get("/profile/signin").shows("login-submit"));
    product.restart();
    EXPECT_FALSE(is_signed_in(thief));
}

TEST_F(SessionStory, W15_TheOldestOfTooManySessionsEnds) {
    Product small(
        replaced("\"argon2_passes\": 1", "\"argon2_passes\": 1, \"sessions_per_user\": 3"));
    small.add_user(email, password);
    Service service(small, "library", "https://library.example/cb");
    std::vector<Browser> browsers(5, Browser(small));
    for (auto& one : browsers) {
        log_in(one, service);
        small.clock.advance(seconds(1));
    }
    std::string alive;
    for (auto& one : browsers)
        alive += one.get_from_elsewhere(service.authorize({{"prompt", "none"}}))
                         .parameter("code")
                         .empty()
                     ? '-'
                     : '+';
    EXPECT_EQ(alive, "--+++");
}

TEST_F(SessionStory, W19_ConsentCannotBePassedBy) {
    code_of_a_login(library, {{"scope", "openid email"}});
    EXPECT_FALSE(
        browser
            .get_from_elsewhere(library.authorize({{"prompt", "none"}, {"scope", "openid email"}}))
            .parameter("code")
            .empty());
    EXPECT_EQ(browser
                  .get_from_elsewhere(
                      library.authorize({{"prompt", "none"}, {"scope", "openid email profile"}}))
                  .parameter("error"),
              "consent_required");
    EXPECT_EQ(get(library.authorize({{"redirect_uri", "https://library.example/other"}})).status,
              400);
    // A decision posted before anything was shown counts for nothing.
    Browser fresh(product);
    auto const page =
        fresh.get_from_elsewhere(library.authorize({{"scope", "openid email profile"}}));
    auto hasty = page;
    hasty.body.replace(hasty.body.find("/login/return/password"), 22, "/login/consent");
    EXPECT_EQ(fresh.submit(hasty, {{"decision", "allow"}}).status, 400);
    auto const shown = fresh.submit(page, {{"email", email}, {"password", password}});
    EXPECT_TRUE(shown.shows("consent-allow"));
}

TEST_F(SessionStory, W20_NoStepIsEnteredFromTheMiddle) {
    auto const page = sign_in_page(library);
    auto const handle = page.form_action().substr(page.form_action().find("login="));
    Browser stranger(product);
    EXPECT_EQ(stranger.get("/login?" + handle).status, 403);
    EXPECT_EQ(stranger.get("/login?login=AAAAAAAAAAAAAAAAAAAAAA").status, 403);
    for (auto const* step : {"/login/consent", "/login/return/profile", "/login/return/suomifi"}) {
        auto elsewhere = page;
        elsewhere.body.replace(elsewhere.body.find("/login/return/password"), 22, step);
        auto const refused = browser.submit(
            elsewhere, {{"decision", "allow"}, {"email", email}, {"password", password}});
        EXPECT_GE(refused.status, 400) << step;
        EXPECT_TRUE(refused.parameter("code").empty());
    }
    EXPECT_FALSE(browser.has_cookie("__Host-sid"));
    auto const again = browser.get("/login?" + handle);
    EXPECT_TRUE(again.shows("name=\"password\"")) << "the first step, and it still works";
    EXPECT_FALSE(sign_in(again).parameter("code").empty());
}

TEST_F(SessionStory, W21_NothingLeadsToAnAddressOfTheRequest) {
    code_of_a_login(library);
    for (std::string const name : {"return_to", "next", "url", "redirect", "continue", "ui_locales",
                                   "post_logout_redirect_uri", "lang"})
        for (std::string const path : {"/login", "/logout", "/profile/signin", "/authorize", "/"})
            for (std::string const there :
                 {"https://evil.example/", "//evil.example", "/\\evil.example"}) {
                auto const page = browser.get(path + "?" + name + "=" + encoded(there));
                EXPECT_TRUE(page.left_for.empty()) << path << name << there;
                EXPECT_EQ(page.body.find("href=\"" + there), std::string::npos) << path << name;
            }
}

TEST_F(SessionStory, S120_AnImageOfAnotherSiteEndsNothing) {
    auto const given = tokens();
    Browser other(product);
    product.add_user("maija@example.org", password);
    auto page = other.get_from_elsewhere(library.authorize());
    page = other.submit(page, {{"email", "maija@example.org"}, {"password", password}});
    auto const of_another =
        std::string(json_of(library.redeem(page.parameter("code"))).at("id_token").as_string());
    for (std::string const& target : {std::string("/logout"), "/logout?id_token_hint=" + of_another,
                                      std::string("/logout/confirm?decision=logout"),
                                      std::string("/profile/signin?everywhere=1")})
        browser.get_from_elsewhere(target);
    EXPECT_TRUE(is_signed_in(browser));
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM sessions WHERE ended_at IS NOT NULL"), 0);
    // Its owner's own hint, for comparison, ends it.
    browser.get_from_elsewhere("/logout?id_token_hint=" +
                               std::string(given.at("id_token").as_string()));
    EXPECT_FALSE(is_signed_in(browser));
}

TEST_F(SessionStory, S125_LoginsBegunAndLeftAreBounded) {
    for (int i = 0; i < 40; ++i)
        sign_in_page(library);
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM login_transactions"), 5) << "of one browser";
    for (int i = 0; i < 200; ++i)
        Browser(product).get_from_elsewhere(library.authorize());
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM login_transactions"), 205);
    product.clock.advance(seconds(30 * 60 + 1));
    product.run_job("expiry");
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM login_transactions"), 0) << "of everybody";
    EXPECT_FALSE(code_of_a_login(library).empty());
}

TEST_F(SessionStory, F04_ACrashBeforeTheAnswerGivesNoSecondSetOfTokens) {
    auto const code = code_of_a_login(library, offline);
    auto const lost = json_of(library.redeem(code));  // committed, and never arrived
    product.restart();
    auto const again = library.redeem(code);
    EXPECT_EQ(again.status, 400);
    EXPECT_EQ(json_of(again).at("error"), "invalid_grant");
    EXPECT_EQ(library.userinfo(std::string(lost.at("access_token").as_string())).status, 401);
    EXPECT_EQ(refresh(lost).status, 400);
    EXPECT_EQ(library.redeem(code_of_a_login(library)).status, 200) << "by logging in again";
}

TEST_F(SessionStory, F05_ACodeWhoseRedirectWasLostExpires) {
    auto const code = code_of_a_login(library);
    product.restart();
    product.clock.advance(seconds(61));
    auto const late = library.redeem(code);
    EXPECT_EQ(late.status, 400);
    EXPECT_EQ(json_of(late).at("error"), "invalid_grant");
    EXPECT_EQ(library.redeem(code_of_a_login(library)).status, 200);
}

TEST_F(SessionStory, M17_WhatCannotBeAuditedDoesNotHappen) {
    auto const page = sign_in_page(library);
    auto const code = code_of_a_login(kiosk);
    auto const rename = [&](std::string const& from, std::string const& to) {
        std::vector<sql::Statement> steps;
        auto const sql = "ALTER TABLE " + from + " RENAME TO " + to;
        steps.push_back({sql, {}, {}});
        ASSERT_TRUE(
            product.database->commit(std::make_unique<sql::Write>("test", std::move(steps))));
    };
    browser.forget_cookie("__Host-sid");
    rename("audit_events", "audit_gone");
    auto const refused = sign_in(page);
    EXPECT_EQ(refused.status, 503);
    EXPECT_TRUE(refused.headers.find("Retry-After"));
    EXPECT_FALSE(browser.has_cookie("__Host-sid"));
    auto const no_tokens = kiosk.redeem(code);
    EXPECT_EQ(no_tokens.status, 503);
    EXPECT_EQ(no_tokens.body.find("access_token"), std::string::npos);
    rename("audit_gone", "audit_events");
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM access_tokens"), 0);
    EXPECT_EQ(kiosk.redeem(code).status, 200);
    EXPECT_FALSE(sign_in(page).parameter("code").empty());
}

}  // namespace
}  // namespace tunnus::flow
