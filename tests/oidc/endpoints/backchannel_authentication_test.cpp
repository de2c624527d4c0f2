// SPDX-License-Identifier: MIT
// CIBA between a service and the provider; what the person does on the pages is
// tests/flow/ciba_test.cpp.
#include "idp/base/limits.hpp"
#include "oidc/endpoints/decoupled.hpp"
#include "oidc/endpoints/ping.hpp"
#include "storage/outbox.hpp"
#include "tests/oidc/endpoints/test_provider.hpp"
#include "tests/oidc/protocol/keys.hpp"

#include <algorithm>

namespace tunnus::oidc {
namespace {

using tests::EndpointTest;
using tests::Fields;
using namespace std::chrono_literals;

constexpr auto ciba_grant = "urn:openid:params:grant-type:ciba";

struct Ciba : EndpointTest {
    Ciba() { register_as({}); }
    void register_as(boost::json::object const& more) {
        auto registration =
            tests::service({{"grant_types", {"authorization_code", "refresh_token", ciba_grant}}});
        for (auto const& member : more)
            registration[member.key()] = member.value();
        clients.add(parse_client(registration).value());
    }
    void register_pinged() {
        register_as({{"backchannel_token_delivery_mode", "ping"},
                     {"backchannel_client_notification_endpoint", "https://rp.example/ping"}});
    }
    HttpResponse ask(Fields const& more = {}, std::string_view basic = "rp") {
        Fields fields{{"scope", "openid profile"}, {"login_hint", "alice@example.org"}};
        for (auto const& [name, value] : more) {
            if (value == "(absent)")
                fields.erase(name);
            else
                fields[name] = value;
        }
        return done(backchannel_authentication(provider,
                                               post("/backchannel_authentication", fields, basic)));
    }
    std::string asked(Fields const& more = {}) {
        auto const answer = ask(more);
        EXPECT_EQ(answer.status, 200) << answer.body;
        return text(answer, "auth_req_id");
    }
    HttpResponse poll(std::string const& auth_req_id, std::string_view basic = "rp") {
        return ask_token({{"grant_type", ciba_grant}, {"auth_req_id", auth_req_id}}, basic);
    }
    std::vector<storage::DecoupledRequest> waiting() {
        return decoupled_requests.pending_of("alice", store.now()).value();
    }
    /// Alice, or who is named, signs in and allows what was asked first.
    Verdict allow(std::string const& who_says = "alice") {
        return allow_elsewhere(begin_decoupled(provider, waiting().at(0)).value().value(),
                               who_says);
    }
    Verdict deny(std::string const& who_says = "alice", storage::Id const& request = {}) {
        storage::DenyDecoupledRequest denial;
        denial.id = request.empty() ? waiting().at(0).id : request;
        denial.user_id = who_says;
        denial.now = store.now();
        denial.audit = store.event(AuditKind::login_refused);
        return store.commit(storage::deny_decoupled_request(denial, store.random));
    }
    std::int64_t mails() { return store.count("SELECT COUNT(*) FROM outbox"); }
};

TEST_F(Ciba, AsksAPersonWhoIsElsewhere_Ciba7_3) {
    auto const response = ask({{"binding_message", "W4SCT"}});
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(response.headers.find("Cache-Control"), "no-store");
    EXPECT_EQ(json(response).at("expires_in"), 300);
    EXPECT_EQ(json(response).at("interval"), 5);
    auto const requests = waiting();
    ASSERT_EQ(requests.size(), 1U);
    auto const begun = begin_decoupled(provider, requests[0]).value();
    EXPECT_EQ(begun->request.binding_message, "W4SCT");
    EXPECT_EQ(begun->request.hinted_subject, "alice");
    EXPECT_TRUE(begun->request.prompt.consent) << "always asked";
    EXPECT_EQ(store.audited(AuditKind::decoupled_asked), 1);
    EXPECT_EQ(mails(), 1);
}

TEST_F(Ciba, IsFoundByDiscovery_Ciba4) {
    auto const metadata = json(done(openid_configuration(provider, HttpRequest())));
    EXPECT_EQ(metadata.at("backchannel_authentication_endpoint"),
              "https://id.example/backchannel_authentication");
    EXPECT_EQ(metadata.at("backchannel_token_delivery_modes_supported"),
              (boost::json::array{"poll", "ping"}));
    EXPECT_TRUE(metadata.at("backchannel_user_code_parameter_supported").as_bool());
    auto const& algorithms =
        metadata.at("backchannel_authentication_request_signing_alg_values_supported").as_array();
    EXPECT_EQ(std::ranges::count(algorithms, boost::json::value("PS256")), 1);
    EXPECT_EQ(std::ranges::count(algorithms, boost::json::value("HS256")), 0);
    auto const& listed = metadata.at("grant_types_supported").as_array();
    EXPECT_EQ(std::ranges::count(listed, boost::json::value(ciba_grant)), 1);
}

TEST_F(Ciba, KeepsNothingReadableAndMailsNoAuthority) {
    register_pinged();
    auto const id = asked({{"client_notification_token", "notify-me"}, {"binding_message", "Zq7"}});
    auto const rows =
        store.database->query({"SELECT secret_hash, body FROM decoupled_requests", {}, {}}).value();
    for (auto const& secret : {id, std::string("notify-me"), std::string("Zq7")})
        for (std::size_t column = 0; column < 2; ++column)
            EXPECT_EQ(rows.at(0).bytes(column).find(secret), std::string::npos);
    storage::Outbox outbox(*store.database, store.sealer, store.random, store.clock);
    struct Post final : MailTransport {
        Result<> deliver(Mail const& mail) override {
            mails.push_back(mail);
            return {};
        }
        std::vector<Mail> mails;
    } transport;
    ASSERT_EQ(outbox.deliver_due(transport, log).value(), 1U);
    EXPECT_EQ(transport.mails.at(0).to, "alice@example.org");
    EXPECT_EQ(transport.mails.at(0).text.find(id), std::string::npos);
}

TEST_F(Ciba, GivesTokensOnceThePersonHasAllowedIt_Ciba10_1_1) {
    auto const id = asked();
    EXPECT_EQ(error(poll(id)), "authorization_pending");
    EXPECT_EQ(allow(), Verdict::won);
    auto const response = poll(id);
    ASSERT_EQ(response.status, 200) << response.body;
    auto const said = id_token(response);
    EXPECT_EQ(said.at("sub"), "alice");
    EXPECT_EQ(said.at("acr"), "light");
    EXPECT_EQ(ask_userinfo(text(response, "access_token")).status, 200);
    EXPECT_EQ(ask_refresh(text(response, "refresh_token")).status, 200);
    EXPECT_EQ(error(poll(id)), "invalid_grant") << "once";
    EXPECT_EQ(ask_userinfo(text(response, "access_token")).status, 200);
}

TEST_F(Ciba, SlowsDownWhoAsksTooOften_Ciba11) {
    auto const id = asked();
    EXPECT_EQ(error(poll(id)), "authorization_pending");
    store.clock.advance(2s);
    EXPECT_EQ(error(poll(id)), "slow_down");
    store.clock.advance(10s);
    EXPECT_EQ(error(poll(id)), "authorization_pending");
}

TEST_F(Ciba, TellsWhenThePersonSaysNoOrNothing_Ciba11) {
    auto const refused = asked();
    EXPECT_EQ(deny(), Verdict::won);
    EXPECT_EQ(error(poll(refused)), "access_denied");
    auto const late = asked({{"requested_expiry", "30"}});
    store.clock.advance(30s);
    EXPECT_EQ(error(poll(late)), "expired_token");
    EXPECT_TRUE(waiting().empty());
}

TEST_F(Ciba, IsAnsweredByThePersonAskedAlone) {
    store.add_person("bob");
    auto const id = asked();
    EXPECT_EQ(allow("bob"), Verdict::lost);
    EXPECT_EQ(deny("bob"), Verdict::lost);
    EXPECT_EQ(error(poll(id)), "authorization_pending");
    auto const request = waiting().at(0).id;
    EXPECT_EQ(allow(), Verdict::won);
    EXPECT_EQ(deny("alice", request), Verdict::lost) << "answered once";
}

TEST_F(Ciba, IsForWhoRegisteredIt_O93) {
    EXPECT_EQ(error(ask({}, "other")), "unauthorized_client");
    EXPECT_EQ(error(ask({}, "")), "invalid_client");
    auto const id = asked();
    EXPECT_EQ(error(poll(id, "other")), "unauthorized_client");
    auto other = tests::other_service();
    other["grant_types"] = {ciba_grant, "authorization_code"};
    clients.add(parse_client(other).value());
    EXPECT_EQ(error(poll(id, "other")), "invalid_grant") << "another service's";
    EXPECT_EQ(error(poll(std::string(64, 'A'))), "invalid_grant");
}

TEST_F(Ciba, NeedsOpenid_Ciba7_1) {
    EXPECT_EQ(error(ask({{"scope", "profile"}})), "invalid_scope");
    EXPECT_EQ(error(ask({{"scope", "(absent)"}})), "invalid_scope");
}

TEST_F(Ciba, AsksForTheLevelOfTheRequest_Ciba7_1) {
    asked({{"acr_values", "strong"}});
    EXPECT_EQ(begin_decoupled(provider, waiting().at(0)).value()->request.acr_values,
              std::vector<std::string>{"strong"});
}

TEST_F(Ciba, KnowsAPersonByAnIdTokenOfTheService_Ciba7_1) {
    auto const tokens = redeem(new_code());
    auto const hint = text(tokens, "id_token");
    EXPECT_EQ(ask({{"login_hint", "(absent)"}, {"id_token_hint", hint}}).status, 200);
    EXPECT_EQ(error(ask({{"login_hint", "(absent)"}, {"id_token_hint", "x"}})), "invalid_request");
    auto other = tests::other_service();
    other["grant_types"] = {ciba_grant, "authorization_code"};
    clients.add(parse_client(other).value());
    EXPECT_EQ(error(ask({{"login_hint", "(absent)"}, {"id_token_hint", hint}}, "other")),
              "invalid_request")
        << "another service's token";
}

TEST_F(Ciba, KnowsAPersonByAPairwiseSubjectThroughTheirSession) {
    register_as({{"subject_type", "pairwise"}});
    auto const hint = text(redeem(new_code()), "id_token");
    EXPECT_EQ(ask({{"login_hint", "(absent)"}, {"id_token_hint", hint}}).status, 200);
}

// A service cannot read out who has an account: I7.
TEST_F(Ciba, TellsOfUnknownPeopleAFewTimesOnly) {
    limits.ciba_unknown_people = 3;
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(error(ask({{"login_hint", "nobody@example.org"}})), "unknown_user_id");
    EXPECT_EQ(ask({{"login_hint", "nobody@example.org"}}).status, 429);
    EXPECT_EQ(ask().status, 200);
    store.commit(storage::disable_user(
        {"alice", store.now(), store.event(AuditKind::account_disabled)}, store.random));
    store.clock.advance(1h);
    EXPECT_EQ(error(ask()), "unknown_user_id") << "a disabled account";
}

TEST_F(Ciba, AsksOnePersonSoOftenOnly) {
    limits.ciba_requests_per_person = 2;
    EXPECT_EQ(ask().status, 200);
    EXPECT_EQ(ask().status, 200);
    auto const response = ask();
    EXPECT_EQ(response.status, 429);
    EXPECT_TRUE(response.headers.find("Retry-After"));
    EXPECT_EQ(mails(), 2);
    store.clock.advance(1h);
    EXPECT_EQ(ask().status, 200);
}

TEST_F(Ciba, NeedsTheCodeThatThePersonChose_Ciba7_1) {
    register_as({{"backchannel_user_code_parameter", true}});
    EXPECT_EQ(ask().status, 200) << "none chosen";
    EXPECT_EQ(error(ask({{"user_code", "1234"}})), "invalid_user_code");
    storage::ChooseApprovalCode choice;
    choice.user_id = "alice";
    choice.index = approval_code_index(provider, "alice", "kissa7");
    choice.now = store.now();
    choice.audit = store.event(AuditKind::account_changed);
    store.commit(storage::choose_approval_code(choice, store.random));
    EXPECT_EQ(error(ask()), "missing_user_code");
    EXPECT_EQ(error(ask({{"user_code", "kissa8"}})), "invalid_user_code");
    EXPECT_EQ(ask({{"user_code", "kissa7"}}).status, 200);
    limits.ciba_requests_per_person = 5;
    EXPECT_EQ(ask({{"user_code", "kissa8"}}).status, 429) << "guessing ends";
    EXPECT_EQ(ask({{"user_code", "kissa7"}}).status, 429) << "for the right one too";
}

TEST_F(Ciba, TakesASignedRequestOnce_Ciba7_1_1_I2) {
    register_as({{"backchannel_authentication_request_signing_alg", "ES256"},
                 {"jwks", tests::our_keys().to_json()}});
    auto const t = to_unix_s(store.now());
    auto const object = jose::sign_jwt(tests::es256_key(), "JWT",
                                       {{"iss", "rp"},
                                        {"aud", "https://id.example"},
                                        {"exp", t + 120},
                                        {"iat", t},
                                        {"nbf", t},
                                        {"jti", "one"},
                                        {"scope", "openid"},
                                        {"login_hint", "alice@example.org"}});
    auto const send = [&] {
        return done(backchannel_authentication(
            provider, post("/backchannel_authentication", {{"request", object}})));
    };
    EXPECT_EQ(send().status, 200);
    EXPECT_EQ(send().status, 429);
    EXPECT_EQ(waiting().size(), 1U);
    EXPECT_EQ(error(ask()), "invalid_request") << "unsigned";
}

// ---- Ping --------------------------------------------------------------------------------------

struct CibaPing : Ciba {
    CibaPing() { register_pinged(); }
    std::string asked_with_token() { return asked({{"client_notification_token", "notify-me"}}); }
    std::size_t told() { return deliver_pings(provider).value(); }
    void answers(int status) {
        http.set_server([status](OutboundRequest const&) -> Result<OutboundResponse> {
            return OutboundResponse{.status = status, .headers = {}, .body = {}};
        });
    }
};

TEST_F(CibaPing, TellsTheServiceThatThereIsAnAnswer_Ciba10_2) {
    auto const id = asked_with_token();
    EXPECT_EQ(told(), 0U) << "nothing yet";
    allow();
    answers(204);
    EXPECT_EQ(told(), 1U);
    auto const requests = http.requests();
    ASSERT_EQ(requests.size(), 1U);
    auto const& sent = requests.front();
    EXPECT_EQ(sent.method, "POST");
    EXPECT_EQ(sent.url, "https://rp.example/ping");
    using Header = std::pair<std::string, std::string>;
    EXPECT_EQ(std::ranges::count(sent.headers, Header("Authorization", "Bearer notify-me")), 1);
    EXPECT_EQ(std::ranges::count(sent.headers, Header("Content-Type", "application/json")), 1);
    EXPECT_EQ(parse_json_object(sent.body).value(), (boost::json::object{{"auth_req_id", id}}));
    store.clock.advance(10min);
    EXPECT_EQ(told(), 0U) << "once";
    EXPECT_EQ(http.requests().size(), 1U);
}

TEST_F(CibaPing, TellsOfARefusalToo_Ciba10_2) {
    asked_with_token();
    deny();
    answers(200);
    EXPECT_EQ(told(), 1U);
}

TEST_F(CibaPing, TriesAgainWhileTheServiceIsDown) {
    asked_with_token();
    allow();
    for (std::size_t attempt = 0; attempt < limits.ciba_notification_attempts; ++attempt) {
        answers(503);
        EXPECT_EQ(told(), 0U);
        EXPECT_EQ(told(), 0U) << "not at once";
        EXPECT_EQ(http.requests().size(), attempt + 1);
        store.clock.advance(200s);
    }
    EXPECT_EQ(told(), 0U);
    EXPECT_EQ(http.requests().size(), limits.ciba_notification_attempts) << "given up";
}

TEST_F(CibaPing, DoesNotTryAgainWhatTheServiceRefused) {
    for (int const status : {401, 400, 302}) {
        asked_with_token();
        deny();
        answers(status);
        EXPECT_EQ(told(), 1U);
        auto const sent = http.requests().size();
        store.clock.advance(10min);
        EXPECT_EQ(told(), 0U);
        EXPECT_EQ(http.requests().size(), sent) << status;
    }
}

TEST_F(CibaPing, IsLeftOutWhereTheServiceHasFetchedItsAnswer) {
    auto const id = asked_with_token();
    allow();
    EXPECT_EQ(poll(id).status, 200);
    EXPECT_EQ(told(), 0U);
    EXPECT_TRUE(http.requests().empty());
}

}  // namespace
}  // namespace tunnus::oidc
