// SPDX-License-Identifier: MIT
// Strong logins through the whole product: Suomi.fi's answer is a cross-site POST, so the session
// cookie stays behind.
#include "idp/base/encoding.hpp"
#include "saml/protocol/redirect_binding.hpp"
#include "tests/flow/browser.hpp"
#include "tests/saml/fake_idp.hpp"
#include "tests/saml/service_provider_world.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <regex>

namespace tunnus::flow {
namespace {

using saml::test::fake_idp;
using saml::test::Message;

constexpr std::string_view loa2 = saml::test::loa2;

/// A folder of its own with the keys of both ends.
std::filesystem::path key_folder() {
    static std::filesystem::path const folder = [] {
        auto const made =
            std::filesystem::temp_directory_path() / ("tunnus-flow-" + std::to_string(getpid()));
        std::filesystem::create_directories(made);
        auto const write = [&](char const* name, std::string const& text) {
            std::ofstream(made / name) << text;
            chmod((made / name).c_str(), 0600);
        };
        write("idp.pem", fake_idp().signing.certificate_pem());
        write("sp.pem", fake_idp().sp.certificate_pem());
        write("sp.key", fake_idp().sp.private_pem());
        return made;
    }();
    return folder;
}

std::string configuration() {
    auto const folder = key_folder().string();
    return Product::shared_configuration(R"({"name": "suomifi", "config": {
        "entity_id": "https://tunnus.example/suomifi/sp",
        "idp": {"entity_id": "https://idp.example/idp1", "sso_url": "https://idp.example/sso",
                "certificate_files": [")" +
                                         folder + R"(/idp.pem"]},
        "signing": {"key": {"file": ")" + folder +
                                         R"(/sp.key"}, "certificate_file": ")" + folder +
                                         R"(/sp.pem"},
        "allow_test_identity_codes": true}},)");
}

class StrongLogin : public testing::Test {
  protected:
    StrongLogin() : StrongLogin(configuration()) {}
    explicit StrongLogin(std::string const& configured) : product(configured) {}

    /// What Suomi.fi saw: the request's id and the RelayState.
    struct Sent {
        std::string request_id;
        std::string relay_state;
    };
    Sent sent_to_suomifi(Page const& page) {
        EXPECT_TRUE(page.left_for.starts_with("https://idp.example/sso?"))
            << page.status << page.body;
        auto const query = page.left_for.substr(page.left_for.find('?') + 1);
        std::vector<saml::xml::Certificate> const keys{fake_idp().sp.certificate()};
        auto const message =
            saml::parse_redirect_query(saml::MessageKind::request, query, keys, Limits());
        std::smatch match;
        std::string const xml(message.value().xml);
        EXPECT_TRUE(std::regex_search(xml, match, std::regex(" ID=\"([^\"]+)\"")));
        return {match[1], message.value().relay_state};
    }
    Fields answer(Sent const& sent, Message message = {}) {
        message.request_id = sent.request_id;
        static int count = 0;
        message.response_id = "_p" + std::to_string(++count);
        message.assertion_id = "_a" + std::to_string(count);
        return {{"SAMLResponse", encode_base64(fake_idp().response(message))},
                {"RelayState", sent.relay_state}};
    }
    Page identify(Browser& with, Service const& service, Message const& message = {},
                  Fields more = {}) {
        more.emplace(more.begin(), "acr_values", loa2);  // unless `more` says another
        auto const page = with.get_from_elsewhere(service.authorize(more));
        return with.post_from_elsewhere("/suomifi/acs", answer(sent_to_suomifi(page), message));
    }
    static Message person(std::string const& identity_code) {
        Message message;
        message.attributes[0].second = identity_code;
        return message;
    }
    std::string code_from_mailbox() {
        product.run_job("mail");
        if (product.mailbox.mails.empty()) throw std::runtime_error("no mail came");
        EXPECT_FALSE(product.mailbox.mails.empty());
        std::smatch match;
        EXPECT_TRUE(std::regex_search(product.mailbox.mails.back().text, match,
                                      std::regex("\\b([0-9]{6,8})\\b")));
        return match[1];
    }
    /// The pages after the first strong login: e-mail, code, password.
    Page make_light_account(Browser& with, Page page, std::string const& email) {
        EXPECT_TRUE(page.shows("name=\"email\""))
            << page.status << page.left_for << product.audited_reason("saml.reject");
        page = with.submit(page, {{"email", email}});
        page = with.submit(page, {{"code", code_from_mailbox()}});
        return with.submit(page, {{"new_password", password}});
    }
    boost::json::object id_token(Service const& service, Page const& page) {
        EXPECT_FALSE(page.parameter("code").empty())
            << page.status << " " << page.left_for << page.body;
        return payload_of(
            json_of(service.redeem(page.parameter("code"))).at("id_token").as_string());
    }
    Page sign_in_lightly(Browser& with, Service const& service, std::string const& email) {
        auto page = with.get_from_elsewhere(service.authorize());
        page = with.submit(page, {{"method", "password"}});
        return with.submit(page, {{"email", email}, {"password", password}});
    }

    static inline std::string const password = "sateinen-torstai-2024-kello";
    Product product;
    Browser browser{product};
    Service library{product, "library", "https://library.example/cb"};
    Service kiosk{product, "kiosk", "https://kiosk.example/cb", false};
};

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

/// Where the register's data are released at the high level alone.
class HighLevel : public StrongLogin {
  protected:
    HighLevel() : StrongLogin(configured()) {}
    static std::string configured() {
        auto text = configuration();
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
