// SPDX-License-Identifier: MIT
// An organisation's own identity provider beside e-mail and password, through the whole product.
#include "tests/flow/strong_login.hpp"
#include "tests/saml/logout_world.hpp"

namespace tunnus::flow {
namespace {

using saml::test::replace;

constexpr std::string_view persistent = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
constexpr std::string_view password_level =
    "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";

class OrganisationLogin : public StrongLogin {
  protected:
    OrganisationLogin() : StrongLogin(configuration()) {}

    static std::string configuration() {
        auto const folder = key_folder().string();
        auto const file = [&](char const* name) { return "\"" + folder + "/" + name + "\""; };
        return Product::shared_configuration(
            R"({"name": "organisation", "config": {
                "entity_id": "https://tunnus.example/suomifi/sp",
                "label": {"fi": "Henkilöstö", "sv": "Personal", "en": "Staff"},
                "idp": {"entity_id": "https://idp.example/idp1", "sso_url": "https://idp.example/sso", "slo_url": ")" +
            std::string(saml::test::logout_idp_slo_url) + R"(", "certificate_files": [)" +
            file("idp.pem") + R"(]}, "signing": {"key": {"file": )" + file("sp.key") +
            R"(}, "certificate_file": )" + file("sp.pem") + R"(},
                "levels": [{"uri": ")" +
            std::string(password_level) + R"(", "acr": "staff"}], "subject": "name_id",
                "attributes": [{"name": "urn:oid:2.5.4.42", "plain_name": "given_name"}]}},)");
    }
    static Message staff(std::string name_id = "maija7") {
        Message message;
        message.level = password_level;
        message.attributes = {{"urn:oid:2.5.4.42", "Maija"}};
        message.name_id = std::move(name_id);
        auto const at_our_address = [](std::string& text) {
            replace(text, saml::test::acs_url, "https://tunnus.example/organisation/acs");
        };
        message.edit_assertion = [at_our_address](std::string& text) {
            replace(text, saml::test::transient_format, persistent);
            at_our_address(text);
        };
        message.edit_response = at_our_address;
        return message;
    }
    /// From the page of methods to what comes after the organisation's answer.
    Page sign_in(Browser& with, Message const& message = staff(), Fields const& more = {}) {
        auto page = with.get_from_elsewhere(library.authorize(more));
        if (page.shows("value=\"organisation\""))
            page = with.submit(page, {{"method", "organisation"}});
        return with.post_from_elsewhere("/organisation/acs",
                                        answer(sent_to_suomifi(page), message));
    }
    /// The first one also makes an account for e-mail and password.
    Page first_sign_in(Browser& with) {
        return make_light_account(with, sign_in(with), "maija@example.org");
    }
};

TEST_F(OrganisationLogin, IsOneMethodAmongOthersAndFindsItsPersonAgain) {
    auto const methods = browser.get_from_elsewhere(library.authorize());
    EXPECT_TRUE(methods.shows("Henkilöstö")) << methods.body;
    EXPECT_TRUE(methods.shows("value=\"password\""));

    auto const first = id_token(library, first_sign_in(browser));
    EXPECT_EQ(first.at("acr").as_string(), "staff");
    EXPECT_EQ(first.at("amr"), boost::json::array{"organisation"});
    Browser later(product);
    EXPECT_EQ(id_token(library, sign_in(later)).at("sub"), first.at("sub")) << "and asks no more";
    Browser colleague(product);
    auto const page =
        make_light_account(colleague, sign_in(colleague, staff("pekka3")), "pekka@example.org");
    EXPECT_NE(id_token(library, page).at("sub"), first.at("sub"));
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM users"), 2);
}

TEST_F(OrganisationLogin, SatisfiesItsOwnLevelAndNoOther) {
    id_token(library, first_sign_in(browser));
    auto const none = browser.get_from_elsewhere(kiosk.authorize(
        {{"prompt", "none"},
         {"claims", R"({"id_token": {"acr": {"essential": true, "value": "light"}}})"}}));
    EXPECT_EQ(none.parameter("error"), "login_required");
    auto const again =
        browser.get_from_elsewhere(kiosk.authorize({{"prompt", "none"}, {"acr_values", "staff"}}));
    EXPECT_EQ(id_token(kiosk, again).at("acr").as_string(), "staff");
}

TEST_F(OrganisationLogin, RefusesALevelThatIsNotListedAndAnAnswerMeantForAnother) {
    auto other_level = staff();
    other_level.level = loa2;
    EXPECT_TRUE(sign_in(browser, other_level).parameter("code").empty());
    auto elsewhere = staff();
    elsewhere.edit_response = {};
    elsewhere.edit_assertion = [](std::string& text) {
        replace(text, saml::test::transient_format, persistent);
    };
    Browser second(product);
    EXPECT_TRUE(sign_in(second, elsewhere).parameter("code").empty());
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM sessions"), 0);
    Browser third(product);
    EXPECT_FALSE(first_sign_in(third).parameter("code").empty()) << "the clean form";
}

TEST_F(OrganisationLogin, ItsLogoutEndsTheSession) {
    id_token(library, first_sign_in(browser));
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM sessions WHERE ended_at IS NULL"), 1);
    auto request = saml::test::logout_of_default_person();
    request.destination = "https://tunnus.example/organisation/slo";
    request.name_id.value = "maija7";
    request.name_id.format = persistent;
    HttpRequest call;
    call.path = "/organisation/slo";
    call.query = saml::test::by_query(saml::build_logout_request(request), "relay").raw_query;
    call.headers.add("Sec-Fetch-Site", "cross-site");
    call.headers.add("Sec-Fetch-Dest", "iframe");
    EXPECT_EQ(product.answer(std::move(call)).status, 303) << "with our answer";
    EXPECT_EQ(product.count("SELECT COUNT(*) FROM sessions WHERE ended_at IS NULL"), 0);
}

}  // namespace
}  // namespace tunnus::flow
