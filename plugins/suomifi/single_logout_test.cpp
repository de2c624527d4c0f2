// SPDX-License-Identifier: MIT
// Single logout with Suomi.fi, both ways: what threats.md S-117 to S-119 and suomifi.md 2.4 demand
// of the plugin.
#include "idp/base/limits.hpp"
#include "saml/protocol/post_binding.hpp"
#include "tests/saml/suomifi_world.hpp"

#include <gtest/gtest.h>

namespace tunnus::plugin::suomifi {
namespace {

using namespace saml::test;
using saml::LogoutRequest;
using saml::LogoutResponse;
namespace status_code = saml::status_code;

class Logout : public testing::Test {
  protected:
    Logout() { world_.host.config["allow_test_identity_codes"] = true; }

    /// One login to its end, as the host would finish it; the name of its session.
    Identity log_in(std::string const& session_id = "sid-1", Message const& message = {}) {
        auto identity = std::get<Identity>(world_.log_in(message));
        EXPECT_EQ(finish(identity, session_id), Verdict::won);
        return identity;
    }
    Verdict finish(Identity const& identity, std::string const& session_id) {
        SignedIn login{.user_id = "user", .created = false, .session_id = session_id, .proofs = {}};
        login.proofs.push_back({.method = "suomifi", .identity = identity});
        auto writes = world_.plugin().account_listener()->signed_in(login);
        return world_.host.database()
            .commit(std::make_unique<sql::Write>("login", std::move(writes->steps)))
            .value();
    }

    HttpResponse receive(saml::IncomingLogout const& incoming) {
        bool const posted = incoming.binding == saml::Binding::post;
        HttpRequest request;
        request.method = posted ? Method::POST : Method::GET;
        request.query = incoming.raw_query;
        Caller caller;
        caller.locale = "sv";
        caller.event_id = "event-1";
        caller.form = incoming.form;
        auto const routes = world_.plugin().route_source()->routes();
        auto outcome = finish_here(routes[posted ? 1 : 0].handler(request, caller));
        return std::get<HttpResponse>(std::move(outcome));
    }
    /// The status that Suomi.fi is answered with: the second code, or else the first, without what
    /// all of them begin with.
    std::string status_in(saml::xml::Element const& root) {
        auto const response = saml::parse_logout_response(root, 1'024).value();
        EXPECT_EQ(response.in_response_to, "_l1");
        EXPECT_EQ(response.issuer, sp_entity_id);
        auto const& code =
            response.status.second.empty() ? response.status.top : response.status.second;
        return code.substr(code.rfind(':') + 1);
    }
    std::string status_of(HttpResponse const& answer) {
        std::vector<saml::xml::Certificate> const keys{fake_idp().sp.certificate()};
        std::string const url(answer.headers.find("Location").value_or(""));
        if (answer.status != 303) return std::to_string(answer.status);
        EXPECT_TRUE(url.starts_with(std::string(logout_idp_slo_url) + "?")) << url;
        auto const message = saml::parse_redirect_query(
            saml::MessageKind::response, url.substr(url.find('?') + 1), keys, Limits());
        EXPECT_TRUE(message) << message.error().text();
        EXPECT_EQ(message->relay_state, "relay");
        return status_in(saml::xml::Document::parse(library(), message->xml).value().root());
    }
    std::string ask(LogoutRequest const& request, TestKey const& key = fake_idp().signing) {
        return status_of(receive(by_query(saml::build_logout_request(request), "relay", key)));
    }
    std::vector<std::string> const& ended() {
        return world_.host.recording_accounts.ended_sessions;
    }
    std::string rejected_for() {
        auto const& events = world_.host.recording_audit.events();
        return events.empty() ? "" : std::string(events.back().fields.at("reason").as_string());
    }
    std::optional<Redirect> leave(Identity const& identity) {
        return world_.plugin().single_logout()->leave(
            {identity.logout, "https://service.example/bye?state=1", "fi"});
    }
    LogoutRequest sent_request(Redirect const& redirect) {
        std::vector<saml::xml::Certificate> const keys{fake_idp().sp.certificate()};
        auto const message = saml::parse_redirect_query(
            saml::MessageKind::request, redirect.url.substr(redirect.url.find('?') + 1), keys,
            Limits());
        auto const document = saml::xml::Document::parse(library(), message.value().xml);
        return saml::parse_logout_request(document.value().root(), 1'024).value();
    }

    SuomifiWorld world_;
    LogoutRequest good_ = logout_of_default_person();
};

TEST_F(Logout, S118EndsTheSessionThatSuomiFiNamesAndSaysSo) {
    log_in();
    EXPECT_EQ(ask(good_), "Success");
    EXPECT_EQ(ended(), std::vector<std::string>{"sid-1"});
}

TEST_F(Logout, S118WorksByFormToo) {
    log_in();
    auto const answer = receive(by_form(saml::build_logout_request(good_), "relay"));
    EXPECT_EQ(answer.status, 200);
    auto const& page = answer.body;
    EXPECT_NE(page.find(R"(<form method="post" action="https://idp.example/slo">)"),
              std::string::npos)
        << page;
    EXPECT_NE(page.find(R"(name="RelayState" value="relay")"), std::string::npos);
    std::string_view const before = R"(name="SAMLResponse" value=")";
    auto const start = page.find(before) + before.size();
    auto const text = decode_base64(page.substr(start, page.find('"', start) - start)).value();
    auto const document = saml::xml::Document::parse(library(), text);
    std::vector<saml::xml::Certificate> const keys{fake_idp().sp.certificate()};
    auto const verified =
        saml::xml::verify_signature(document.value(), document.value().root(), keys);
    ASSERT_TRUE(verified) << verified.error().text();
    EXPECT_EQ(status_in(verified->element()), "Success");
    EXPECT_EQ(ended(), std::vector<std::string>{"sid-1"});
    auto const policy = std::string(*answer.headers.find("Content-Security-Policy"));
    EXPECT_NE(policy.find("form-action https://idp.example;"), std::string::npos) << policy;
    EXPECT_NE(policy.find("script-src 'sha256-"), std::string::npos) << policy;
}

TEST_F(Logout, S118MayBeFramedByTheIdentityProviderAlone) {
    log_in();
    for (auto const& answer :
         {receive(by_query(saml::build_logout_request(good_), "relay")),
          receive(by_form(saml::build_logout_request(good_), "relay")), receive({})}) {
        auto const policy = std::string(answer.headers.find("Content-Security-Policy").value());
        EXPECT_TRUE(policy.ends_with("frame-ancestors https://idp.example")) << policy;
        EXPECT_EQ(policy.find("frame-ancestors 'none'"), std::string::npos);
        EXPECT_FALSE(answer.headers.find("X-Frame-Options"));
    }
}

TEST_F(Logout, S117EndsNothingForARequestThatIsNotGenuine) {
    log_in();
    auto const with = [&](auto change, TestKey const& key = fake_idp().signing) {
        auto request = good_;
        change(request);
        auto const word = ask(request, key);
        EXPECT_EQ(word, "400");
        return rejected_for();
    };
    EXPECT_EQ(with([](LogoutRequest&) {}, fake_idp().stranger), "query_signature_invalid");
    EXPECT_EQ(with([](LogoutRequest& r) { r.issuer = "https://other.example"; }), "wrong_issuer");
    EXPECT_EQ(with([](LogoutRequest& r) { r.destination = acs_url; }), "wrong_destination");
    EXPECT_EQ(with([](LogoutRequest& r) { r.not_on_or_after = at("2030-01-02T03:00:05Z"); }),
              "expired");
    EXPECT_EQ(with([](LogoutRequest& r) { r.session_indexes = {"_another"}; }), "wrong_name_id");
    EXPECT_EQ(receive(by_form(saml::build_logout_request(good_), "", nullptr)).status, 400);
    EXPECT_EQ(rejected_for(), "signature_missing");
    EXPECT_TRUE(ended().empty());
    EXPECT_EQ(ask(good_), "Success") << "the clean form";
    EXPECT_EQ(ask(good_), "400");
    EXPECT_EQ(rejected_for(), "replayed");
    EXPECT_EQ(ended().size(), 1U);
}

TEST_F(Logout, SaysThatItKnowsNobodyOfThatNameRatherThanSuccess) {
    log_in();
    auto request = good_;
    request.name_id.value = "somebody else";
    EXPECT_EQ(ask(request), "UnknownPrincipal");
    EXPECT_TRUE(ended().empty());
}

TEST_F(Logout, EndsEverySessionOfTheNameWhenNoneIsNamed) {
    log_in("sid-1");
    Message second;
    second.assertion_id = "_a2";
    second.session_index = "_s2";
    log_in("sid-2", second);
    auto request = good_;
    request.session_indexes = {"_s2"};
    request.id = "_l1";
    EXPECT_EQ(ask(request), "Success");
    EXPECT_EQ(ended(), std::vector<std::string>{"sid-2"});
    request = good_;
    request.id = "_l1b";
    request.session_indexes = {};
    auto const answer = receive(by_query(saml::build_logout_request(request), "relay"));
    EXPECT_EQ(answer.status, 303);
    EXPECT_EQ(ended().size(), 3U) << "asked again for the one, and for the other";
}

TEST_F(Logout, ALoginUnderWayCannotFinishWithAProofThatWasEnded) {
    auto const identity = std::get<Identity>(world_.log_in());
    EXPECT_EQ(ask(good_), "Success") << "nothing of it lives here";
    EXPECT_EQ(finish(identity, "sid-late"), Verdict::lost);
    auto request = good_;
    request.id = "_l1c";
    (void)receive(by_query(saml::build_logout_request(request), "relay"));
    EXPECT_TRUE(ended().empty());
}

TEST_F(Logout, KnowsTheNameOfALoginThatWasRefusedHere) {
    SuomifiWorld strict;  // takes no test identity codes
    EXPECT_EQ(word_of(strict.log_in()), "rejected: test_identity_code");
    HttpRequest request;
    auto const incoming = by_query(saml::build_logout_request(good_), "relay");
    request.query = incoming.raw_query;
    auto const answer = std::get<HttpResponse>(
        finish_here(strict.plugin().route_source()->routes()[0].handler(request, Caller())));
    EXPECT_EQ(status_of(answer), "Success") << "or the person could never log out there";
}

TEST_F(Logout, S118SaysSoWhenAServiceHasNotHeardInTime) {
    world_.host.bounds.saml_logout_wait = milliseconds(0);
    world_.host.recording_accounts.untold = 1;
    log_in();
    EXPECT_EQ(ask(good_), "PartialLogout");
    EXPECT_EQ(ended().size(), 1U) << "here it has ended all the same";
}

TEST_F(Logout, SaysSoWhenTheSessionCouldNotBeEnded) {
    log_in();
    world_.host.recording_accounts.fails = true;
    EXPECT_EQ(ask(good_), "Responder");
}

TEST_F(Logout, LeavesToSuomiFiAndComesBackByItsAnswerOnce) {
    auto const redirect = leave(log_in());
    ASSERT_TRUE(redirect);
    auto const request = sent_request(*redirect);
    EXPECT_EQ(request.name_id, good_.name_id);
    EXPECT_EQ(request.session_indexes, good_.session_indexes);
    EXPECT_EQ(request.destination, logout_idp_slo_url);
    auto const answer = receive(by_query(idp_logout_response(request.id)));
    EXPECT_EQ(answer.status, 303);
    EXPECT_EQ(answer.headers.find("Location"), "https://service.example/bye?state=1");
    EXPECT_EQ(receive(by_query(idp_logout_response(request.id))).status, 400) << "S-119";
    EXPECT_EQ(rejected_for(), "wrong_in_response_to");
}

TEST_F(Logout, TakesASessionThatWasGoneAsLoggedOut) {
    auto const request = sent_request(*leave(log_in()));
    auto const answer = receive(
        by_form(idp_logout_response(request.id, {std::string(status_code::requester),
                                                 std::string(status_code::unknown_principal)})));
    EXPECT_EQ(answer.status, 303);
}

TEST_F(Logout, TellsThePersonWhatMayStillBeOpen) {
    auto const request = sent_request(*leave(log_in()));
    auto const answer = receive(
        by_form(idp_logout_response(request.id, {std::string(status_code::responder),
                                                 std::string(status_code::partial_logout)})));
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(answer.body.starts_with("logged_out_partly\n")) << answer.body;
    EXPECT_NE(answer.body.find("https://service.example/bye?state=1"), std::string::npos);
}

TEST_F(Logout, S119TakesNoAnswerThatWasNotAskedFor) {
    EXPECT_EQ(receive(by_query(idp_logout_response("_nobodys"))).status, 400);
    EXPECT_EQ(rejected_for(), "wrong_in_response_to");
    auto const request = sent_request(*leave(log_in()));
    EXPECT_EQ(receive(by_form(idp_logout_response(request.id), "", nullptr)).status, 400);
    world_.host.manual_clock.step_wall_clock(seconds(901));
    EXPECT_EQ(receive(by_query(idp_logout_response(request.id))).status, 400) << "too late";
    EXPECT_TRUE(ended().empty());
}

TEST_F(Logout, LeavesTheSessionThereWhenTheIdentityProviderTakesNoLogout) {
    world_.host.config["idp"].as_object().erase("slo_url");
    EXPECT_FALSE(leave(log_in()));
}

TEST_F(Logout, I5StoresNoNameOfSuomiFisInTheClear) {
    log_in();
    (void)leave(log_in("sid-2", [] {
        Message second;
        second.assertion_id = "_a2";
        return second;
    }()));
    for (auto const* table : {"suomifi_proofs", "suomifi_logouts"}) {
        auto const columns = std::string(table) == "suomifi_proofs"
                                 ? "id, name_index, session_index"
                                 : "digest, return_to, digest";
        auto const rows = world_.host.database().query(
            {"SELECT " + std::string(columns) + " FROM " + table, {}, {}});
        ASSERT_FALSE(rows->empty());
        for (auto const& row : *rows)
            for (std::size_t i = 0; i < 3; ++i)
                for (auto const* text : {"AAdz", "_s1", "service.example"})
                    EXPECT_EQ(row.bytes(i).find(text), std::string::npos) << table;
    }
}

TEST_F(Logout, S124RecordsSoManyRefusalsAMinuteAndNoMore) {
    world_.host.bounds.refused_messages_per_minute = 3;
    for (int i = 0; i < 10; ++i)
        EXPECT_EQ(receive({}).status, 400);
    EXPECT_EQ(world_.host.recording_audit.events().size(), 3U);
    world_.host.manual_clock.advance(seconds(61));
    EXPECT_EQ(receive({}).status, 400);
    EXPECT_EQ(world_.host.recording_audit.events().size(), 4U);
}

}  // namespace
}  // namespace tunnus::plugin::suomifi
