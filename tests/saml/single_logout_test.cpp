// SPDX-License-Identifier: MIT
// threats.md S-112 to S-119 for the messages of single logout by both bindings: who may send them,
// and what we send ourselves.
#include "saml/single_logout.hpp"

#include "idp/base/limits.hpp"
#include "saml/protocol/post_binding.hpp"
#include "saml/xml/namespaces.hpp"
#include "tests/fakes/random.hpp"
#include "tests/saml/logout_world.hpp"

#include <gtest/gtest.h>

namespace tunnus::saml {
namespace {

using namespace test;

class SingleLogoutTest : public testing::Test {
  protected:
    /// Of what was read: `request`, `response`, or the reason.
    std::string word(IncomingLogout const& incoming) const {
        auto const message = logout().read(incoming, world.now);
        if (std::holds_alternative<ReceivedLogoutRequest>(message)) return "request";
        if (std::holds_alternative<ReceivedLogoutResponse>(message)) return "response";
        return std::string(to_string(std::get<Rejected>(message).reason));
    }
    SingleLogout logout() const { return SingleLogout(provider); }

    LogoutWorld world;
    ServiceProvider provider{library(), world.settings};
    fakes::SeededRandom random;
};

TEST_F(SingleLogoutTest, ReadsRequestsAndResponsesByBothBindings) {
    EXPECT_EQ(word(by_query(idp_logout_request())), "request");
    EXPECT_EQ(word(by_form(idp_logout_request())), "request");
    EXPECT_EQ(word(by_query(idp_logout_response("_l9"))), "response");
    EXPECT_EQ(word(by_form(idp_logout_response("_l9"))), "response");
    auto const read = logout().read(by_query(idp_logout_request(), "where we were"), world.now);
    auto const& received = std::get<ReceivedLogoutRequest>(read);
    EXPECT_EQ(received.relay_state, "where we were");
    EXPECT_EQ(received.request.name_id.value, "AAdzZWNyZXQx-opaque");
    EXPECT_EQ(received.request.session_indexes, std::vector<std::string>{"_s1"});
}

TEST_F(SingleLogoutTest, S117RefusesWhatTheIdentityProviderDidNotSign) {
    auto unsigned_query = by_query(idp_logout_request());
    unsigned_query.raw_query =
        unsigned_query.raw_query.substr(0, unsigned_query.raw_query.find("&SigAlg"));
    EXPECT_EQ(word(unsigned_query), "query_signature_absent");
    EXPECT_EQ(word(by_query(idp_logout_request(), "", fake_idp().stranger)),
              "query_signature_invalid");
    EXPECT_EQ(word(by_form(idp_logout_request(), "", &fake_idp().stranger)), "signature_invalid");
    EXPECT_EQ(word(by_form(idp_logout_request(), "", nullptr)), "signature_missing");
    EXPECT_EQ(word(by_form(idp_logout_response("_l9"), "", nullptr)), "signature_missing")
        << "S-119: nor an answer";
}

TEST_F(SingleLogoutTest, S117RefusesWhatIsForOthersOrTooOld) {
    auto const with = [&](std::string_view from, std::string_view to) {
        auto text = idp_logout_request();
        replace(text, from, to);
        auto const by_redirect = word(by_query(text));
        EXPECT_EQ(word(by_form(text)), by_redirect) << "both bindings agree";
        return by_redirect;
    };
    EXPECT_EQ(with("", ""), "request");
    EXPECT_EQ(with(">https://idp.example/idp1<", ">https://other.example<"), "wrong_issuer");
    EXPECT_EQ(with(logout_slo_url, acs_url), "wrong_destination");
    EXPECT_EQ(with("2030-01-02T03:09:05", "2030-01-02T03:02:05"), "expired");
    EXPECT_EQ(with("IssueInstant=\"2030-01-02T03:04:05", "IssueInstant=\"2030-01-02T02:04:05"),
              "wrong_issue_instant");
    EXPECT_EQ(with("nameid-format:transient", "nameid-format:persistent"), "wrong_name_id");
    EXPECT_EQ(with("SPNameQualifier=\"https://tunnus.example", "SPNameQualifier=\"https://other"),
              "wrong_name_id");
}

TEST_F(SingleLogoutTest, S110S115TakesOneMessageOfOneKind) {
    auto both = by_form(idp_logout_request());
    both.form.add("SAMLResponse", "PA==");
    EXPECT_EQ(word(both), "form_field");
    auto const request = by_query(idp_logout_request());
    auto const response = by_query(idp_logout_response("_l9"));
    IncomingLogout joined;
    auto const text = std::string(request.raw_query) + "&" + std::string(response.raw_query);
    joined.raw_query = text;
    EXPECT_EQ(word(joined), "form_field");
    EXPECT_EQ(word(IncomingLogout()), "form_field");
}

TEST_F(SingleLogoutTest, S26TheMessageIsReadFromWhatWasSignedAlone) {
    // A second NameID beside the signature of the first: the whole document is refused.
    auto message = fake_idp_signed(idp_logout_request(), fake_idp().signing);
    replace(
        message, "</samlp:LogoutRequest>",
        "<saml:NameID xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">mallory</saml:NameID>"
        "</samlp:LogoutRequest>");
    EXPECT_EQ(word(by_form_as_is(message)), "signature_invalid");
}

TEST_F(SingleLogoutTest, S121NothingIsReadOnceTheMetadataHasExpired) {
    world.settings.idp.valid_until = world.now;
    ServiceProvider const expired(library(), world.settings);
    auto const message = SingleLogout(expired).read(by_query(idp_logout_request()), world.now);
    EXPECT_EQ(std::get<Rejected>(message).reason, Reason::metadata_expired);
    EXPECT_FALSE(SingleLogout(expired).can_ask(world.now));
}

TEST_F(SingleLogoutTest, AsksTheIdentityProviderByASignedQuery) {
    ASSERT_TRUE(logout().can_ask(world.now));
    auto const sent = logout().make_request(
        {{"AAd-1", std::string(idp_entity_id), std::string(sp_entity_id)}, "_s1"}, "sv", random,
        world.now);
    EXPECT_TRUE(sent.form.empty());
    auto const start = std::string(logout_idp_slo_url) + "?";
    ASSERT_TRUE(sent.url.starts_with(start)) << sent.url;
    std::vector<xml::Certificate> const keys{fake_idp().sp.certificate()};
    auto const message =
        parse_redirect_query(MessageKind::request, sent.url.substr(start.size()), keys, Limits());
    ASSERT_TRUE(message) << message.error().text();
    auto const document = xml::Document::parse(library(), message->xml);
    ASSERT_TRUE(document);
    auto const request = parse_logout_request(document->root(), 1'024);
    ASSERT_TRUE(request) << request.error().text();
    EXPECT_EQ(request->id, sent.id);
    EXPECT_EQ(request->destination, logout_idp_slo_url);
    EXPECT_EQ(request->issuer, sp_entity_id);
    EXPECT_EQ(request->name_id.value, "AAd-1");
    EXPECT_EQ(request->name_id.name_qualifier, idp_entity_id);
    EXPECT_EQ(request->name_id.sp_name_qualifier, sp_entity_id);
    EXPECT_EQ(request->name_id.format, transient_name_id_format);
    EXPECT_EQ(request->session_indexes, std::vector<std::string>{"_s1"});
    EXPECT_EQ(request->not_on_or_after, world.now + seconds(300));
    EXPECT_NE(message->xml.find("<LG>sv</LG>"), std::string::npos);
}

TEST_F(SingleLogoutTest, AsksByAFormWhereThereIsNoOtherWay) {
    world.settings.idp.single_logout = {};
    ServiceProvider const by_post(library(), world.settings);
    auto const sent =
        SingleLogout(by_post).make_request({{"AAd-1", "", ""}, ""}, "", random, world.now);
    EXPECT_EQ(sent.url, logout_idp_slo_url);
    ASSERT_EQ(sent.form.size(), 1U);
    EXPECT_EQ(sent.form[0].first, "SAMLRequest");
    auto const document = xml::Document::parse(library(), *decode_base64(sent.form[0].second));
    ASSERT_TRUE(document);
    std::vector<xml::Certificate> const keys{fake_idp().sp.certificate()};
    EXPECT_EQ(outcome_of(xml::verify_signature(*document, document->root(), keys)), "accepted");
    world.settings.idp.single_logout_by_post = {};
    ServiceProvider const none(library(), world.settings);
    EXPECT_FALSE(SingleLogout(none).can_ask(world.now));
    EXPECT_THROW((void)SingleLogout(none).make_request({}, "", random, world.now),
                 std::logic_error);
}

TEST_F(SingleLogoutTest, AnswersWhereverThereIsAnEndpointByAnyBinding) {
    Status const done{std::string(status_code::success), ""};
    auto const answer = [&](LogoutEndpoint query, LogoutEndpoint form, Binding asked_by) {
        world.settings.idp.single_logout = std::move(query);
        world.settings.idp.single_logout_by_post = std::move(form);
        ServiceProvider const changed(library(), world.settings);
        ReceivedLogoutRequest received;
        received.request.id = "_l1";
        received.binding = asked_by;
        if (!SingleLogout(changed).can_answer()) return std::string("cannot");
        auto const sent = SingleLogout(changed).make_response(received, done, random, world.now);
        return (sent.form.empty() ? "query to " : "form to ") +
               sent.url.substr(0, sent.url.find('?'));
    };
    std::string const here = "https://idp.example/slo";
    std::string const there = "https://idp.example/answers";
    for (auto const asked_by : {Binding::redirect, Binding::post}) {
        EXPECT_EQ(answer({}, {}, asked_by), "cannot");
        EXPECT_EQ(answer({here}, {}, asked_by), "query to " + here);
        EXPECT_EQ(answer({}, {here}, asked_by), "form to " + here);
        EXPECT_EQ(answer({here, there}, {}, asked_by), "query to " + there);
        EXPECT_EQ(answer({}, {here, there}, asked_by), "form to " + there);
        EXPECT_EQ(answer({{}, there}, {}, asked_by), "query to " + there);
    }
    world.settings.idp.single_logout = {};
    world.settings.idp.single_logout_by_post = {};
    ServiceProvider const none(library(), world.settings);
    EXPECT_THROW((void)SingleLogout(none).make_response({}, done, random, world.now),
                 std::logic_error);
}

TEST_F(SingleLogoutTest, TakesNoRelayStateThatIsTooLongToGiveBack) {
    EXPECT_EQ(word(by_query(idp_logout_request(), std::string(80, 'r'))), "request");
    EXPECT_EQ(word(by_form(idp_logout_request(), std::string(80, 'r'))), "request");
    EXPECT_EQ(word(by_query(idp_logout_request(), std::string(81, 'r'))), "form_field");
    EXPECT_EQ(word(by_form(idp_logout_request(), std::string(81, 'r'))), "form_field");
}

TEST_F(SingleLogoutTest, AnswersByTheBindingOfTheRequest) {
    Status const done{std::string(status_code::success), ""};
    ReceivedLogoutRequest received;
    received.request.id = "_l1";
    received.relay_state = "&keep";
    auto const query = logout().make_response(received, done, random, world.now);
    EXPECT_TRUE(query.form.empty());
    std::vector<xml::Certificate> const keys{fake_idp().sp.certificate()};
    auto const message = parse_redirect_query(
        MessageKind::response, query.url.substr(query.url.find('?') + 1), keys, Limits());
    ASSERT_TRUE(message) << message.error().text();
    EXPECT_EQ(message->relay_state, "&keep") << "unchanged";
    EXPECT_NE(message->xml.find(R"(InResponseTo="_l1")"), std::string::npos);

    received.binding = Binding::post;
    auto const form = logout().make_response(received, done, random, world.now);
    EXPECT_EQ(form.url, logout_idp_slo_url);
    ASSERT_EQ(form.form.size(), 2U);
    EXPECT_EQ(form.form[0].first, "SAMLResponse");
    EXPECT_EQ(form.form[1], (std::pair<std::string, std::string>("RelayState", "&keep")));
    world.settings.idp.single_logout_by_post = {};
    ServiceProvider const queries_only(library(), world.settings);
    EXPECT_TRUE(
        SingleLogout(queries_only).make_response(received, done, random, world.now).form.empty());
    world.settings.idp.single_logout.response_location = "https://idp.example/slo/answers";
    ServiceProvider const elsewhere(library(), world.settings);
    EXPECT_TRUE(SingleLogout(elsewhere)
                    .make_response(received, done, random, world.now)
                    .url.starts_with("https://idp.example/slo/answers?"));
}

}  // namespace
}  // namespace tunnus::saml
