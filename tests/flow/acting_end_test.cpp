// SPDX-License-Identifier: MIT
// How long a mandate counts, and what is done when it is over (threats.md M-08).
#include "tests/flow/acting.hpp"

namespace tunnus::flow {
namespace {

constexpr std::chrono::minutes long_ago(11);

// ---- The consent page stays open

class ActingWithConsent : public ActingFlow {
  protected:
    ActingWithConsent() : ActingFlow(acting_configuration({.asks_consent = true})) {
        identify(browser, kiosk);
    }
    Page until_consent(std::string const& id) {
        auto page = act_for(browser, id, email_too);
        EXPECT_TRUE(page.shows("consent-allow")) << page.status << page.body;
        return page;
    }
    Page allow(Page const& page) { return browser.submit(page, {{"decision", "allow"}}); }
    std::int64_t grants() {
        return product.count("SELECT COUNT(*) FROM grants WHERE acting_until > 0");
    }

    static inline Fields const email_too{
        {"scope", "openid email mandate:person mandate:organisation"}, {"prompt", "consent"}};
};

TEST_F(ActingWithConsent, M08_ACheckThatHasGrownOldIsMadeAgainBeforeTheEnd) {
    auto const page = until_consent(adult);
    register_.calls.clear();
    // The clean control: at once, nobody is asked again.
    auto given = tokens(allow(page));
    EXPECT_TRUE(register_.calls.empty());
    EXPECT_GT(given.at("expires_in").as_int64(), 240);

    auto const left_open = until_consent(adult);
    product.clock.advance(long_ago);
    register_.calls.clear();
    given = tokens(allow(left_open));
    EXPECT_EQ(register_.calls, (std::vector<std::string>{"rest", "rest"})) << "two themes";
    EXPECT_GT(given.at("expires_in").as_int64(), 240) << "nothing is born expired";
    EXPECT_EQ(claims(given).at("on_behalf_of").at("checked_at").as_int64(),
              to_unix_s(product.clock.now()));
    EXPECT_TRUE(json_of(introspect(text(given, "access_token"))).at("active").as_bool());
}

TEST_F(ActingWithConsent, M08_AMandateThatEndedMeanwhileLeadsBackToTheChoice) {
    auto const left_open = until_consent(adult);
    product.clock.advance(long_ago);
    register_.persons[maija][2].roles.clear();
    auto const page = allow(left_open);
    EXPECT_TRUE(page.shows(text_in("fi", "notice_ended"))) << page.status << page.left_for;
    EXPECT_EQ(grants(), 0);
    EXPECT_EQ(product.audited_reason("login.refused"), "mandate_ended");
    // Nothing is lost: for a child they go on, and are asked again what the service gets.
    auto const anew = choose(browser, page, "person", {child});
    EXPECT_TRUE(anew.shows("consent-allow")) << anew.body;
    EXPECT_TRUE(anew.shows("Lapsi Yksi"));
    EXPECT_EQ(claims(tokens(allow(anew))).at("on_behalf_of").at("name"), "Lapsi Yksi");
}

TEST_F(ActingWithConsent, M07_ARegisterThatCannotBeAskedAtTheEndGivesNoToken) {
    auto const left_open = until_consent(adult);
    product.clock.advance(long_ago);
    register_.faults = {{"rest", fakes::Valtuudet::no_answer}};
    auto const page = allow(left_open);
    EXPECT_TRUE(page.shows(text_in("fi", "notice_unavailable"))) << page.status << page.left_for;
    EXPECT_EQ(grants(), 0);
    EXPECT_EQ(browser.submit(page, {{"acting", "cancel"}}).parameter("error"),
              "temporarily_unavailable");
}

TEST_F(ActingWithConsent, M08_AnOrganisationWhoseSessionIsOverIsChosenAnew) {
    auto const left_open = until_consent(company);
    product.clock.advance(long_ago);
    auto const page = allow(left_open);
    EXPECT_TRUE(page.shows(text_in("fi", "notice_ended"))) << page.status << page.left_for;
    EXPECT_EQ(grants(), 0);
    EXPECT_FALSE(tokens(allow(choose(browser, page, "organisation", {company}))).empty());
}

TEST_F(ActingWithConsent, WhoPermitsNothingLeavesNoSessionAtTheRegister) {
    auto const page = until_consent(company);
    EXPECT_EQ(register_.sessions(), 1U);
    EXPECT_EQ(browser.submit(page, {{"decision", "deny"}}).parameter("error"), "access_denied");
    EXPECT_EQ(register_.sessions(), 0U);
}

// Where too little is left for the service to do anything with, the choice is made anew as well.
TEST_F(ActingWithConsent, M08_WhatIsNearlyOverIsNotBegun) {
    auto const left_open = until_consent(company);
    product.clock.advance(seconds(570));
    EXPECT_TRUE(allow(left_open).shows(text_in("fi", "notice_ended")));
    auto const which = choose(browser, until_choice(browser, email_too), "organisation", {});
    product.clock.advance(seconds(570));
    auto const page = browser.submit(which, {{"principal", "0"}});
    EXPECT_TRUE(page.shows(text_in("fi", "notice_session_over"))) << page.status << page.body;
    EXPECT_EQ(grants(), 0);
}

// ---- The register's session, and what the grant holds

class ActingOver : public ActingFlow {
  protected:
    ActingOver() : ActingOver(Checks::without_session) {}
    explicit ActingOver(Checks checks) : ActingFlow(acting_configuration({.checks = checks})) {
        identify(browser, kiosk);
    }
    /// The form below the one that stops acting.
    void sign_out() {
        auto page = browser.get("/logout");
        page.body.erase(0, page.body.rfind("<form"));
        browser.submit(page, {{"decision", "logout"}});
    }

    std::int64_t held() {
        return product.count(
            "SELECT COUNT(*) FROM grants WHERE acting_until IS NOT NULL "
            "OR body LIKE '%acting_for%'");
    }
    /// The session of the register, kept while it is needed.
    void expect_open() {
        product.run_job("acting");
        EXPECT_EQ(register_.sessions(), 1U);
        EXPECT_EQ(held(), 1);
    }
    void expect_closed() {
        product.run_job("acting");
        EXPECT_EQ(register_.sessions(), 0U);
        EXPECT_EQ(held(), 0);
    }
};

// A television of the person who acts: the mandate is looked at when the tokens are fetched, which
// may be long after the person said yes.
TEST_F(ActingOver, IsLookedAtWhenADeviceFetchesItsTokens) {
    Headers headers;
    headers.add("Authorization", "Basic " + encode_base64("library:client-secret-for-tests"));
    auto const post = [&](std::string path, Fields const& fields) {
        return json_of(post_form(product, std::move(path), fields, headers));
    };
    auto const allowed = [&] {
        auto const asked = post("/device_authorization", by_scope);
        auto page =
            browser.submit(browser.get("/device"), {{"user_code", text(asked, "user_code")}});
        if (page.left_for.starts_with("https://idp.example/"))
            page = browser.post_from_elsewhere("/suomifi/acs", answer(sent_to_suomifi(page)));
        page = choose(browser, page, "person", {adult});
        page = browser.submit(page, {{"decision", "allow"}});
        EXPECT_TRUE(page.shows("device-allowed")) << page.status << page.body;
        return text(asked, "device_code");
    };
    auto const fetch = [&](std::string const& device_code) {
        product.clock.advance(seconds(5));
        return post("/token", {{"grant_type", "urn:ietf:params:oauth:grant-type:device_code"},
                               {"device_code", device_code}});
    };
    auto const tokens = fetch(allowed());
    EXPECT_EQ(text(claims(tokens).at("on_behalf_of").as_object(), "name"), "Aikuinen Antti");
    auto const device_code = allowed();
    register_.persons[maija][2].roles.clear();
    EXPECT_EQ(text(fetch(device_code), "error"), "invalid_grant");
}

TEST_F(ActingOver, ForAPersonTheRegisterForgetsAsSoonAsTheCheckIsDone) {
    tokens(act_for(browser, adult));
    EXPECT_EQ(register_.sessions(), 0U);
}

TEST_F(ActingOver, ForAnOrganisationTheRegisterForgetsAtLogout) {
    auto const given = tokens(act_for(browser, company));
    expect_open();
    sign_out();
    expect_closed();
    EXPECT_EQ(refresh(given).status, 400);
}

TEST_F(ActingOver, AndWhenThePersonStops) {
    tokens(act_for(browser, company));
    expect_open();
    auto const page = browser.get("/profile/signin");
    browser.submit(page, {{"grant", grant_on(page)}});
    expect_closed();
}

TEST_F(ActingOver, AndWhenItIsWithdrawn) {
    auto const given = tokens(act_for(browser, company));
    register_.organisations[maija][0].roles.clear();
    EXPECT_EQ(refresh(given).status, 400);
    expect_closed();
}

TEST_F(ActingOver, AndWhenItsTimeIsOver) {
    auto const given = tokens(act_for(browser, company));
    product.clock.advance(seconds(598));
    expect_open();
    product.clock.advance(seconds(1));
    expect_closed();
    EXPECT_EQ(product.audited_reason("token.revoked"), "mandate_uncheckable");
    EXPECT_FALSE(browser.get("/profile/signin").shows("stop-acting"));
    // What is left of the grant is nobody's own matter.
    EXPECT_EQ(refresh(given).status, 400);
    EXPECT_EQ(json_of(introspect(text(given, "access_token"))),
              (boost::json::object{{"active", false}}));
}

TEST_F(ActingOver, ARegisterThatIsDownKeepsNothingHere) {
    tokens(act_for(browser, company));
    sign_out();
    register_.faults = {{"unregister", fakes::Valtuudet::no_answer}};
    product.run_job("acting");
    EXPECT_EQ(held(), 0);
}

// Whatever becomes of the choice, the session that it was made in does not stay open.
TEST_F(ActingOver, NoWayOutOfTheDialogueLeavesASessionBehind) {
    auto const away = [&] { return browser.submit(until_choice(browser), {{"acting", "person"}}); };
    browser.get_from_elsewhere(fakes::Valtuudet::cancel(away().left_for));
    EXPECT_EQ(register_.sessions(), 0U) << "cancelled there";
    auto const which = choose(browser, until_choice(browser), "organisation", {});
    browser.submit(which, {{"acting", "again"}});
    EXPECT_EQ(register_.sessions(), 0U) << "chosen again";
    for (auto const* call : {"token", "delegate", "authorizationlist"})
        for (int const fault : {0, 1, 2, 403, 404, 500}) {
            auto const target = register_.choose(away().left_for, {child});
            register_.faults = {{call, fault}};
            auto const page = browser.get_from_elsewhere(target);
            EXPECT_EQ(register_.sessions(), 0U) << call << fault;
            register_.faults.clear();
            browser.submit(page, {{"acting", "cancel"}});
        }
    // By the browser's own button back to the choice, and in their own matter.
    auto const page = until_choice(browser);
    browser.submit(page, {{"acting", "person"}});
    tokens(browser.submit(page, {{"acting", "self"}}));
    EXPECT_EQ(register_.sessions(), 0U);
}

// ---- Where the agency has given no key for questions without a session

class ActingInSession : public ActingOver {
  protected:
    ActingInSession() : ActingOver(Checks::in_session) {}
};

TEST_F(ActingInSession, M08_ItIsAskedInTheSessionAndAfterItThePersonChoosesAnew) {
    for (auto const& id : {adult, company}) {
        auto given = tokens(act_for(browser, id));
        EXPECT_TRUE(json_of(introspect(text(given, "access_token"))).at("active").as_bool());
        product.clock.advance(seconds(280));
        given = json_of(refresh(given));
        EXPECT_TRUE(claims(given).contains("on_behalf_of")) << id;
        product.clock.advance(seconds(280));
        given = json_of(refresh(given));
        product.clock.advance(seconds(60));
        EXPECT_EQ(refresh(given).status, 400) << "the register's session is over";
        expect_closed();
        EXPECT_EQ(product.audited_reason("token.revoked"), "mandate_uncheckable");
    }
}

TEST_F(ActingInSession, M08_TokensSayUntilWhenItCanBeCheckedAndEndThen) {
    for (auto const& id : {adult, company}) {
        auto given = tokens(act_for(browser, id));
        auto const until = to_unix_s(product.clock.now()) + 599;
        EXPECT_EQ(claims(given).at("on_behalf_of").at("recheck_until").as_int64(), until) << id;
        EXPECT_EQ(json_of(library.userinfo(text(given, "access_token"))).at("on_behalf_of"),
                  claims(given).at("on_behalf_of"));
        product.clock.advance(seconds(500));
        auto const renewed = json_of(refresh(given));
        EXPECT_EQ(renewed.at("expires_in").as_int64(), 99) << id;
        EXPECT_LE(claims(renewed).at("exp").as_int64(), until) << id;
        auto const seen = json_of(introspect(text(renewed, "access_token")));
        EXPECT_EQ(seen.at("exp").as_int64(), until) << id;
        EXPECT_EQ(seen.at("on_behalf_of").at("recheck_until").as_int64(), until) << id;
    }
}

TEST_F(ActingOver, WhatCanBeCheckedAtAnyTimeSaysNoEnd) {
    EXPECT_FALSE(claims(tokens(act_for(browser, adult)))
                     .at("on_behalf_of")
                     .as_object()
                     .contains("recheck_until"));
}

TEST_F(ActingInSession, ForAPersonTooTheRegisterForgetsAtLogout) {
    tokens(act_for(browser, adult));
    expect_open();
    sign_out();
    expect_closed();
}

TEST_F(ActingInSession, M08_ARoleThatIsTakenAwayMeanwhileIsRefused) {
    auto const given = tokens(act_for(browser, company));
    register_.organisations[maija][0].roles = {"TJ"};
    EXPECT_EQ(json_of(introspect(text(given, "access_token"))),
              (boost::json::object{{"active", false}}));
}

TEST_F(ActingInSession, AnIncompleteAnswerEndsNothing) {
    auto const given = tokens(act_for(browser, company));
    register_.organisations[maija][0].complete = false;
    EXPECT_EQ(introspect(text(given, "access_token")).status, 503);
    register_.organisations[maija][0].complete = true;
    EXPECT_TRUE(json_of(introspect(text(given, "access_token"))).at("active").as_bool());
}

}  // namespace
}  // namespace tunnus::flow
