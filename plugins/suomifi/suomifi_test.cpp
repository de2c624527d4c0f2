// SPDX-License-Identifier: MIT
// The plugin from begin to identity, and what threats.md 1.6 and 1.7 leave to it: use once,
// outcomes of suomifi.md 2.3, one answer for every message that is not genuine.
#include "idp/base/limits.hpp"
#include "saml/protocol/redirect_binding.hpp"
#include "saml/protocol/status.hpp"
#include "tests/saml/suomifi_world.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace tunnus::plugin::suomifi {
namespace {

using namespace saml::test;
using saml::test::word_of;
namespace status_code = saml::status_code;

class Suomifi : public testing::Test {
  protected:
    Suomifi() { world_.host.config["allow_test_identity_codes"] = true; }
    SuomifiWorld world_;

    std::string word(Message const& message = {}) { return word_of(world_.log_in(message)); }
    /// The words of two posts of one message.
    std::pair<std::string, std::string> post_twice() {
        auto const sent = world_.begin();
        auto const xml = SuomifiWorld::answer_to(sent);
        auto first = word_of(world_.resume(sent, xml));
        return {first, word_of(world_.resume(sent, xml))};
    }
};

TEST_F(Suomifi, SendsTheBrowserWithASignedRequest) {
    auto const sent = world_.begin();
    auto const query = sent.url.substr(sent.url.find('?') + 1);
    std::vector<saml::xml::Certificate> const keys{fake_idp().sp.certificate()};
    auto const message =
        saml::parse_redirect_query(saml::MessageKind::request, query, keys, Limits());
    ASSERT_TRUE(message) << message.error().text();
    EXPECT_EQ(message->relay_state, world_.login.login_id) << "by which the host finds the login";
    EXPECT_EQ(sent.state.at("relay_state").as_string(), world_.login.login_id);
    EXPECT_NE(message->xml.find(std::string_view(sent.state.at("request_id").as_string())),
              std::string::npos);
    EXPECT_NE(message->xml.find("<LG>fi</LG>"), std::string::npos);
    EXPECT_EQ(message->xml.find("RequestedAuthnContext"), std::string::npos);
}

TEST_F(Suomifi, SendsTheRequestByAFormWhenToldAndTheIdentityProviderTakesIt) {
    world_.host.config["authn_request_binding"] = "post";
    auto& idp = world_.host.config["idp"].as_object();
    idp["sso_post_url"] = "https://idp.example/sso/post";
    auto const sent = world_.begin();
    EXPECT_EQ(sent.url, "https://idp.example/sso/post");
    ASSERT_EQ(sent.form.size(), 2U);
    EXPECT_EQ(sent.form[1].second, world_.login.login_id);
    auto const document =
        saml::xml::Document::parse(library(), decode_base64(sent.form[0].second).value());
    ASSERT_TRUE(document) << document.error().text();
    std::vector<saml::xml::Certificate> const keys{fake_idp().sp.certificate()};
    EXPECT_TRUE(saml::xml::verify_signature(*document, document->root(), keys));
    EXPECT_TRUE(document->root().children()[1].is(saml::xml::ns::signature, "Signature"))
        << "after Issuer";
    EXPECT_EQ(document->root().attribute("Destination"), sent.url);
    EXPECT_EQ(word_of(world_.resume(sent, SuomifiWorld::answer_to(sent))), "identity");
}

TEST_F(Suomifi, AsksPassivelyWhenTold) {
    world_.host.config["is_passive"] = true;
    auto const sent = world_.begin();
    std::vector<saml::xml::Certificate> const keys{fake_idp().sp.certificate()};
    auto const message = saml::parse_redirect_query(
        saml::MessageKind::request, sent.url.substr(sent.url.find('?') + 1), keys, Limits());
    EXPECT_NE(message.value().xml.find(R"( IsPassive="true")"), std::string::npos);
}

TEST_F(Suomifi, ProvesWhoThePersonIs) {
    auto const answer = world_.log_in();
    ASSERT_EQ(word_of(answer), "identity");
    auto const& identity = std::get<Identity>(answer);
    EXPECT_EQ(identity.subject.reveal(), "210281-9988");
    EXPECT_EQ(identity.acr, loa2);
    EXPECT_EQ(identity.amr, std::vector<std::string>{"suomi_fi"});
    EXPECT_EQ(identity.attributes.at("given_name"), "Maija");
    EXPECT_EQ(identity.attributes.at("national_identification_number"), "210281-9988");
    EXPECT_EQ(identity.logout, (boost::json::object{{"name_id", "AAdzZWNyZXQx-opaque"},
                                                    {"name_qualifier", idp_entity_id},
                                                    {"sp_name_qualifier", sp_entity_id},
                                                    {"name_id_format", transient_format},
                                                    {"session_index", "_s1"},
                                                    {"proof", identity.logout.at("proof")}}));
    EXPECT_EQ(identity.authenticated_at, at("2030-01-02T03:04:02Z"));
}

TEST_F(Suomifi, OffersItselfInThreeLanguagesAtItsLevels) {
    auto& authenticator = *world_.plugin().authenticator();
    EXPECT_EQ(authenticator.label().fi, "Suomi.fi-tunnistus");
    EXPECT_EQ(authenticator.label().sv, "Suomi.fi-identifikation");
    EXPECT_EQ(authenticator.label().en, "Suomi.fi e-Identification");
    EXPECT_EQ(authenticator.acr_values().size(), 4U);
    auto const paths = authenticator.return_paths();
    ASSERT_EQ(paths.size(), 1U) << "S-109, S-123: POST to acs and nothing else";
    EXPECT_EQ(paths[0].method, Method::POST);
    EXPECT_EQ(paths[0].path, "acs");
    EXPECT_EQ(paths[0].login_field, "RelayState");
}

TEST_F(Suomifi, S100AsksForAndTakesTheLevelsOfTheService) {
    world_.login.acr_values = {std::string(loa3)};
    EXPECT_EQ(word(), "rejected: wrong_level");
    Message high;
    high.level = loa3;
    EXPECT_EQ(word(high), "identity");
    auto const sent = world_.begin();
    EXPECT_EQ(sent.state.at("levels"), (boost::json::array{loa3}));
    world_.login.acr_values = {"urn:somebody:else"};
    EXPECT_EQ(word_of(world_.plugin().authenticator()->begin(world_.login)),
              "refused: level_not_offered");
}

TEST_F(Suomifi, MapsLevelsByConfiguration) {
    world_.host.config["levels"] = {{{"uri", loa2}, {"acr", "substantial"}}};
    auto const answer = world_.log_in();
    ASSERT_EQ(word_of(answer), "identity");
    EXPECT_EQ(std::get<Identity>(answer).acr, "substantial");
    Message other;
    other.level = loa3;
    EXPECT_EQ(word(other), "rejected: wrong_level");
}

/// Somebody with the Finnish Authenticator, which the configuration takes in besides loa2.
class FinnishAuthenticator : public Suomifi {
  protected:
    FinnishAuthenticator() {
        world_.host.config["levels"] = {{{"uri", app}, {"acr", app}},
                                        {{"uri", loa2}, {"acr", loa2}}};
        person_.level = app;
        person_.attributes = {
            {"urn:oid:1.2.246.517.3002.111.17", "7000791435"},
            {"urn:oid:1.2.246.517.3002.111.17.1", "basic"},
            {"urn:oid:2.5.4.4", "Nguyen"},
            {"http://eidas.europa.eu/attributes/naturalperson/CurrentGivenName", "Thi Mai"},
            {"http://eidas.europa.eu/attributes/naturalperson/DateOfBirth", "1999-12-31"}};
    }
    static constexpr std::string_view app = "urn:oid:1.2.246.517.3002.110.7";
    Message person_;
};

TEST_F(FinnishAuthenticator, IsTakenOnlyWhereConfigured) {
    EXPECT_EQ(word(person_), "identity");
    SuomifiWorld usual;
    EXPECT_EQ(word_of(usual.log_in(person_)), "rejected: wrong_level");
}

TEST_F(FinnishAuthenticator, SaysInAcrAndAmrThatItIsNotStrong) {
    auto const answer = world_.log_in(person_);
    ASSERT_EQ(word_of(answer), "identity");
    auto const& identity = std::get<Identity>(answer);
    EXPECT_EQ(identity.subject.reveal(), "uid:7000791435");
    EXPECT_EQ(identity.acr, app);
    EXPECT_EQ(identity.amr, std::vector<std::string>{"finnish_authenticator"});
    auto& authenticator = *world_.plugin().authenticator();
    EXPECT_EQ(authenticator.assurance(app), Assurance::low);
    EXPECT_EQ(authenticator.assurance(loa2), Assurance::substantial);
}

TEST_F(FinnishAuthenticator, IsNotAskedForWhereTheServiceDemandsMore) {
    world_.login.acr_values = {std::string(loa2)};
    auto const sent = world_.begin();
    EXPECT_EQ(sent.state.at("levels"), (boost::json::array{loa2}));
    EXPECT_EQ(word_of(world_.resume(sent, SuomifiWorld::answer_to(sent, person_))),
              "rejected: wrong_level");
    Message refused = person_;
    refused.assertion_id = "_a2";
    refused.status = status_code::requester;
    refused.second_status = status_code::no_authn_context;
    auto const told = std::get<Deny>(world_.log_in(refused));
    EXPECT_EQ(told.kind, Deny::Kind::refused);
    EXPECT_NE(told.message.en.find("stronger identification"), std::string::npos);
}

TEST_F(Suomifi, TestIdentificationCountsOnlyWhereConfigured) {
    Message message;
    message.level = "urn:oid:1.2.246.517.3002.110.999";
    EXPECT_EQ(word(message), "rejected: wrong_level");
    SuomifiWorld test_world;
    test_world.host.config["allow_test_identity_codes"] = true;
    test_world.host.config["levels"] = {{{"uri", message.level}, {"acr", "test"}}};
    EXPECT_EQ(word_of(test_world.log_in(message)), "identity");
}

TEST_F(Suomifi, RefusesTestIdentityCodesByDefault) {
    SuomifiWorld strict;
    EXPECT_EQ(word_of(strict.log_in()), "rejected: test_identity_code");
    Message real;
    real.assertion_id = "_a2";  // the other was used, if for nothing
    real.attributes[0].second = "131052-308T";
    EXPECT_EQ(word_of(strict.log_in(real)), "identity");
}

TEST_F(Suomifi, S98AsksForAFreshProofWhenConfiguredAndWanted) {
    world_.login.fresh = true;
    EXPECT_FALSE(world_.begin().state.at("force_authn").as_bool());
    SuomifiWorld forcing;
    forcing.host.config["force_authn"] = true;
    EXPECT_FALSE(forcing.begin().state.at("force_authn").as_bool());
    forcing.login.fresh = true;
    EXPECT_TRUE(forcing.begin().state.at("force_authn").as_bool());
    Message old;
    old.authn_instant = "2030-01-02T02:04:05Z";
    EXPECT_EQ(word_of(forcing.log_in(old)), "rejected: wrong_authn_instant");
}

TEST_F(Suomifi, S83NamesTheOutcomesOfPart23) {
    auto const status = [&](std::string_view top, std::string_view second) {
        Message message;
        message.status = top;
        message.second_status = second;
        return word(message);
    };
    EXPECT_EQ(status(status_code::requester, status_code::authn_failed), "cancelled: authn_failed");
    EXPECT_EQ(status(status_code::requester, status_code::no_authn_context),
              "refused: no_authn_context");
    EXPECT_EQ(status(status_code::responder, ""), "refused: not_completed");
    EXPECT_EQ(status(status_code::requester, status_code::request_denied),
              "refused: request_denied");
    EXPECT_EQ(status(status_code::responder, status_code::no_passive), "refused: no_passive");
    EXPECT_EQ(status(status_code::requester, "urn:oasis:names:tc:SAML:2.0:status:Unheard"),
              "refused: not_completed");
}

TEST_F(Suomifi, S102TakesAResponseOnce) {
    EXPECT_EQ(post_twice(),
              (std::pair<std::string, std::string>("identity", "rejected: replayed")));
}

TEST_F(Suomifi, S102TakesARequestOnceWhateverTheAssertion) {
    auto const sent = world_.begin();
    EXPECT_EQ(word_of(world_.resume(sent, SuomifiWorld::answer_to(sent))), "identity");
    Message second;
    second.assertion_id = "_a2";
    EXPECT_EQ(word_of(world_.resume(sent, SuomifiWorld::answer_to(sent, second))),
              "rejected: replayed");
}

TEST_F(Suomifi, S102TakesAnAssertionOnceWhateverTheRequest) {
    EXPECT_EQ(word(), "identity");
    EXPECT_EQ(word(), "rejected: replayed") << "the same assertion id";
    Message second;
    second.assertion_id = "_a2";
    EXPECT_EQ(word(second), "identity");
}

TEST_F(Suomifi, S103LetsOneOfFiftyThreadsIn) {
    auto const sent = world_.begin();
    auto const xml = SuomifiWorld::answer_to(sent);
    std::atomic<int> identities = 0;
    std::atomic<int> replays = 0;
    {
        std::vector<std::jthread> threads;
        threads.reserve(50);
        for (int i = 0; i < 50; ++i)
            threads.emplace_back([&] {
                auto const end = word_of(world_.resume(sent, xml));
                identities += end == "identity" ? 1 : 0;
                replays += end == "rejected: replayed" ? 1 : 0;
            });
    }
    EXPECT_EQ(identities, 1);
    EXPECT_EQ(replays, 49);
}

TEST_F(Suomifi, S104RemembersWhenTheClockStepsBackAndAfterCleaning) {
    auto const sent = world_.begin();
    auto const xml = SuomifiWorld::answer_to(sent);
    EXPECT_EQ(word_of(world_.resume(sent, xml)), "identity");
    auto& job = *world_.plugin().jobs().at(0);
    world_.host.manual_clock.step_wall_clock(std::chrono::hours(25));
    ASSERT_TRUE(job.run());
    world_.host.manual_clock.step_wall_clock(-std::chrono::hours(25));
    EXPECT_EQ(word_of(world_.resume(sent, xml)), "rejected: replayed");
    world_.host.manual_clock.step_wall_clock(std::chrono::hours(49));
    ASSERT_TRUE(job.run());
    auto const rows = world_.host.database().query({"SELECT COUNT(*) FROM suomifi_seen", {}, {}});
    EXPECT_EQ(rows->at(0).integer(0), 0) << "and forgets in the end";
}

TEST_F(Suomifi, ForgetsAllThatHasExpiredInOneRunWhateverCameMeanwhile) {
    world_.host.bounds.expiry_batch = 10;
    auto& database = world_.host.database();
    ASSERT_TRUE(world_.plugin().authenticator());
    auto const now = world_.host.manual_clock.now();
    auto const add = [&](int count, seconds since) {
        for (int i = 0; i < count; ++i) {
            auto const digest = std::to_string(since.count()) + ":" + std::to_string(i);
            // Ten of each: of one millisecond, as a burst of logins makes them.
            ASSERT_TRUE(database.commit(sql::Write::adding(
                "test", {{"INSERT INTO suomifi_seen (digest, expires_at) VALUES (?, ?)",
                          {sql::blob(digest), sql::value(now + since + milliseconds(i / 10))},
                          {}}})));
        }
    };
    add(95, seconds(-9));
    add(25, seconds(-5) * 100);
    add(7, seconds(60));
    ASSERT_TRUE(world_.plugin().jobs().at(0)->run());
    auto const left = database.query({"SELECT COUNT(*) FROM suomifi_seen", {}, {}});
    EXPECT_EQ(left->at(0).integer(0), 7) << "what has not expired";
}

TEST_F(Suomifi, S105StoresNothingOfTheIdentifierItself) {
    Message message;
    message.assertion_id = "_a.-z";
    EXPECT_EQ(word(message), "identity");
    auto const rows = world_.host.database().query({"SELECT digest FROM suomifi_seen", {}, {}});
    ASSERT_EQ(rows->size(), 2U);
    for (auto const& row : *rows)
        EXPECT_EQ(row.bytes(0).size(), 32U);
}

TEST_F(Suomifi, S85AMessageForAnotherLoginUsesNothingUp) {
    auto const mine = world_.begin();
    auto const others = world_.begin();
    auto const xml = SuomifiWorld::answer_to(others);
    EXPECT_EQ(word_of(world_.resume(mine, xml)), "rejected: wrong_in_response_to");
    EXPECT_EQ(word_of(world_.resume(others, xml)), "identity") << "it stays good for its owner";
}

TEST_F(Suomifi, S75RejectsEverythingInOneVoiceAndAuditsTheReason) {
    Message tampered;
    tampered.encryption.edit_cipher = [](std::string& cipher) { cipher[20] ^= 1; };
    Message stranger;
    stranger.edit_signed_response = [](std::string& text) { replace(text, "_p1", "_p2"); };
    Message unsigned_one;
    unsigned_one.assertion_signature.present = false;
    std::vector<Deny> denies;
    for (auto const& message : {tampered, stranger, unsigned_one})
        denies.push_back(std::get<Deny>(world_.log_in(message)));
    for (auto const& deny : denies) {
        EXPECT_EQ(deny.kind, Deny::Kind::rejected);
        EXPECT_EQ(deny.message.fi, denies[0].message.fi);
    }
    EXPECT_EQ(denies[0].reason, "decryption_failed");
    EXPECT_EQ(denies[1].reason, "signature_reference");
    EXPECT_EQ(denies[2].reason, "signature_missing");
    for (auto const& deny : denies)
        EXPECT_FALSE(deny.details.at("saml_request_id").as_string().empty());
    EXPECT_TRUE(world_.host.recording_audit.events().empty()) << "the host records it";
    EXPECT_EQ(denies[1].details.at("detail"), "another element");
}

TEST_F(Suomifi, I5TellsOperatorsWhereTheReasonLiesAndNoValue) {
    Message forged;
    forged.edit_response = [](std::string& text) {
        replace(text, "<samlp:Status>", "<samlp:Extra></samlp:Extra><samlp:Status>");
    };
    auto const denied = std::get<Deny>(world_.log_in(forged));
    EXPECT_EQ(denied.reason, "missing_element");
    EXPECT_EQ(denied.details.at("detail"), "Status");
    Message bad;
    bad.attributes[0].second = "210281-9989";
    auto const refused = std::get<Deny>(world_.log_in(bad));
    EXPECT_EQ(refused.reason, "bad_attribute_value");
    EXPECT_EQ(refused.details.at("detail"), "national_identification_number");
    EXPECT_EQ(world_.host.recording_log.lines().back().fields.at("detail"),
              "national_identification_number");
}

TEST_F(Suomifi, I5LogsAndAuditsNoPersonalData) {
    EXPECT_EQ(word(), "identity");
    EXPECT_EQ(word(), "rejected: replayed");
    Message bad;
    bad.attributes[0].second = "210281-9989";
    EXPECT_EQ(word(bad), "rejected: bad_attribute_value");
    std::string written;
    for (auto const& line : world_.host.recording_log.lines())
        written += line.event + boost::json::serialize(line.fields);
    for (auto const& event : world_.host.recording_audit.events())
        written += boost::json::serialize(event.fields);
    EXPECT_NE(written.find("bad_attribute_value"), std::string::npos);
    for (auto const* personal : {"210281", "Maija", "Demo", "AAdz", "_s1"})
        EXPECT_EQ(written.find(personal), std::string::npos) << personal;
}

TEST_F(Suomifi, S109TakesAFormPostToItsAddressAlone) {
    auto const sent = world_.begin();
    auto const good = SuomifiWorld::post(SuomifiWorld::answer_to(sent), world_.login.login_id);
    auto const answer = [&](BrowserRequest const& request) {
        return word_of(world_.plugin().authenticator()->resume(world_.login, sent.state, request));
    };
    auto request = good;
    request.method = Method::GET;
    EXPECT_EQ(answer(request), "rejected: not_a_form_post");
    request = good;
    request.path = "/login/return/suomifi";
    EXPECT_EQ(answer(request), "rejected: not_a_form_post");
    request = good;
    request.media_type = "multipart/form-data";
    EXPECT_EQ(answer(request), "rejected: not_a_form_post");
    EXPECT_EQ(answer(good), "identity");
}

TEST_F(Suomifi, S108ComparesRelayStateWithTheStateOfTheLogin) {
    auto const sent = world_.begin();
    auto const xml = SuomifiWorld::answer_to(sent);
    auto const with = [&](std::string_view relay_state) {
        return word_of(world_.plugin().authenticator()->resume(
            world_.login, sent.state, SuomifiWorld::post(xml, relay_state)));
    };
    EXPECT_EQ(with("https://evil/"), "rejected: relay_state_mismatch");
    EXPECT_EQ(with(""), "rejected: relay_state_mismatch");
    EXPECT_EQ(with(std::string(81, 'x')), "rejected: form_field");
    EXPECT_EQ(with(world_.login.login_id), "identity");
}

TEST_F(Suomifi, PublishesSignedMetadata) {
    auto const routes = world_.plugin().route_source()->routes();
    ASSERT_EQ(routes.size(), 3U);
    EXPECT_EQ(routes[2].path, "metadata");
    EXPECT_EQ(routes[2].needs, RouteSource::Needs::nothing);
    auto const response = std::get<HttpResponse>(routes[2].handler(HttpRequest(), Caller()));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.headers.find("Content-Type"), "application/samlmetadata+xml");
    auto const document = saml::xml::Document::parse(library(), response.body);
    ASSERT_TRUE(document) << document.error().text();
    std::vector<saml::xml::Certificate> const keys{fake_idp().sp.certificate()};
    EXPECT_TRUE(saml::xml::verify_signature(*document, document->root(), keys));
    for (std::string_view const piece : {acs_url, sp_entity_id, loa2, std::string_view("AES-GCM"),
                                         std::string_view("urn:oid:1.2.246.21\"")})
        EXPECT_NE(response.body.find(piece), std::string::npos) << piece;
}

}  // namespace
}  // namespace tunnus::plugin::suomifi
