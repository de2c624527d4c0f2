// SPDX-License-Identifier: MIT
// An organisation's own identity provider: who is meant is configured, all else is as strict as
// with Suomi.fi.
#include "plugins/api/entry.hpp"
#include "tests/fakes/host.hpp"
#include "tests/saml/suomifi_world.hpp"

#include <gtest/gtest.h>

extern "C" TunnusPluginV1 const* tunnus_plugin_v1_organisation();

namespace tunnus::plugin::organisation {
namespace {

using namespace saml::test;
using saml::test::word_of;

constexpr std::string_view persistent = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
constexpr std::string_view password =
    "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";

/// The fake identity provider at an address of its own.
class Organisation : public testing::Test {
  protected:
    Organisation() {
        auto const& idp = fake_idp();
        host_.files = {{"idp.pem", idp.signing.certificate_pem()},
                       {"sp.pem", idp.sp.certificate_pem()}};
        host_.secrets = {{"sp.key", idp.sp.private_pem()}};
        host_.config = {
            {"entity_id", sp_entity_id},
            {"label", {{"fi", "Henkilöstö"}, {"sv", "Personal"}, {"en", "Staff"}}},
            {"idp",
             {{"entity_id", idp_entity_id},
              {"sso_url", idp_sso_url},
              {"slo_url", logout_idp_slo_url},
              {"certificate_files", {"idp.pem"}}}},
            {"signing", {{"key", {{"file", "sp.key"}}}, {"certificate_file", "sp.pem"}}},
            {"levels", {{{"uri", password}, {"acr", "staff"}}}},
            {"subject", "name_id"},
            {"attributes",
             {{{"name", "urn:oid:2.5.4.42"}, {"plain_name", "given_name"}, {"required", true}},
              {{"name", "urn:groups"}, {"plain_name", "groups"}, {"many", true}}}}};
        login_.login_id = "login-id-of-22-letters";
        login_.event_id = "event-1";
        login_.locale = "fi";
        good_.level = password;
        good_.attributes = {{"urn:oid:2.5.4.42", "Maija"},
                            {"urn:oid:0.9.2342.19200300.100.1.1", "maija7"}};
        edit_name_id(good_, persistent);
    }
    /// In the assertion, before it is signed; its own addresses too.
    static void edit_name_id(Message& message, std::string_view format) {
        message.edit_assertion = [format](std::string& text) {
            replace(text, transient_format, format);
            replace(text, acs_url, "https://tunnus.example/organisation/acs");
        };
        message.edit_response = [](std::string& text) {
            replace(text, acs_url, "https://tunnus.example/organisation/acs");
        };
    }
    Plugin& plugin() {
        if (made_ == nullptr) made_ = host_.create(*tunnus_plugin_v1_organisation());
        return *made_;
    }
    Answer<Identity> log_in(Message message) {
        auto const sent = std::get<Redirect>(plugin().authenticator()->begin(login_));
        return plugin().authenticator()->resume(
            login_, sent.state,
            SuomifiWorld::post(SuomifiWorld::answer_to(sent, std::move(message)), login_.login_id));
    }
    std::string word(Message const& message) { return word_of(log_in(message)); }
    Message another(std::string id) {
        auto message = good_;
        message.assertion_id = std::move(id);
        return message;
    }

    fakes::FakeHost host_{"organisation"};
    LoginView login_;
    Message good_;
    Plugin* made_ = nullptr;
};

TEST_F(Organisation, ProvesWhoThePersonIsByTheConfiguredMapping) {
    auto const answer = log_in(good_);
    ASSERT_EQ(word_of(answer), "identity");
    auto const& identity = std::get<Identity>(answer);
    EXPECT_EQ(identity.subject.reveal(), "name_id:" + std::string(persistent) + "\n" +
                                             std::string(idp_entity_id) + "\nAAdzZWNyZXQx-opaque");
    EXPECT_EQ(identity.acr, "staff");
    EXPECT_EQ(identity.amr, std::vector<std::string>{"organisation"});
    EXPECT_EQ(identity.attributes, (boost::json::object{{"given_name", "Maija"}}));
    EXPECT_EQ(plugin().authenticator()->label().sv, "Personal");
}

TEST_F(Organisation, ATransientNameIsNobodysLastingKey) {
    auto message = good_;
    edit_name_id(message, transient_format);
    EXPECT_EQ(word(message), "rejected: wrong_name_id");
    host_.config["subject"] = "urn:oid:0.9.2342.19200300.100.1.1";
    made_ = nullptr;
    message.assertion_id = "_a2";
    auto const answer = log_in(message);
    ASSERT_EQ(word_of(answer), "identity");
    EXPECT_EQ(std::get<Identity>(answer).subject.reveal(), "attribute:maija7");
}

TEST_F(Organisation, S19S22TakesOneGoodValueOfEachAttributeThatIsNoList) {
    auto message = another("_a1");
    message.attributes = {{"urn:oid:2.5.4.42", "Mai\xE2\x80\x8Bja"}};
    EXPECT_EQ(word(message), "rejected: bad_attribute_value");
    message = another("_a2");
    message.attributes = {};
    EXPECT_EQ(word(message), "rejected: missing_attribute_value");
    message = another("_a3");
    edit_name_id(message, persistent);
    auto const two_values = [](std::string name) {
        return [name = std::move(name)](std::string& text) {
            replace(text, transient_format, persistent);
            replace(text, acs_url, "https://tunnus.example/organisation/acs");
            auto const at = text.find("Name=\"" + name);
            auto const value = FakeIdp::attribute_value("a");
            auto const end = text.find("</saml:Attribute>", at);
            text.insert(end, value);
        };
    };
    message.edit_assertion = two_values("urn:oid:2.5.4.42");
    EXPECT_EQ(word(message), "rejected: repeated_attribute");
    message = another("_a4");
    message.attributes.emplace_back("urn:groups", "b");
    message.edit_assertion = two_values("urn:groups");
    auto const answer = log_in(message);
    ASSERT_EQ(word_of(answer), "identity");
    EXPECT_EQ(std::get<Identity>(answer).attributes.at("groups"), (boost::json::array{"b", "a"}));
}

TEST_F(Organisation, S100TakesTheListedLevelsAndVouchesForWhatTheOperatorDoes) {
    auto message = good_;
    message.level = "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified";
    EXPECT_EQ(word(message), "rejected: wrong_level");
    EXPECT_EQ(plugin().authenticator()->assurance("staff"), Assurance::low);
    fakes::FakeHost vouching("organisation");
    vouching.config = host_.config;
    vouching.files = host_.files;
    vouching.secrets = host_.secrets;
    vouching.config["levels"].as_array().at(0).as_object()["assurance"] = "substantial";
    auto* const plugin = vouching.create(*tunnus_plugin_v1_organisation());
    EXPECT_EQ(plugin->authenticator()->assurance("staff"), Assurance::substantial);
}

TEST_F(Organisation, SpeaksNoFinnishToItsIdentityProvider) {
    auto const sent = std::get<Redirect>(plugin().authenticator()->begin(login_));
    std::vector<saml::xml::Certificate> const keys{fake_idp().sp.certificate()};
    auto const message = saml::parse_redirect_query(
        saml::MessageKind::request, sent.url.substr(sent.url.find('?') + 1), keys, Limits());
    ASSERT_TRUE(message) << message.error().text();
    EXPECT_EQ(message->xml.find("vetuma"), std::string::npos);
    EXPECT_EQ(message->xml.find("transient"), std::string::npos);
    EXPECT_NE(message->xml.find("https://tunnus.example/organisation/acs"), std::string::npos);
    auto const routes = plugin().route_source()->routes();
    auto const metadata = std::get<HttpResponse>(routes[2].handler(HttpRequest(), Caller()));
    EXPECT_NE(metadata.body.find("urn:groups"), std::string::npos);
    EXPECT_NE(metadata.body.find("https://tunnus.example/organisation/slo"), std::string::npos);
    EXPECT_EQ(metadata.body.find("FinnishAuthMethod"), std::string::npos);
}

TEST_F(Organisation, LogsOutByALastingNameToo) {
    auto const identity = std::get<Identity>(log_in(good_));
    auto const redirect =
        plugin().single_logout()->leave({identity.logout, "https://service.example/", "fi"});
    ASSERT_TRUE(redirect);
    std::vector<saml::xml::Certificate> const keys{fake_idp().sp.certificate()};
    auto const message = saml::parse_redirect_query(
        saml::MessageKind::request, redirect->url.substr(redirect->url.find('?') + 1), keys,
        Limits());
    EXPECT_NE(message.value().xml.find(persistent), std::string::npos);
    EXPECT_EQ(message.value().xml.find("vetuma"), std::string::npos);
    auto request = logout_of_default_person();
    request.destination = "https://tunnus.example/organisation/slo";
    request.name_id.format = persistent;
    HttpRequest asked;
    asked.query = by_query(saml::build_logout_request(request)).raw_query;
    auto const answer = std::get<HttpResponse>(
        finish_here(plugin().route_source()->routes()[0].handler(asked, Caller())));
    EXPECT_EQ(answer.status, 303);
}

TEST_F(Organisation, NamesThePersonAtLogoutExactlyAsItWasTold) {
    auto const name_in_request = [&](std::string const& name_id) {
        static int count = 0;
        auto message = another("_n" + std::to_string(++count));
        message.edit_assertion = [&](std::string& text) {
            auto const from = text.find("<saml:NameID");
            auto const to = text.find("</saml:NameID>") + std::string_view("</saml:NameID>").size();
            text.replace(from, to - from, name_id);
            replace(text, acs_url, "https://tunnus.example/organisation/acs");
        };
        auto const identity = std::get<Identity>(log_in(message));
        auto const redirect =
            plugin().single_logout()->leave({identity.logout, "https://service.example/", "fi"});
        std::vector<saml::xml::Certificate> const keys{fake_idp().sp.certificate()};
        auto const sent = saml::parse_redirect_query(
            saml::MessageKind::request, redirect->url.substr(redirect->url.find('?') + 1), keys,
            Limits());
        auto const from = sent->xml.find("<saml:NameID");
        auto const text = sent->xml.substr(from, sent->xml.find("</saml:NameID>") - from);
        constexpr std::string_view declared =
            R"( xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion")";
        return std::string(text).erase(text.find(declared), declared.size()) + "</saml:NameID>";
    };
    std::string const here = R"( NameQualifier="https://idp.example/idp1")";
    std::string const to_us = R"( SPNameQualifier="https://tunnus.example/suomifi/sp")";
    std::string const lasting = R"( Format=")" + std::string(persistent) + "\"";
    constexpr std::string_view unspecified =
        R"( Format="urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified")";
    auto const joined = [](std::initializer_list<std::string_view> parts) {
        std::string whole;
        for (auto const part : parts)
            whole.append(part);
        return whole;
    };
    for (auto const& attributes :
         {joined({lasting, here, to_us}), joined({lasting, here}), joined({lasting, to_us}),
          lasting, joined({unspecified}), joined({}), here}) {
        auto name_id = std::string("<saml:NameID");
        name_id.append(attributes).append(">m&amp;ija</saml:NameID>");
        EXPECT_EQ(name_in_request(name_id), name_id);
    }
}

TEST_F(Organisation, TellsThePersonWhereTheIdentityProviderTakesNoLogout) {
    host_.config["idp"].as_object().erase("slo_url");
    auto const identity = std::get<Identity>(log_in(good_));
    EXPECT_FALSE(
        plugin().single_logout()->leave({identity.logout, "https://service.example/", "fi"}));
    auto const receive = [&](std::string id, std::string name, bool posted) {
        auto request = logout_of_default_person();
        request.id = std::move(id);
        request.destination = "https://tunnus.example/organisation/slo";
        request.name_id.format = persistent;
        request.name_id.value = std::move(name);
        auto const text = saml::build_logout_request(request);
        HttpRequest asked;
        Caller caller;
        if (posted)
            caller.form = by_form(text, "relay").form;
        else
            asked.query = by_query(text, "relay").raw_query;
        return std::get<HttpResponse>(
            finish_here(plugin().route_source()->routes()[posted ? 1 : 0].handler(asked, caller)));
    };
    std::string const known = "AAdzZWNyZXQx-opaque";
    auto const answer = receive("_l1", known, false);
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(answer.body.starts_with("logged_out\n")) << answer.body;
    EXPECT_NE(answer.body.find("\"partly\":false"), std::string::npos);
    EXPECT_TRUE(std::string(answer.headers.find("Content-Security-Policy").value_or(""))
                    .ends_with("frame-ancestors https://idp.example"));
    EXPECT_EQ(receive("_l2", known, true).status, 200);
    EXPECT_EQ(receive("_l3", "somebody else", false).status, 404);
    host_.bounds.saml_logout_wait = milliseconds(0);
    host_.recording_accounts.untold = 1;
    EXPECT_NE(receive("_l4", known, true).body.find("\"partly\":true"), std::string::npos);
    host_.recording_accounts.fails = true;
    EXPECT_EQ(receive("_l5", known, false).status, 503);
}

}  // namespace
}  // namespace tunnus::plugin::organisation
