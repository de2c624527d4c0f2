// SPDX-License-Identifier: MIT
// Acting for others through the whole product, with the register at the seam of HttpClient.
#include "tests/flow/acting.hpp"

#include "plugins/api/entry.hpp"

namespace tunnus::flow {
namespace {

TEST_F(ActingFlow, TheTokenSaysWhoActsForWhomUnderWhatAndWhenThatWasChecked) {
    auto const given = tokens(act_for(browser, adult));
    auto const id_token = claims(given);
    auto const& principal = id_token.at("on_behalf_of").as_object();
    EXPECT_EQ(id_token.at("act").at("sub"), id_token.at("sub"));
    EXPECT_EQ(text(principal, "kind"), "person");
    EXPECT_EQ(text(principal, "name"), "Aikuinen Antti");
    EXPECT_NE(text(principal, "sub"), text(id_token, "sub"));
    EXPECT_EQ(principal.at("themes"), (boost::json::array{lending.c_str(), fees.c_str()}));
    EXPECT_EQ(principal.at("checked_at").as_int64(), to_unix_s(product.clock.now()));
    EXPECT_FALSE(principal.contains("national_id_num"));
    auto const userinfo = json_of(library.userinfo(text(given, "access_token")));
    EXPECT_EQ(userinfo.at("on_behalf_of"), id_token.at("on_behalf_of"));
    auto const seen = json_of(introspect(text(given, "access_token")));
    EXPECT_TRUE(seen.at("active").as_bool());
    EXPECT_EQ(seen.at("on_behalf_of").at("sub"), principal.at("sub"));
    EXPECT_EQ(register_.refused, std::vector<std::string>());
}

TEST_F(ActingFlow, ThePrincipalIsKnownByTheNameThatTheyHaveInThatSector) {
    auto const first = claims(tokens(act_for(browser, child)));
    auto const second = claims(tokens(act_for(browser, child)));
    auto const other = claims(tokens(act_for(browser, other_child)));
    EXPECT_EQ(first.at("on_behalf_of").at("sub"), second.at("on_behalf_of").at("sub"));
    EXPECT_NE(first.at("on_behalf_of").at("sub"), other.at("on_behalf_of").at("sub"));
    EXPECT_EQ(first.at("sub"), other.at("sub"));
}

TEST_F(ActingFlow, NobodyIsSentToTheRegisterWithoutHavingChosenIt) {
    auto const page = until_choice(browser);
    EXPECT_TRUE(page.shows("act-self"));
    EXPECT_TRUE(page.shows("act-person"));
    EXPECT_TRUE(page.shows("act-organisation"));
    EXPECT_TRUE(register_.calls.empty());
    auto const given = tokens(browser.submit(page, {{"acting", "self"}}));
    EXPECT_FALSE(claims(given).contains("on_behalf_of"));
    EXPECT_FALSE(claims(given).contains("act"));
    EXPECT_EQ(text(given, "scope"), "openid") << "what asks for a mandate is not granted without";
    EXPECT_TRUE(register_.calls.empty());
}

TEST_F(ActingFlow, SeveralPersonsAndOrganisationsAreOfferedAndNoneIsLost) {
    auto const page = choose(browser, until_choice(browser), "organisation", {});
    EXPECT_TRUE(page.shows("Yritys Oy"));
    EXPECT_TRUE(page.shows("Toinen Oy"));
    EXPECT_FALSE(page.shows(company)) << "which they are stays here";
    auto const again = browser.submit(page, {});
    EXPECT_EQ(again.status, 422);
    auto const given = tokens(browser.submit(page, {{"principal", "1"}}));
    auto const principal = claims(given).at("on_behalf_of").as_object();
    EXPECT_EQ(text(principal, "name"), "Toinen Oy");
    EXPECT_EQ(text(principal, "kind"), "organisation");
    EXPECT_EQ(principal.at("themes"), (boost::json::array{lending.c_str()}));
}

TEST_F(ActingFlow, P16_NamesOfOthersStandApartFromTheTextAroundThem) {
    // RIGHT-TO-LEFT OVERRIDE would turn what follows it.
    std::string const turning = "Yritys \xE2\x80\xAE Oy";
    register_.organisations[std::string(maija)].front().name = turning;
    auto const page = choose(browser, until_choice(browser), "organisation", {});
    EXPECT_TRUE(page.shows("<bdi>" + turning + "</bdi>")) << page.body;
}

TEST_F(ActingFlow, AnAuthorizationDetailNamesTheThemesAndComesBackWithTheGrant) {
    std::string const asked =
        R"([{"type":"mandate","kind":"person","themes":[")" + fees + R"("]}])";
    Fields const more{{"scope", "openid"}, {"authorization_details", asked}};
    auto const given = tokens(act_for(browser, adult, more));
    EXPECT_EQ(claims(given).at("on_behalf_of").at("themes"), (boost::json::array{fees.c_str()}));
    EXPECT_EQ(boost::json::serialize(given.at("authorization_details")), asked);
    // The child is no adult who gave a mandate, and the service asked for nothing else.
    EXPECT_TRUE(act_for(browser, child, more).shows("id=\"notice\""));
}

TEST_F(ActingFlow, M05_AnAuthorizationDetailComesBackWithTheThemesOfTheMandateAlone) {
    register_.persons[std::string(maija)] = {{adult, "Aikuinen Antti", {fees}}};
    auto const with = [](std::string const& themes) {
        return R"([{"type":"mandate","kind":"person","themes":[)" + themes + "]}]";
    };
    auto const both = with('"' + lending + R"(",")" + fees + '"');
    auto const given =
        tokens(act_for(browser, adult, {{"scope", "openid"}, {"authorization_details", both}}));
    EXPECT_EQ(boost::json::serialize(given.at("authorization_details")), with('"' + fees + '"'));
}

TEST_F(ActingFlow, H44_AServiceThatLetsPeopleActDemandsStrongLoginOfEverybody) {
    product.add_user("matti@example.org", password);
    // The clean control: another service takes the light login.
    Service const parks(product, "parks", "https://parks.example/cb");
    EXPECT_TRUE(browser.get_from_elsewhere(parks.authorize()).shows("name=\"method\""));
    // At this one it is not even offered, whatever was asked for.
    for (auto const* levels : {"", "light", "light http://ftn.ficora.fi/2017/loa2"}) {
        Browser fresh(product);
        auto const page = fresh.get_from_elsewhere(library.authorize({{"acr_values", levels}}));
        EXPECT_TRUE(page.left_for.starts_with("https://idp.example/")) << levels << page.body;
    }
}

TEST_F(ActingFlow, TheAuditEventHasBothAndNothingElseOfTheMandateIsKept) {
    tokens(act_for(browser, adult));
    EXPECT_EQ(product.audited("mandate.used"), 1);
    auto const row = product.database
                         ->find({"SELECT user_id, fields FROM audit_events WHERE kind = ?",
                                 {sql::value("mandate.used")},
                                 {}})
                         .value();
    EXPECT_FALSE(row->text(0).empty());
    EXPECT_NE(row->text(1).find("\"principal\":\""), std::string::npos);
    EXPECT_EQ(row->text(1).find("Antti"), std::string::npos);
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM grants WHERE body LIKE '%Antti%' "
                            "OR body LIKE '%lainaus%' OR body LIKE '%240890%'"),
              0);
}

TEST_F(ActingFlow, TheCitizenSeesForWhomTheyActAndStopsWithOneClick) {
    auto const given = tokens(act_for(browser, adult));
    auto page = browser.get("/profile/signin");
    ASSERT_TRUE(page.shows("stop-acting")) << page.body;
    EXPECT_TRUE(page.shows("Aikuinen Antti"));
    auto const grant = grant_on(page);
    for (auto const* other : {"/profile/requests", "/logout"})
        EXPECT_TRUE(browser.get(other).shows(grant)) << other;
    page = browser.submit(page, {{"grant", grant}});
    EXPECT_EQ(page.status, 200);
    EXPECT_FALSE(browser.get("/profile/signin").shows("stop-acting"));
    EXPECT_EQ(json_of(introspect(text(given, "access_token"))),
              (boost::json::object{{"active", false}}));
    EXPECT_EQ(refresh(given).status, 400);
    EXPECT_EQ(product.audited_reason("token.revoked"), "acting_stopped");
}

TEST_F(ActingFlow, NobodyStopsAnother) {
    auto const given = tokens(act_for(browser, adult));
    auto page = browser.get("/profile/signin");
    auto const grant = grant_on(page);
    Browser other(product);
    auto login = other.get_from_elsewhere(kiosk.authorize({{"acr_values", std::string(loa2)}}));
    other.post_from_elsewhere("/suomifi/acs",
                              answer(sent_to_suomifi(login), person("020250-934X")));
    page = other.get("/profile/signin");
    EXPECT_FALSE(page.shows("stop-acting"));
    Page forged = page;
    auto const action = forged.body.find("action=\"/profile/signin");
    forged.body.replace(action, 23, "action=\"/profile/acting");
    other.submit(forged, {{"grant", grant}});
    EXPECT_TRUE(json_of(introspect(text(given, "access_token"))).at("active").as_bool());
}

// ---- threats.md, consent and mandates

TEST_F(ActingFlow, M04_EachTabGetsTheMandateOfItsOwnRequest) {
    auto const first = until_choice(browser);
    auto const second = until_choice(browser);
    auto const away_first = browser.submit(first, {{"acting", "person"}});
    auto const away_second = browser.submit(second, {{"acting", "person"}});
    auto const done_second =
        browser.get_from_elsewhere(register_.choose(away_second.left_for, {other_child}));
    auto const done_first =
        browser.get_from_elsewhere(register_.choose(away_first.left_for, {child}));
    EXPECT_EQ(claims(tokens(done_first)).at("on_behalf_of").at("name"), "Lapsi Yksi");
    EXPECT_EQ(claims(tokens(done_second)).at("on_behalf_of").at("name"), "Lapsi Kaksi");
}

TEST_F(ActingFlow, M05_WhatTheBrowserMakesUpIsNoChoice) {
    auto const page = choose(browser, until_choice(browser), "person", {child, other_child});
    EXPECT_EQ(
        claims(tokens(browser.submit(page, {{"principal", "0"}}))).at("on_behalf_of").at("name"),
        "Lapsi Yksi");
    auto const again = choose(browser, until_choice(browser), "person", {child, other_child});
    for (auto const& forged : {adult, std::string("2"), std::string("-1"), std::string("01")}) {
        auto const refused = browser.submit(again, {{"principal", forged}});
        EXPECT_EQ(refused.status, 422) << forged;
        EXPECT_TRUE(refused.parameter("code").empty()) << forged;
        EXPECT_EQ(product.audited_reason("login.refused"), "principal_not_offered") << forged;
    }
    EXPECT_EQ(product.audited("login.refused"), 4);
    // A kind that the service did not ask for is none.
    auto const only_persons = until_choice(browser, {{"scope", "openid mandate:person"}});
    EXPECT_TRUE(browser.submit(only_persons, {{"acting", "organisation"}}).shows("act-person"));
}

TEST_F(ActingFlow, M05_ARightThatTheRegisterDidNotGiveIsNone) {
    register_.persons[maija][2].roles = {"http://valtuusrekisteri.suomi.fi/muu"};
    auto const page = act_for(browser, adult);
    EXPECT_TRUE(page.shows("id=\"notice\"")) << page.left_for;
    EXPECT_EQ(product.audited("mandate.used"), 0);
    EXPECT_EQ(product.audited_reason("login.refused"), "no_mandate");
    EXPECT_EQ(register_.sessions(), 0U) << "the register was told that it is over";
}

TEST_F(ActingFlow, M06_TheAnswerIsForThePersonWhoAskedAndForThisLogin) {
    auto const away = browser.submit(until_choice(browser), {{"acting", "person"}});
    auto const target = register_.choose(away.left_for, {child});
    // Another browser has not asked.
    Browser other(product);
    EXPECT_EQ(other.get_from_elsewhere(target).status, 400);
    // Another login of this browser has not either.
    auto const second = browser.submit(until_choice(browser), {{"acting", "person"}});
    auto const mixed = register_.choose(second.left_for, {other_child});
    auto const with_its_code =
        target.substr(0, target.find("&state=")) + mixed.substr(mixed.find("&state="));
    auto const page = browser.get_from_elsewhere(with_its_code);
    EXPECT_TRUE(page.parameter("code").empty()) << "a code of another session";
    EXPECT_EQ(browser.get_from_elsewhere("/mandates/callback?code=x&state=nothing").status, 400);
    EXPECT_EQ(browser.get_from_elsewhere("/mandates/callback?code=x").status, 400);
}

// The page that names them was left open, and somebody else signed in at this browser.
TEST_F(ActingFlow, M06_WhomTheRegisterNamedIsForNobodyWhoSignsInLater) {
    // Maija has a session, so that her login proves nothing by itself.
    identify(browser, kiosk);
    auto const maijas = choose(browser, until_choice(browser), "organisation", {});
    ASSERT_TRUE(maijas.shows("Toinen Oy"));
    browser.submit(browser.get("/logout"), {{"decision", "logout"}});
    auto login = browser.get_from_elsewhere(kiosk.authorize({{"acr_values", std::string(loa2)}}));
    browser.post_from_elsewhere("/suomifi/acs",
                                answer(sent_to_suomifi(login), person("020250-934X")));
    auto const page = browser.submit(maijas, {{"principal", "1"}});
    EXPECT_TRUE(page.parameter("code").empty()) << page.left_for;
    EXPECT_EQ(product.audited("mandate.used"), 0);
}

TEST_F(ActingFlow, M06_TheSameAnswerCountsOnce) {
    auto const away = browser.submit(until_choice(browser), {{"acting", "person"}});
    auto const target = register_.choose(away.left_for, {child});
    EXPECT_FALSE(browser.get_from_elsewhere(target).parameter("code").empty());
    EXPECT_EQ(browser.get_from_elsewhere(target).status, 400);
    EXPECT_EQ(product.audited("mandate.used"), 1);
}

TEST_F(ActingFlow, M06_ALateAnswerIsSaidToBeLate) {
    auto const away = browser.submit(until_choice(browser), {{"acting", "person"}});
    auto const target = register_.choose(away.left_for, {child});
    register_.forget_sessions();
    auto const page = browser.get_from_elsewhere(target);
    EXPECT_TRUE(page.shows("id=\"notice\"")) << page.status;
    // Nothing is lost: the person chooses anew.
    EXPECT_FALSE(tokens(choose(browser, page, "person", {child})).empty());
}

TEST_F(ActingFlow, M07_ARegisterThatFailsIsSaidAndNothingIsLost) {
    for (auto const* call : {"register", "token", "delegate", "authorizationlist"})
        for (int const fault : {0, 1, 2, 500, 503, 429}) {
            auto const page = until_choice(browser);
            register_.faults = {{call, fault}};
            auto answer = browser.submit(page, {{"acting", "person"}});
            if (!answer.left_for.empty())
                answer = browser.get_from_elsewhere(register_.choose(answer.left_for, {child}));
            EXPECT_TRUE(answer.shows("id=\"notice\"")) << call << fault << answer.left_for;
            EXPECT_TRUE(answer.parameter("code").empty()) << call << fault;
            register_.faults.clear();
            auto const done = choose(browser, answer, "person", {child});
            EXPECT_FALSE(done.parameter("code").empty()) << call << fault << done.body;
        }
}

TEST_F(ActingFlow, M07_TheServiceHearsThatItWasUnavailableAndNeverThatAllIsAllowed) {
    auto const page = until_choice(browser);
    register_.faults = {{"register", 0}};
    auto const told = browser.submit(page, {{"acting", "person"}});
    auto const gone = browser.submit(told, {{"acting", "cancel"}});
    EXPECT_EQ(gone.parameter("error"), "temporarily_unavailable");
    // Own matters go on, without a word of a mandate.
    auto const own = browser.submit(browser.submit(until_choice(browser), {{"acting", "person"}}),
                                    {{"acting", "self"}});
    EXPECT_FALSE(claims(tokens(own)).contains("on_behalf_of"));
    // The clean control: giving up while all is well is the person's own no.
    register_.faults.clear();
    auto const cancelled = browser.submit(until_choice(browser), {{"acting", "cancel"}});
    EXPECT_EQ(cancelled.parameter("error"), "access_denied");
}

TEST_F(ActingFlow, M07_EmptyListsAndIncompleteAnswersGiveNoMandate) {
    register_.persons[maija].clear();
    EXPECT_TRUE(act_for(browser, child).shows("id=\"notice\""));
    register_.organisations[maija][0].complete = false;
    auto page = act_for(browser, company);
    EXPECT_TRUE(page.shows("id=\"notice\"")) << page.left_for;
    // The source is back when the person tries again.
    register_.organisations[maija][0].complete = true;
    EXPECT_FALSE(choose(browser, page, "organisation", {company}).parameter("code").empty());
}

TEST_F(ActingFlow, M07_CancellingAtTheRegisterIsNoError) {
    auto const away = browser.submit(until_choice(browser), {{"acting", "person"}});
    auto const page = browser.get_from_elsewhere(fakes::Valtuudet::cancel(away.left_for));
    EXPECT_EQ(page.status, 200);
    EXPECT_TRUE(page.shows("id=\"notice\""));
    EXPECT_FALSE(
        claims(tokens(browser.submit(page, {{"acting", "self"}}))).contains("on_behalf_of"));
}

TEST_F(ActingFlow, M07_AClockThatIsOffIsRefusedByTheRegisterAndSaid) {
    register_.clock_ahead = std::chrono::minutes(6);
    auto const page = browser.submit(until_choice(browser), {{"acting", "person"}});
    EXPECT_TRUE(page.shows("id=\"notice\""));
    EXPECT_EQ(register_.refused, std::vector<std::string>{"clock"});
}

TEST_F(ActingFlow, M08_AMandateThatEndsIsRefusedByRefreshExchangeAndIntrospection) {
    // The clean control: while it stands all three answer, and it is asked live.
    auto given = tokens(act_for(browser, adult));
    register_.calls.clear();
    EXPECT_TRUE(json_of(introspect(text(given, "access_token"))).at("active").as_bool());
    EXPECT_EQ(exchange(given).status, 200);
    given = json_of(refresh(given));
    EXPECT_EQ(register_.calls, (std::vector<std::string>(6, "rest"))) << "two themes each";

    auto const ends = [&](auto const& ask) {
        register_.persons[maija][2].roles = {lending, fees};
        auto const fresh = tokens(act_for(browser, adult));
        register_.persons[maija][2].roles = {lending};
        auto const response = ask(fresh);
        EXPECT_EQ(product.audited_reason("token.revoked"), "mandate_ended");
        EXPECT_EQ(library.userinfo(text(fresh, "access_token")).status, 401);
        EXPECT_EQ(refresh(fresh).status, 400);
        return response;
    };
    EXPECT_EQ(ends([&](auto const& fresh) { return refresh(fresh); }).status, 400);
    EXPECT_EQ(ends([&](auto const& fresh) { return exchange(fresh); }).status, 400);
    auto const seen =
        ends([&](auto const& fresh) { return introspect(text(fresh, "access_token")); });
    EXPECT_EQ(json_of(seen), (boost::json::object{{"active", false}}));
}

TEST_F(ActingFlow, M08_ARegisterThatCannotBeAskedGivesNoTokenAndEndsNothing) {
    auto const given = tokens(act_for(browser, adult));
    register_.faults = {{"rest", 0}};
    EXPECT_EQ(refresh(given).status, 503);
    EXPECT_EQ(introspect(text(given, "access_token")).status, 503);
    EXPECT_EQ(exchange(given).status, 503);
    register_.faults.clear();
    EXPECT_EQ(refresh(given).status, 200);
}

TEST_F(ActingFlow, M08_NoTokenOutlivesTheTimeInWhichTheCheckCounts) {
    auto const given = tokens(act_for(browser, adult));
    EXPECT_LE(given.at("expires_in").as_int64(), 600);
    product.clock.advance(seconds(299));
    auto const renewed = json_of(refresh(given));
    auto const checked = claims(renewed).at("on_behalf_of").at("checked_at").as_int64();
    EXPECT_EQ(checked, to_unix_s(product.clock.now()));
}

TEST_F(ActingFlow, M09_AnOrganisationWithoutAProperBusinessIdIsNotOffered) {
    auto& all = register_.organisations[maija];
    all = {{"0201256-7", "Wrong Digit", {"NIMKO"}},
           {"SE556703748501", "Elsewhere", {"NIMKO"}},
           {"0201256-6 ", "A Blank", {"NIMKO"}}};
    for (auto const& one : all) {
        auto const refused = choose(browser, until_choice(browser), "organisation", {one.id});
        EXPECT_TRUE(refused.shows("id=\"notice\"")) << one.name;
    }
    auto page = choose(browser, until_choice(browser), "organisation", {});
    EXPECT_TRUE(page.shows("id=\"notice\""));
    all = {{company, "Proper", {"NIMKO"}}};
    page = choose(browser, page, "organisation", {});
    EXPECT_EQ(claims(tokens(page)).at("on_behalf_of").at("name"), "Proper");
}

TEST_F(ActingFlow, M12_NoIdentityCodeStandsInAnAddressOfTheBrowser) {
    auto const away = browser.submit(until_choice(browser), {{"acting", "person"}});
    for (auto const& code : {maija, child})
        EXPECT_EQ(away.left_for.find(code), std::string::npos);
    // The register's own addresses have it, and they stand in no log line.
    bool asked = false;
    for (auto const& call : product.http.requests())
        asked |= call.url.find(maija) != std::string::npos;
    EXPECT_TRUE(asked);
}

// ---- A service that has the right to identity codes, and where nobody acts in their own matter

class ActingForCare : public ActingFlow {
  protected:
    ActingForCare()
        : ActingFlow(acting_configuration(
              {.more = R"("releases_identifier": true, "own_matters": false,)"})) {}
};

TEST_F(ActingForCare, M14_TheIdentifierReachesAServiceThatMayHaveIt) {
    auto const given = tokens(act_for(browser, child));
    auto const told = [&](boost::json::object const& tokens) {
        return json_of(library.userinfo(text(tokens, "access_token")))
            .at("on_behalf_of")
            .as_object();
    };
    EXPECT_EQ(text(told(given), "national_id_num"), child);
    EXPECT_EQ(text(json_of(introspect(text(given, "access_token"))).at("on_behalf_of").as_object(),
                   "national_id_num"),
              child);
    // The ID token comes back in addresses (M-12).
    EXPECT_FALSE(claims(given).at("on_behalf_of").as_object().contains("national_id_num"));
    auto const of_company = told(tokens(act_for(browser, company)));
    EXPECT_EQ(text(of_company, "business_id"), company);
    EXPECT_FALSE(of_company.contains("national_id_num"));
}

TEST_F(ActingForCare, WhoMayNotActInTheirOwnMatterIsNotOfferedItAndCannotMakeItUp) {
    auto const page = until_choice(browser);
    EXPECT_FALSE(page.shows("act-self"));
    auto const forged = browser.submit(page, {{"acting", "self"}});
    EXPECT_TRUE(forged.parameter("code").empty());
    EXPECT_TRUE(forged.shows("act-person"));
}

// ---- The pages of plugins

/// A plugin in the profile's place, with a page of a session, which it knows nothing of.
class OwnPages final : public plugin::Plugin, private plugin::RouteSource {
  public:
    explicit OwnPages(plugin::Host& host) : host_(host) {}
    plugin::RouteSource* route_source() override { return this; }

  private:
    std::vector<PluginRoute> routes() override {
        return {{.method = Method::GET,
                 .path = "details",
                 .handler = [this](HttpRequest const&, plugin::Caller const& caller) -> Outcome {
                     return host_.page(200, "details", {{"nav", {{"details", true}}}}, caller);
                 }}};
    }
    plugin::Host& host_;
};

TunnusPluginV1 const* own_pages() {
    static TunnusPluginV1 const entry{
        sizeof(TunnusPluginV1),
        TUNNUS_PLUGIN_API,
        TUNNUS_BUILD_STAMP,
        "profile",
        "1.0",
        R"({"type": "object"})",
        nullptr,
        0,
        [](plugin::Host& host) -> plugin::Plugin* { return new OwnPages(host); }};
    return &entry;
}

std::vector<plugin::EntryFunction> const& with_own_pages() {
    static auto const all = [] {
        std::vector<plugin::EntryFunction> entries;
        for (auto const entry : plugin::builtin_entries())
            if (std::string_view(entry()->name) != "profile") entries.push_back(entry);
        entries.push_back(&own_pages);
        return entries;
    }();
    return all;
}

class ActingOnPages : public ActingFlow {
  protected:
    ActingOnPages() : ActingFlow(acting_configuration(), with_own_pages()) {}
};

TEST_F(ActingOnPages, APluginsPageShowsForWhomThePersonActsAndStopsIt) {
    auto const given = tokens(browser.submit(until_choice(browser), {{"acting", "self"}}));
    EXPECT_FALSE(browser.get("/profile/details").shows("stop-acting")) << "in their own matter";
    auto const acting = tokens(act_for(browser, adult));
    auto const page = browser.get("/profile/details");
    ASSERT_TRUE(page.shows("stop-acting")) << page.status << page.body;
    EXPECT_TRUE(page.shows("Aikuinen Antti"));
    browser.submit(page, {{"grant", grant_on(page)}});
    EXPECT_FALSE(browser.get("/profile/details").shows("stop-acting"));
    EXPECT_EQ(json_of(introspect(text(acting, "access_token"))),
              (boost::json::object{{"active", false}}));
    EXPECT_TRUE(json_of(introspect(text(given, "access_token"))).at("active").as_bool());
}

}  // namespace
}  // namespace tunnus::flow
