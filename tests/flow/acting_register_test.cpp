// SPDX-License-Identifier: MIT
// The register fails in every way that suomifi.md 7.6 lists, at every call, and the person reads
// what happened in their language; each theme, guardians, several organisations (7.3).
#include "tests/flow/acting.hpp"

namespace tunnus::flow {
namespace {

using fakes::Valtuudet;

/// What goes wrong at which call of an acting for a person or an organisation, and what is said.
struct Case {
    std::string name;
    std::string call;
    int fault;
    std::string notice;
};

std::vector<Case> cases_of(std::vector<std::string> const& calls) {
    std::vector<Case> cases;
    for (auto const& call : calls) {
        for (int const down : {Valtuudet::no_answer, Valtuudet::no_json, Valtuudet::other_json})
            cases.push_back({call + " broken " + std::to_string(down), call, down, "unavailable"});
        for (int const status : {408, 429, 500, 502, 503, 504})
            cases.push_back({call, call, status, "unavailable"});
        for (int const status : {400, 403, 404})
            cases.push_back({call, call, status, "refused"});
        // Before there is a session 401 says that our key, clock or password is wrong.
        bool const has_session = call != "register" && call != "token";
        cases.push_back({call, call, 401, has_session ? "session_over" : "refused"});
    }
    return cases;
}

class ActingRegister : public ActingFlow,
                       public testing::WithParamInterface<std::pair<std::string, std::string>> {
  protected:
    ActingRegister() { identify(browser, kiosk); }
    Page until(std::string const& kind, std::vector<std::string> const& ids, Case const& wrong) {
        auto const page = until_choice(browser, in_language());
        if (wrong.call == "register") register_.faults = {{wrong.call, wrong.fault}};
        auto answer = browser.submit(page, {{"acting", kind}});
        register_.faults = {{wrong.call, wrong.fault}};
        if (!answer.left_for.empty())
            answer = browser.get_from_elsewhere(register_.choose(answer.left_for, ids));
        register_.faults.clear();
        return answer;
    }
    static Fields in_language() {
        auto fields = by_scope;
        fields.emplace_back("ui_locales", GetParam().first);
        return fields;
    }
    void expect_said(Page const& page, Case const& wrong) {
        auto const where = wrong.name + " " + std::to_string(wrong.fault);
        EXPECT_EQ(page.status, 200) << where;
        EXPECT_TRUE(page.shows("id=\"notice\"")) << where;
        EXPECT_TRUE(page.shows(text_in(GetParam().first, "notice_" + wrong.notice))) << where;
        EXPECT_TRUE(page.shows("<html lang=\"" + GetParam().first + "\"")) << where;
        EXPECT_TRUE(page.parameter("code").empty()) << where;
        EXPECT_EQ(register_.sessions(), 0U) << where;
        // A browser has few logins under way at once.
        browser.submit(page, {{"acting", "cancel"}});
    }
};

INSTANTIATE_TEST_SUITE_P(Languages, ActingRegister,
                         testing::Values(std::pair("fi", "Suomi.fi-valtuudet"),
                                         std::pair("sv", "Suomi.fi-fullmakter"),
                                         std::pair("en", "Suomi.fi e-Authorizations")),
                         [](auto const& language) { return language.param.first; });

TEST_P(ActingRegister, M07_Suomifi76_EveryFailureForAPersonIsSaidAndNothingIsLost) {
    for (auto const& wrong : cases_of({"register", "token", "delegate", "authorizationlist"})) {
        auto const page = until("person", {child}, wrong);
        expect_said(page, wrong);
        EXPECT_TRUE(page.shows(wrong.notice == "session_over" ? "act-person" : GetParam().second));
    }
    EXPECT_EQ(product.audited("mandate.used"), 0);
    // The clean control, from the same page.
    auto const page = until("person", {child}, {"", "nothing", 500, ""});
    EXPECT_EQ(claims(tokens(page)).at("on_behalf_of").at("name"), "Lapsi Yksi");
}

TEST_P(ActingRegister, M07_Suomifi76_AndForAnOrganisation) {
    for (auto const& wrong : cases_of({"register", "token", "organizationRoles"}))
        expect_said(until("organisation", {company}, wrong), wrong);
    EXPECT_EQ(product.audited("mandate.used"), 0);
    auto const page = until("organisation", {company}, {"", "nothing", 500, ""});
    EXPECT_EQ(claims(tokens(page)).at("on_behalf_of").at("name"), "Yritys Oy");
}

TEST_P(ActingRegister, M07_EmptyAndIncompleteAnswersAreSaidForWhatTheyAre) {
    for (Case const& wrong : {Case{"empty", "delegate", Valtuudet::empty, "no_mandate"},
                              Case{"empty", "authorizationlist", Valtuudet::empty, "no_mandate"}})
        expect_said(until("person", {child}, wrong), wrong);
    for (Case const& wrong :
         {Case{"empty", "organizationRoles", Valtuudet::empty, "no_mandate"},
          Case{"incomplete", "organizationRoles", Valtuudet::incomplete, "incomplete"}})
        expect_said(until("organisation", {company}, wrong), wrong);
}

TEST_P(ActingRegister, M06_Suomifi76_ACodeThatIsSpentOrAWrongPasswordIsSaid) {
    auto const away = browser.submit(until_choice(browser, in_language()), {{"acting", "person"}});
    auto target = register_.choose(away.left_for, {child});
    auto const code = target.find("code=") + 5;
    target.replace(code, target.find('&', code) - code, "spent");
    expect_said(browser.get_from_elsewhere(target), {"code", "token", 400, "session_over"});
}

TEST_P(ActingRegister, Suomifi71_AClockOrAKeyThatIsOffIsSaid) {
    register_.clock_ahead = std::chrono::minutes(6);
    expect_said(until("person", {child}, {"clock", "nothing", 0, "refused"}),
                {"clock", "register", 403, "refused"});
    EXPECT_EQ(register_.refused, std::vector<std::string>{"clock"});
    register_.clock_ahead = milliseconds(0);
    register_.known_key = "another key than ours";
    expect_said(until("person", {child}, {"checksum", "nothing", 0, "refused"}),
                {"checksum", "register", 403, "refused"});
    EXPECT_EQ(register_.refused.back(), "checksum");
}

TEST_P(ActingRegister, WhomTheRegisterDoesNotKnowIsTold) {
    register_.persons.clear();
    expect_said(until("person", {}, {"user", "nothing", 0, "refused"}),
                {"user", "register", 403, "refused"});
}

TEST_P(ActingRegister, TheOneOfWhomItCouldNotTellEverythingIsMarkedAndAskedAgain) {
    register_.organisations[maija][1].complete = false;
    auto const& language = GetParam().first;
    auto const which = choose(browser, until_choice(browser, in_language()), "organisation", {});
    EXPECT_TRUE(which.shows(text_in(language, "principal_incomplete"))) << which.body;
    EXPECT_TRUE(which.shows("id=\"incomplete-1\""));
    EXPECT_FALSE(which.shows("id=\"incomplete-0\"")) << "of the other it told everything";
    // Nobody need be left out: the page that is shown for no choice says it again.
    EXPECT_TRUE(browser.submit(which, {}).shows("id=\"incomplete-1\""));
    auto const still = browser.submit(which, {{"principal", "1"}});
    EXPECT_TRUE(still.shows(text_in(language, "notice_incomplete"))) << still.body;
    register_.organisations[maija][1].complete = true;
    EXPECT_EQ(claims(tokens(choose(browser, still, "organisation", {other_company})))
                  .at("on_behalf_of")
                  .at("name"),
              "Toinen Oy");
}

// ---- suomifi.md 7.3: what the answers mean

TEST_F(ActingFlow, Suomifi73_AGuardianActsForTheirWard) {
    register_.persons[maija][2].roles = {"GUARDIAN"};
    auto const given = tokens(act_for(browser, adult));
    EXPECT_EQ(claims(given).at("on_behalf_of").at("themes"), (boost::json::array{"GUARDIAN"}));
    EXPECT_TRUE(json_of(introspect(text(given, "access_token"))).at("active").as_bool());
    register_.persons[maija][2].roles.clear();
    EXPECT_EQ(refresh(given).status, 400) << "the guardianship has ended";
}

TEST_F(ActingFlow, Suomifi73_AGuardianIsAskedForByNameAndIsNoParentOfAMinor) {
    auto const asked = [](std::string const& theme) {
        return Fields{{"scope", "openid"},
                      {"authorization_details",
                       R"([{"type":"mandate","kind":"person","themes":[")" + theme + R"("]}])"}};
    };
    register_.persons[maija][2].roles = {"GUARDIAN"};
    EXPECT_FALSE(tokens(act_for(browser, adult, asked("GUARDIAN"))).empty());
    EXPECT_TRUE(act_for(browser, adult, asked("ALL")).shows("id=\"notice\""));
    EXPECT_TRUE(act_for(browser, child, asked("GUARDIAN")).shows("id=\"notice\""));
}

TEST_F(ActingFlow, Suomifi73_EachThemeIsGrantedAloneAndOnlyWhatTheServiceTakes) {
    for (auto const& [theme, other] : Fields{{lending, fees}, {fees, lending}}) {
        register_.persons[maija][2].roles = {theme, "http://valtuusrekisteri.suomi.fi/muu"};
        auto const given = claims(tokens(act_for(browser, adult)));
        EXPECT_EQ(given.at("on_behalf_of").at("themes"), (boost::json::array{theme.c_str()}));
        auto const named = R"([{"type":"mandate","kind":"person","themes":[")" + other + R"("]}])";
        auto const none =
            act_for(browser, adult, {{"scope", "openid"}, {"authorization_details", named}});
        EXPECT_TRUE(none.shows(text_in("fi", "notice_no_mandate"))) << theme << none.left_for;
    }
}

TEST_F(ActingFlow, Suomifi73_RolesThatTheServiceDoesNotTakeOfferNoOrganisation) {
    register_.organisations[maija] = {{company, "Yritys Oy", {"TJ", "PJ"}},
                                      {other_company, "Toinen Oy", {"J", lending}}};
    // One is left, and nobody is asked to choose among one.
    auto const given = claims(tokens(choose(browser, until_choice(browser), "organisation", {})));
    EXPECT_EQ(given.at("on_behalf_of").at("name"), "Toinen Oy");
    EXPECT_EQ(given.at("on_behalf_of").at("themes"), (boost::json::array{lending.c_str()}));
}

}  // namespace
}  // namespace tunnus::flow
