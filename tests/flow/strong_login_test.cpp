// SPDX-License-Identifier: MIT
// Strong logins through the whole product: Suomi.fi's answer is a cross-site POST, so the session
// cookie stays behind.
#include "tests/flow/strong_login.hpp"

#include "plugins/suomifi/texts.hpp"
#include "saml/protocol/status.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace tunnus::flow {
namespace {

TEST_F(StrongLogin, H33_TheFirstOneAlsoMakesALightAccount) {
    auto const page = make_light_account(browser, identify(browser, library), "maija@example.org");
    auto const strong = id_token(library, page);
    EXPECT_EQ(strong.at("acr").as_string(), loa2);

    Browser other(product);
    auto const light = id_token(library, sign_in_lightly(other, library, "maija@example.org"));
    EXPECT_EQ(light.at("sub"), strong.at("sub"));
    EXPECT_EQ(light.at("acr"), "light");
}

TEST_F(StrongLogin, TheSecondOneAsksNothing) {
    auto const first = id_token(
        library, make_light_account(browser, identify(browser, library), "maija@example.org"));
    Browser other(product);
    auto const second = id_token(library, identify(other, library));
    EXPECT_EQ(first.at("sub"), second.at("sub"));
}

TEST_F(StrongLogin, StepsUpInPlaceThoughTheSessionCookieStaysBehind) {
    auto const first = id_token(
        library, make_light_account(browser, identify(browser, library), "maija@example.org"));
    Browser other(product);
    auto const light = id_token(library, sign_in_lightly(other, library, "maija@example.org"));
    auto const strong = id_token(library, identify(other, library));
    EXPECT_EQ(strong.at("acr").as_string(), loa2);
    EXPECT_EQ(strong.at("sid"), light.at("sid"));
    EXPECT_EQ(strong.at("sub"), first.at("sub"));
    // And the session is strong from now on, in the same browser.
    auto const page = other.get_from_elsewhere(
        kiosk.authorize({{"prompt", "none"}, {"acr_values", std::string(loa2)}}));
    EXPECT_EQ(id_token(kiosk, page).at("acr").as_string(), loa2);
}

TEST_F(StrongLogin, L38_ALightSessionNeverSatisfiesAStrongLevel) {
    product.add_user("matti@example.org", password);
    sign_in_lightly(browser, library, "matti@example.org");
    auto const page = browser.get_from_elsewhere(
        library.authorize({{"prompt", "none"}, {"acr_values", std::string(loa2)}}));
    EXPECT_EQ(page.parameter("error"), "login_required");
}

TEST_F(StrongLogin, L36_ASecondPersonCannotJoinAnAccountThatHasAStrongIdentity) {
    auto const first = id_token(
        library, make_light_account(browser, identify(browser, library), "family@example.org"));
    Browser other(product);
    auto page = identify(other, library, person("010280-952L"));
    page = other.submit(page, {{"email", "family@example.org"}});
    page = other.submit(page, {{"code", code_from_mailbox()}});
    page = other.submit(page, {{"step", "merge"}});
    page = other.submit(page, {{"password", password}});
    EXPECT_TRUE(page.parameter("code").empty()) << "two people on one account";
    EXPECT_EQ(page.parameter("error"), "access_denied");
    EXPECT_EQ(product.audited("login.refused"), 1);
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM login_transactions"), 0) << "and it is over";
    Browser third(product);
    EXPECT_EQ(id_token(library, identify(third, library)).at("sub"), first.at("sub"));
}

TEST_F(StrongLogin, S102_TheSameResponseIsTakenOnce) {
    auto const asked =
        browser.get_from_elsewhere(library.authorize({{"acr_values", std::string(loa2)}}));
    auto const message = answer(sent_to_suomifi(asked));
    EXPECT_EQ(browser.post_from_elsewhere("/suomifi/acs", message).status, 200);
    EXPECT_EQ(browser.post_from_elsewhere("/suomifi/acs", message).status, 400);
}

TEST_F(StrongLogin, S104_ARefusedMessageLeavesOneRecord) {
    Message wrong_level;
    wrong_level.level = "urn:oid:1.2.246.517.3002.110.999";
    EXPECT_EQ(identify(browser, library, wrong_level).status, 400);
    EXPECT_EQ(product.audited("saml.reject"), 1);
    EXPECT_EQ(product.audited_reason("saml.reject"), "wrong_level");
    product.clock.advance(seconds(1));
    Browser thief(product);
    auto const asked =
        browser.get_from_elsewhere(library.authorize({{"acr_values", std::string(loa2)}}));
    EXPECT_EQ(thief.post_from_elsewhere("/suomifi/acs", answer(sent_to_suomifi(asked))).status,
              400);
    EXPECT_EQ(product.audited("saml.reject"), 2);
    EXPECT_EQ(product.audited_reason("saml.reject"), "no_such_login_in_this_browser");
}

TEST_F(StrongLogin, AConsentThatATabLeftOpenComesToAskForCanBeGiven) {
    product.add_user("matti@example.org", password);
    auto const left_open =
        browser.get_from_elsewhere(library.authorize({{"scope", "openid email"}}));
    ASSERT_TRUE(left_open.shows("name=\"method\"")) << left_open.body;
    sign_in_lightly(browser, kiosk, "matti@example.org");

    auto const query = left_open.form_action().substr(left_open.form_action().find('?'));
    auto const page = browser.get("/login" + query);
    ASSERT_TRUE(page.shows("consent-allow")) << page.body;
    auto const done = browser.submit(page, {{"decision", "allow"}});
    EXPECT_FALSE(done.parameter("code").empty()) << done.status << done.body;
}

TEST_F(StrongLogin, AFirstLoginThatIsLostLeavesNoAccount) {
    auto page = identify(browser, library);
    page = browser.submit(page, {{"email", "maija@example.org"}});
    page = browser.submit(page, {{"code", code_from_mailbox()}});
    // Another request of the same login is first.
    product.before_commit = [&] {
        std::vector<sql::Statement> steps;
        steps.push_back({"DELETE FROM login_transactions", {}, {}});
        ASSERT_TRUE(
            product.database->commit(std::make_unique<sql::Write>("test", std::move(steps))));
    };
    page = browser.submit(page, {{"new_password", password}});
    EXPECT_EQ(page.status, 409);
    EXPECT_FALSE(browser.has_cookie("__Host-sid"));
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM users"), 0);
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM identities"), 0);
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM profile_light"), 0);
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM profile_official"), 0);
    EXPECT_EQ(product.audited("account.created"), 0);
    EXPECT_EQ(product.audited("profile.changed"), 0);
}

TEST_F(StrongLogin, TwoFirstLoginsAtOnceMakeOneAccount) {
    Browser other(product);
    auto const until_the_password = [&](Browser& with) {
        auto page = identify(with, library);
        page = with.submit(page, {{"email", "maija@example.org"}});
        return with.submit(page, {{"code", code_from_mailbox()}});
    };
    auto const first = until_the_password(browser);
    auto const second_began = identify(other, library);
    product.before_commit = [&] {
        // The same person, in another browser, between our reads and our write.
        auto page = other.submit(second_began, {{"email", "other@example.org"}});
        page = other.submit(page, {{"code", code_from_mailbox()}});
        EXPECT_FALSE(other.submit(page, {{"new_password", password}}).parameter("code").empty());
    };
    auto const lost = browser.submit(first, {{"new_password", password}});
    EXPECT_EQ(lost.status, 409) << lost.left_for;
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM users"), 1);
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM identities"), 2);
    // And started again, the login is of the account that the other one made.
    EXPECT_FALSE(identify(browser, library).parameter("code").empty());
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM users"), 1);
}

TEST_F(StrongLogin, TheFirstOneKeepsWhatBothItsProofsBrought) {
    make_light_account(browser, identify(browser, library), "maija@example.org");
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM profile_light"), 1);
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM profile_official"), 1);
    auto page = browser.get_from_elsewhere(library.authorize({{"scope", "openid profile email"}}));
    if (page.left_for.empty()) page = browser.submit(page, {{"decision", "allow"}});
    auto const answer = json_of(library.redeem(page.parameter("code")));
    auto const info = json_of(library.userinfo(std::string(answer.at("access_token").as_string())));
    EXPECT_EQ(info.at("email"), "maija@example.org");
    EXPECT_TRUE(info.contains("family_name")) << boost::json::serialize(info);
}

TEST_F(StrongLogin, S88_AResponseOfAnotherBrowserIsRefusedAndTheLoginStaysUsable) {
    auto const asked =
        browser.get_from_elsewhere(library.authorize({{"acr_values", std::string(loa2)}}));
    auto const message = answer(sent_to_suomifi(asked));
    Browser thief(product);
    EXPECT_EQ(thief.post_from_elsewhere("/suomifi/acs", message).status, 400);
    EXPECT_FALSE(thief.has_cookie("__Host-sid"));
    thief.get_from_elsewhere(library.authorize());
    EXPECT_EQ(thief.post_from_elsewhere("/suomifi/acs", message).status, 400);
    EXPECT_EQ(browser.post_from_elsewhere("/suomifi/acs", message).status, 200);
}

TEST_F(StrongLogin, S108_ARelayStateThatIsNotOursIsRefused) {
    auto const asked =
        browser.get_from_elsewhere(library.authorize({{"acr_values", std::string(loa2)}}));
    auto message = answer(sent_to_suomifi(asked));
    auto const good = message;
    for (std::string const bad :
         {"https://evil.example/", "//evil.example", "javascript:alert(1)", "", "x"}) {
        message[1].second = bad;
        auto const page = browser.post_from_elsewhere("/suomifi/acs", message);
        EXPECT_EQ(page.status, 400) << bad;
        EXPECT_TRUE(page.left_for.empty());
    }
    EXPECT_EQ(browser.post_from_elsewhere("/suomifi/acs", good).status, 200);
}

TEST_F(StrongLogin, S83_ACancelledIdentificationOffersTheMethodsAgain) {
    Message cancelled;
    cancelled.status = "urn:oasis:names:tc:SAML:2.0:status:Requester";
    cancelled.second_status = "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed";
    auto const page = identify(browser, library, cancelled);
    EXPECT_EQ(page.status, 200);
    EXPECT_TRUE(page.shows("method-suomifi")) << page.body;
    EXPECT_FALSE(browser.has_cookie("__Host-sid"));
    auto const given_up = browser.submit(page, {{"cancel", "1"}});
    EXPECT_EQ(given_up.parameter("error"), "access_denied");
}

// suomifi.md 2.3
TEST_F(StrongLogin, SaysWhyAnIdentificationWasNotCompleted) {
    std::string const status = "urn:oasis:names:tc:SAML:2.0:status:";
    for (auto const& [second, why] :
         {std::pair{"NoAuthnContext", plugin::suomifi::texts::level_not_met()},
          {"NoPassive", plugin::suomifi::texts::passive()},
          {"RequestDenied", plugin::suomifi::texts::not_taken()},
          {"RequestUnsupported", plugin::suomifi::texts::not_completed()}}) {
        Browser visitor(product);
        Message refused;
        refused.status = status + "Responder";
        refused.second_status = status + second;
        auto const page = identify(visitor, library, refused);
        EXPECT_EQ(page.status, 200) << second;
        EXPECT_TRUE(page.shows(why.fi)) << second << page.body;
        EXPECT_FALSE(visitor.has_cookie("__Host-sid")) << second;
        EXPECT_EQ(visitor.submit(page, {{"decision", "cancel"}}).parameter("error"),
                  "access_denied")
            << second;
    }
}

TEST_F(StrongLogin, JoinsTheLightAccountThatThePersonProves) {
    auto const matti = product.add_user("matti@example.org", password);
    sign_in_lightly(browser, library, "matti@example.org");
    auto page = identify(browser, library);
    page = browser.submit(page, {{"email", "matti@example.org"}});
    page = browser.submit(page, {{"code", code_from_mailbox()}});
    page = browser.submit(page, {{"step", "merge"}});
    if (page.left_for.empty())
        page = browser.submit(page, {{"email", "matti@example.org"}, {"password", password}});
    auto const token = id_token(library, page);
    EXPECT_EQ(token.at("sub").as_string(), matti);
    EXPECT_EQ(token.at("acr").as_string(), loa2);
}

TEST_F(StrongLogin, I5_TheIdentityCodeIsInNoUrlLogOrPage) {
    auto const page = make_light_account(browser, identify(browser, library), "maija@example.org");
    EXPECT_EQ(page.left_for.find("210281"), std::string::npos);
    EXPECT_EQ(page.body.find("210281"), std::string::npos);
    for (auto const& line : product.log.lines())
        EXPECT_EQ(boost::json::serialize(line.fields).find("210281-9988"), std::string::npos)
            << line.event;
    for (auto const& mail : product.mailbox.mails)
        EXPECT_EQ(mail.text.find("210281"), std::string::npos);
}

/// With the Finnish Authenticator among the levels.
class WithFinnishAuthenticator : public StrongLogin {
  protected:
    WithFinnishAuthenticator() : StrongLogin(configured()) {
        foreigner.level = app;
        foreigner.attributes = {
            {"urn:oid:1.2.246.517.3002.111.17", "7000791435"},
            {"urn:oid:1.2.246.517.3002.111.17.1", "basic"},
            {"urn:oid:2.5.4.4", "Nguyen"},
            {"http://eidas.europa.eu/attributes/naturalperson/CurrentGivenName", "Thi Mai"},
            {"http://eidas.europa.eu/attributes/naturalperson/DateOfBirth", "1999-12-31"}};
    }
    static std::string configured() {
        auto text = strong_configuration();
        constexpr std::string_view before = R"("allow_test_identity_codes")";
        text.insert(text.find(before),
                    R"("levels": [
            {"uri": "urn:oid:1.2.246.517.3002.110.7", "acr": "urn:oid:1.2.246.517.3002.110.7"},
            {"uri": "http://ftn.ficora.fi/2017/loa2", "acr": "http://ftn.ficora.fi/2017/loa2"}],)");
        return text;
    }
    Page sign_in() {
        auto page = browser.get_from_elsewhere(library.authorize());
        page = browser.submit(page, {{"method", "suomifi"}});
        page =
            browser.post_from_elsewhere("/suomifi/acs", answer(sent_to_suomifi(page), foreigner));
        return make_light_account(browser, page, "mai@example.org");
    }
    static constexpr std::string_view app = "urn:oid:1.2.246.517.3002.110.7";
    Message foreigner;
};

TEST_F(WithFinnishAuthenticator, SignsInAtALowLevelAndLeavesNoOfficialData) {
    auto const token = id_token(library, sign_in());
    EXPECT_EQ(token.at("acr").as_string(), app);
    EXPECT_EQ(token.at("amr"), (boost::json::array{"finnish_authenticator"}));
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM profile_official"), 0);
    Browser other(product);
    auto const page = other.get_from_elsewhere(library.authorize());
    auto const sent = other.submit(page, {{"method", "suomifi"}});
    auto const again = id_token(
        library,
        other.post_from_elsewhere("/suomifi/acs", answer(sent_to_suomifi(sent), foreigner)));
    EXPECT_EQ(again.at("sub"), token.at("sub"));
}

TEST_F(WithFinnishAuthenticator, L38_NeverSatisfiesAStrongLevel) {
    sign_in();
    auto const silent = browser.get_from_elsewhere(
        kiosk.authorize({{"prompt", "none"}, {"acr_values", std::string(loa2)}}));
    EXPECT_EQ(silent.parameter("error"), "login_required");
    auto const asked =
        browser.get_from_elsewhere(kiosk.authorize({{"acr_values", std::string(loa2)}}));
    auto unmet = foreigner;
    unmet.status = saml::status_code::requester;
    unmet.second_status = saml::status_code::no_authn_context;
    auto const told =
        browser.post_from_elsewhere("/suomifi/acs", answer(sent_to_suomifi(asked), unmet));
    EXPECT_EQ(told.status, 200);
    EXPECT_TRUE(told.shows("Palvelu vaatii vahvempaa tunnistautumista")) << told.body;
}

TEST_F(WithFinnishAuthenticator, S100_AnAnswerBelowTheLevelAskedForIsRefused) {
    EXPECT_EQ(identify(browser, library, foreigner).status, 400);
    EXPECT_EQ(product.audited_reason("saml.reject"), "wrong_level");
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM users"), 0);
}

/// Where the register's data are released at the high level alone.
class HighLevel : public StrongLogin {
  protected:
    HighLevel() : StrongLogin(configured()) {}
    static std::string configured() {
        auto text = strong_configuration();
        replace(text, R"("name": "profile", "config": {})",
                R"("name": "profile", "config": {"loa": {
                    "http://ftn.ficora.fi/2017/loa3": "high",
                    "http://ftn.ficora.fi/2017/loa2": "substantial"}})");
        replace(text, "profile email offline_access", "profile municipality");
        return text;
    }
    static void replace(std::string& text, std::string_view what, std::string_view with) {
        text.replace(text.find(what), what.size(), with);
    }
    boost::json::object userinfo(Page page) {
        if (page.shows("consent-allow")) page = browser.submit(page, {{"decision", "allow"}});
        EXPECT_FALSE(page.parameter("code").empty()) << page.status << page.left_for << page.body;
        auto const tokens = json_of(library.redeem(page.parameter("code")));
        return json_of(library.userinfo(std::string(tokens.at("access_token").as_string())));
    }
    static inline Fields const asking{
        {"claims", R"({"userinfo": {"municipality": null, "given_name": null}})"}};
};

TEST_F(HighLevel, O30_AClaimAskedByNameIsHeldToTheLevelOfItsScope) {
    Message message;
    message.attributes.emplace_back("urn:oid:1.2.246.517.2002.2.18", "091");
    auto const substantial = userinfo(make_light_account(
        browser, identify(browser, library, message, asking), "maija@example.org"));
    EXPECT_EQ(substantial.at("given_name").as_string(), "Maija");
    EXPECT_FALSE(substantial.contains("municipality"));
    message.level = saml::test::loa3;
    auto more = asking;
    more.emplace_back("acr_values", saml::test::loa3);
    auto const high = userinfo(identify(browser, library, message, more));
    EXPECT_EQ(high.at("municipality").at("code").as_string(), "091");
}

}  // namespace
}  // namespace tunnus::flow
