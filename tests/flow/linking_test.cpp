// SPDX-License-Identifier: MIT
// Linking a strong identity to a light account, and two accounts becoming one (threats.md 3.3).
#include "tests/flow/strong_login.hpp"

#include <gmock/gmock.h>

namespace tunnus::flow {
namespace {

using testing::HasSubstr;

class Linking : public StrongLogin {
  protected:
    Linking() {
        user_id = product.add_user(email, password);
        product.personal = {email, password};
        sign_in_lightly(browser, library, email);
    }
    /// From the page of one's ways to sign in to Suomi.fi and back.
    Page link_strong(Browser& with, Message const& who = {}) {
        auto const page = with.get("/profile/signin/change?what=idp_link.suomifi");
        return with.post_from_elsewhere("/suomifi/acs", answer(sent_to_suomifi(page), who));
    }
    Page give_password(Browser& with, Page const& page, std::string const& secret = password) {
        return with.submit(page, {{"password", secret}, {"step", "login"}});
    }
    std::string sub_of_strong_login(Message const& who = {}) {
        Browser fresh(product);
        auto const page = identify(fresh, library, who);
        if (page.parameter("code").empty()) return {};
        return std::string(id_token(library, page).at("sub").as_string());
    }
    std::int64_t identities() { return product.count("SELECT COUNT(*) FROM identities"); }
    bool is_signed_in(Browser& with) {
        return with.get("/profile/signin").shows("id=\"logout-everywhere\"");
    }

    static inline std::string const email = "matti@example.org";
    std::string user_id;
};

TEST_F(Linking, JoinsAStrongIdentityToTheLightAccountOfTheSession) {
    auto page = link_strong(browser);
    ASSERT_TRUE(page.shows("id=\"proving-account\"")) << page.status << page.body;
    EXPECT_TRUE(page.shows(email)) << "L-31: it says whose account it is";
    page = give_password(browser, page);
    EXPECT_TRUE(page.shows("id=\"done\"")) << page.status << page.left_for << page.body;
    EXPECT_TRUE(page.shows("id=\"remove-suomifi\"")) << page.body;
    EXPECT_EQ(sub_of_strong_login(), user_id);
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM users"), 1);
    EXPECT_EQ(product.audited("account.linked"), 1);
    product.run_job("mail");
    EXPECT_THAT(product.mailbox.mails.back().text, HasSubstr("Suomi.fi"));
    EXPECT_EQ(product.mailbox.mails.back().to, email);
}

TEST_F(Linking, LeavesAStrongSessionBehind) {
    give_password(browser, link_strong(browser));
    auto const page = browser.get_from_elsewhere(
        library.authorize({{"prompt", "none"}, {"acr_values", std::string(loa2)}}));
    EXPECT_EQ(id_token(library, page).at("acr").as_string(), loa2);
}

// The session alone proves nothing: it may be the attacker's (login CSRF).
TEST_F(Linking, L31_TheAccountOfTheSessionIsProvenAnew) {
    auto page = link_strong(browser);
    EXPECT_EQ(identities(), 1);
    page = give_password(browser, page, "wrong-wrong-wrong-7");
    EXPECT_EQ(page.status, 422);
    EXPECT_EQ(identities(), 1);
    page = browser.submit(page, {{"step", "cancel"}});
    EXPECT_TRUE(page.shows("id=\"add-suomifi\"")) << page.status << page.left_for;
    EXPECT_EQ(identities(), 1);
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM profile_official"), 0);
}

TEST_F(Linking, L32_AnIdentityOfAnotherAccountIsNotMovedSilently) {
    Browser other(product);
    auto const first =
        id_token(library, make_light_account(other, identify(other, library), "maija@example.org"));
    auto page = give_password(browser, link_strong(browser));
    EXPECT_TRUE(page.shows("id=\"merge-confirm\"")) << page.body;
    EXPECT_EQ(sub_of_strong_login(), std::string(first.at("sub").as_string()));
    page = browser.submit(page, {{"decision", "cancel"}});
    EXPECT_EQ(sub_of_strong_login(), std::string(first.at("sub").as_string()));
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM users"), 2);
}

// Sessions, offline grants and browsers that were known before end.
TEST_F(Linking, L33_WhatTheLightAccountHadOpenEnds) {
    Browser attacker(product);
    auto page = attacker.get_from_elsewhere(
        library.authorize({{"scope", "openid offline_access"}, {"prompt", "consent"}}));
    page = attacker.submit(page, {{"method", "password"}});
    page = attacker.submit(page, {{"email", email}, {"password", password}});
    page = attacker.submit(page, {{"decision", "allow"}});
    auto const tokens = json_of(library.redeem(page.parameter("code")));
    auto const refresh = std::string(tokens.at("refresh_token").as_string());
    ASSERT_TRUE(is_signed_in(attacker));
    // And a change of address that waits for its code.
    page = attacker.submit(attacker.get("/profile/signin/change?what=UPDATE_EMAIL"),
                           {{"password", password}, {"step", "login"}});
    auto const waiting = attacker.submit(page, {{"email", "attacker@example.org"}});
    auto const code = code_from_mailbox();

    give_password(browser, link_strong(browser));
    EXPECT_FALSE(is_signed_in(attacker));
    EXPECT_EQ(library.token({{"grant_type", "refresh_token"}, {"refresh_token", refresh}}).status,
              400);
    page = attacker.submit(waiting, {{"code", code}});
    EXPECT_NE(page.status, 303);
    Browser back(product);
    EXPECT_TRUE(sign_in_lightly(back, library, "attacker@example.org").parameter("code").empty());
    EXPECT_TRUE(is_signed_in(browser));
}

TEST_F(Linking, L34_AProofOfAnotherAccountIsNotOneOfThis) {
    product.add_user("maija@example.org", "toinen-sateinen-perjantai-8");
    auto page = link_strong(browser);
    // The address stands fast, whatever the form says.
    page = browser.submit(page, {{"email", "maija@example.org"},
                                 {"password", "toinen-sateinen-perjantai-8"},
                                 {"step", "login"}});
    EXPECT_EQ(page.status, 422);
    EXPECT_EQ(identities(), 2);
}

TEST_F(Linking, L35_TwoTabsCannotFinishCrosswise) {
    auto const first = browser.get("/profile/signin/change?what=idp_link.suomifi");
    auto const second = browser.get("/profile/signin/change?what=idp_link.suomifi");
    auto const sent_first = sent_to_suomifi(first);
    auto sent_second = sent_to_suomifi(second);
    sent_second.request_id = sent_first.request_id;
    EXPECT_EQ(browser.post_from_elsewhere("/suomifi/acs", answer(sent_second)).status, 400);
    EXPECT_EQ(identities(), 1);
    auto const page = browser.post_from_elsewhere("/suomifi/acs", answer(sent_first));
    EXPECT_TRUE(page.shows("id=\"proving-account\"")) << "the clean form works";
}

TEST_F(Linking, L36_AnAccountWithAStrongIdentityTakesNoSecondOne) {
    give_password(browser, link_strong(browser));
    ASSERT_EQ(identities(), 2);
    auto const page = link_strong(browser, person("010280-952L"));
    EXPECT_FALSE(page.shows("id=\"proving-account\""));
    EXPECT_TRUE(page.shows("id=\"retry\"")) << page.status << page.body;
    EXPECT_EQ(identities(), 2);
    EXPECT_EQ(product.audited_reason("login.refused"), "link_has_one");
    auto const back = browser.submit(page, {{"decision", "cancel"}});
    EXPECT_TRUE(back.shows("id=\"methods\"")) << back.status << back.left_for;
}

TEST_F(Linking, L40_ALogoutOnTheWayLeavesNothingLinked) {
    auto const page = link_strong(browser);
    browser.forget_cookie("__Host-sid");
    product.disable_user(user_id);
    auto const after = give_password(browser, page);
    EXPECT_FALSE(after.shows("id=\"done\""));
    EXPECT_EQ(identities(), 1);
}

// ---- Two accounts become one

class Merging : public Linking {
  protected:
    Merging() {
        auto const page = identify(strong, library);
        strong_sub =
            std::string(id_token(library, make_light_account(strong, page, "maija@example.org"))
                            .at("sub")
                            .as_string());
    }
    Page ask() { return give_password(browser, link_strong(browser)); }
    Page merge() { return browser.submit(ask(), {{"decision", "merge"}}); }

    Browser strong{product};
    std::string strong_sub;
};

TEST_F(Merging, IsAskedOnAPageThatSaysWhatHappens) {
    auto const page = ask();
    ASSERT_TRUE(page.shows("id=\"merge-confirm\"")) << page.status << page.body;
    EXPECT_TRUE(page.shows("id=\"merge-dropped\"")) << "both have a password: one goes";
    EXPECT_TRUE(page.shows("maija@example.org"));
    EXPECT_TRUE(page.shows(email));
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM users"), 2) << "and nothing has happened";
}

TEST_F(Merging, KeepsTheStrongAccountAndItsWaysIn) {
    auto const page = merge();
    EXPECT_TRUE(page.shows("id=\"done\"")) << page.status << page.left_for << page.body;
    EXPECT_EQ(sub_of_strong_login(), strong_sub);
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM users"), 1);
    EXPECT_EQ(identities(), 2);
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM password_accounts"), 1);
    Browser other(product);
    EXPECT_TRUE(sign_in_lightly(other, library, email).parameter("code").empty())
        << "the light account's sign-in is gone";
    EXPECT_EQ(id_token(library, sign_in_lightly(other, library, "maija@example.org"))
                  .at("sub")
                  .as_string(),
              strong_sub);
}

TEST_F(Merging, PutsTheDataTogether) {
    merge();
    auto const page = browser.get("/profile/");
    EXPECT_TRUE(page.shows(email)) << page.body;
    EXPECT_TRUE(page.shows("maija@example.org"));
    EXPECT_TRUE(page.shows("id=\"official\""));
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM profile_light"), 1);
}

TEST_F(Merging, EndsSessionsTokensAndPermissionsOfTheOneThatGoes) {
    Browser elsewhere(product);
    auto page = elsewhere.get_from_elsewhere(library.authorize({{"scope", "openid email"}}));
    page = elsewhere.submit(page, {{"method", "password"}});
    page = elsewhere.submit(page, {{"email", email}, {"password", password}});
    page = elsewhere.submit(page, {{"decision", "allow"}});
    auto const tokens = json_of(library.redeem(page.parameter("code")));
    auto const access = std::string(tokens.at("access_token").as_string());
    ASSERT_EQ(library.userinfo(access).status, 200);
    merge();
    EXPECT_EQ(library.userinfo(access).status, 401);
    EXPECT_FALSE(is_signed_in(elsewhere));
    EXPECT_TRUE(is_signed_in(strong)) << "those of the one that stays live on";
    for (auto const* table : {"sessions", "grants", "consents", "identities"})
        EXPECT_EQ(product.count("SELECT COUNT(*) FROM " + std::string(table) +
                                " WHERE user_id = '" + user_id + "'"),
                  0)
            << table;
}

TEST_F(Merging, IsRecordedForBothAndToldToBoth) {
    merge();
    for (auto const& one : {user_id, strong_sub})
        EXPECT_GE(product.count("SELECT COUNT(*) FROM audit_events WHERE kind = 'account.linked' "
                                "AND user_id = '" +
                                one + "' AND (fields LIKE '%merged%' OR fields LIKE '%into%')"),
                  1)
            << one;
    product.run_job("mail");
    int told = 0;
    for (auto const& mail : product.mailbox.mails)
        if (mail.subject == "Tunnuksesi on yhdistetty") ++told;
    EXPECT_EQ(told, 2);
}

TEST_F(Merging, IsRefusedWhereBothAreStrong) {
    // The light account gets a strong identity of its own: another official person.
    give_password(browser, link_strong(browser, person("010280-952L")));
    strong.submit(strong.get("/profile/signin/remove?method=password"), {{"decision", "remove"}});
    auto page = strong.get("/profile/signin/change?what=idp_link.password");
    page = strong.submit(page, {{"email", email}, {"password", password}, {"step", "login"}});
    page = strong.post_from_elsewhere("/suomifi/acs", answer(sent_to_suomifi(page)));
    EXPECT_FALSE(page.shows("id=\"merge-confirm\""));
    EXPECT_TRUE(page.shows("id=\"retry\"")) << page.status << page.body;
    EXPECT_EQ(product.audited_reason("login.refused"), "link_two_persons");
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM users"), 2);
}

TEST_F(Merging, IsOverWhenSomethingHasChangedSinceItWasShown) {
    auto const page = ask();
    // The strong account loses its password meanwhile, so that the light one's would move.
    strong.submit(strong.get("/profile/signin/remove?method=password"), {{"decision", "remove"}});
    auto const after = browser.submit(page, {{"decision", "merge"}});
    EXPECT_FALSE(after.shows("id=\"done\"")) << after.body;
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM users"), 2);
}

TEST_F(Merging, NeedsTheAnswerOfThePageThatAsked) {
    auto const page = ask();
    EXPECT_EQ(browser.submit(page, {{"decision", "yes"}}).status, 400);
    auto const forged = browser.post_from_elsewhere(page.form_action(), {{"decision", "merge"}});
    EXPECT_EQ(forged.status, 403);
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM users"), 2);
}

}  // namespace
}  // namespace tunnus::flow
