// SPDX-License-Identifier: MIT
#include "idp/base/limits.hpp"
#include "tests/oidc/endpoints/test_provider.hpp"

#include <array>
#include <latch>
#include <set>
#include <thread>

namespace tunnus::oidc {
namespace {

using tests::EndpointTest;
using tests::Fields;
using namespace std::chrono_literals;

struct Token : EndpointTest {};
struct Refresh : EndpointTest {
    std::string first_refresh_token(Fields const& more = {}) {
        return text(redeem(new_code(more)), "refresh_token");
    }
};

TEST_F(Token, RedeemsACode) {
    auto const response = redeem(new_code());
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(response.headers.find("Cache-Control"), "no-store");
    EXPECT_EQ(text(response, "token_type"), "Bearer");
    EXPECT_EQ(text(response, "scope"), "openid profile");
    EXPECT_EQ(json(response).at("expires_in"), 300);
    EXPECT_EQ(store.audited(AuditKind::code_issued), 1);
    EXPECT_EQ(store.audited(AuditKind::code_redeemed), 1);
}

TEST_F(Token, StatesWhatHappenedInTheIdToken_I11) {
    auto const response = redeem(new_code());
    auto const id = id_token(response);
    EXPECT_EQ(id.at("iss"), "https://id.example");
    EXPECT_EQ(id.at("sub"), "alice");
    EXPECT_EQ(id.at("aud"), "rp");
    EXPECT_EQ(id.at("nonce"), "n-0S6_WzA2Mj");
    EXPECT_EQ(id.at("acr"), "light");
    EXPECT_EQ(id.at("amr"), boost::json::array{"pwd"});
    EXPECT_EQ(id.at("auth_time"), to_unix_s(session->auth_time));
    EXPECT_EQ(id.at("sid"), boost::json::value(session->sid()));
    EXPECT_EQ(id.at("exp").as_int64() - id.at("iat").as_int64(), 300);
    auto const digest = sha256(text(response, "access_token"));
    EXPECT_EQ(id.at("at_hash"), boost::json::value(encode_base64url(digest.substr(0, 16))));
    EXPECT_FALSE(id.contains("name"));  // asked by scope: that is for userinfo
}

TEST_F(Token, GivesTheClaimsAskedForTheIdToken) {
    auto const id = id_token(redeem(
        new_code({{"claims", R"({"id_token":{"nickname":null},"userinfo":{"name":null}})"}})));
    EXPECT_EQ(id.at("nickname"), "value of nickname");
    EXPECT_FALSE(id.contains("name"));
}

TEST_F(Token, HasNoIdTokenWithoutOpenid_O24) {
    auto const response = redeem(new_code({{"scope", "profile"}}));
    EXPECT_EQ(response.status, 200);
    EXPECT_FALSE(json(response).contains("id_token"));
}

TEST_F(Token, RefusesACodeTheSecondTimeAndEndsWhatItGave_O43) {
    auto const code = new_code();
    auto const first = redeem(code);
    auto const access_token = text(first, "access_token");
    ASSERT_EQ(ask_userinfo(access_token).status, 200);
    store.clock.advance(30s);
    auto const second = redeem(code);
    EXPECT_EQ(second.status, 400);
    EXPECT_EQ(error(second), "invalid_grant");
    EXPECT_EQ(ask_userinfo(access_token).status, 401);
    EXPECT_EQ(error(ask_refresh(text(first, "refresh_token"))), "invalid_grant");
    EXPECT_EQ(store.audited(AuditKind::code_reused), 1);
}

TEST_F(Token, EndsWhatACodeGaveAlsoWhenItComesAgainLate_O43) {
    auto const code = new_code();
    auto const access_token = text(redeem(code), "access_token");
    store.clock.advance(61s);
    EXPECT_EQ(error(redeem(code)), "invalid_grant");
    EXPECT_EQ(ask_userinfo(access_token).status, 401);
}

TEST_F(Token, LetsOneOfManyRedeemACode_O44) {
    auto const code = new_code();
    auto const request = post("/token", redemption(code));
    constexpr int racers = 16;
    std::atomic<int> won = 0;
    std::latch start(racers);
    std::vector<std::thread> threads;
    for (int i = 0; i < racers; ++i)
        threads.emplace_back([&] {
            start.arrive_and_wait();
            auto const response = settle(token(provider, request), *store.database);
            if (response.status == 200) ++won;
            if (response.status != 200) {
                EXPECT_EQ(response.body.find("access_token"), std::string::npos);
            }
        });
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(won, 1);
    EXPECT_EQ(store.count("SELECT COUNT(*) FROM access_tokens"), 1);
}

TEST_F(Token, RefusesACodeThatIsNotThisClientsOrNotOurs_O45) {
    auto const code = new_code();
    auto altered = code;
    altered.back() = altered.back() == 'A' ? 'E' : 'A';
    for (auto const& bad : {altered, code.substr(0, 63), code + "A", std::string(10'240, 'a'),
                            std::string("x"), std::string(64, 'A')})
        EXPECT_EQ(error(redeem(bad)), "invalid_grant") << bad.substr(0, 70);
    EXPECT_EQ(error(redeem("")), "invalid_request");
    EXPECT_EQ(error(redeem(code, {}, "other")), "invalid_grant");
    EXPECT_EQ(redeem(code).status, 200);  // none of these has burnt it
}

TEST_F(Token, RefusesACodeThatHasExpired_O45) {
    auto const code = new_code();
    store.clock.advance(60s);
    EXPECT_EQ(error(redeem(code)), "invalid_grant");
    auto const in_time = new_code();
    store.clock.advance(59s);
    EXPECT_EQ(redeem(in_time).status, 200);
}

TEST_F(Token, RefusesAnotherRedirectUriThanTheAuthorizedOne_O18) {
    auto const code = new_code();
    EXPECT_EQ(error(redeem(code, {{"redirect_uri", "https://rp.example/other"}})), "invalid_grant");
    EXPECT_EQ(error(redeem(code, {{"redirect_uri", "(absent)"}})), "invalid_grant");
    EXPECT_EQ(redeem(code).status, 200);
}

TEST_F(Token, RefusesEveryOtherVerifier_O46_O48) {
    auto const code = new_code();
    for (std::string const& bad :
         {std::string("(absent)"), std::string(43, 'a'), std::string(42, 'a'),
          std::string(129, 'a'), std::string(tests::challenge), std::string(tests::verifier) + "+"})
        EXPECT_EQ(error(redeem(code, {{"code_verifier", bad}})), "invalid_grant") << bad;
    EXPECT_EQ(redeem(code).status, 200);
}

TEST_F(Token, RefusesAVerifierForACodeWithoutChallenge_O47) {
    clients.add(parse_client(tests::service({{"require_pkce", false}})).value());
    Fields const without{{"code_challenge", "(absent)"}, {"code_challenge_method", "(absent)"}};
    EXPECT_EQ(redeem(new_code(without), {{"code_verifier", "(absent)"}}).status, 200);
    EXPECT_EQ(error(redeem(new_code(without))), "invalid_grant");
}

TEST_F(Token, AnswersAWrongClientWith401_O50) {
    auto request = post("/token", redemption(new_code()), "");
    auto const code_fields = redemption(new_code());
    request.headers.add("Authorization", "Basic " + encode_base64("rp:wrong"));
    auto const response = done(token(provider, request));
    EXPECT_EQ(response.status, 401);
    EXPECT_EQ(error(response), "invalid_client");
    EXPECT_TRUE(response.headers.find("WWW-Authenticate"));
    EXPECT_EQ(ask_token(code_fields, "").status, 401);
}

TEST_F(Token, RefusesForTheFirstThingWrong) {
    auto request = post("/token", {{"grant_type", "password"}}, "");
    request.headers.add("Authorization", "Basic " + encode_base64("rp:wrong"));
    request.query = "x=1";
    EXPECT_EQ(error(done(token(provider, request))), "invalid_request");
    request.query.clear();
    EXPECT_EQ(error(done(token(provider, request))), "invalid_client");
    EXPECT_EQ(error(ask_token({{"grant_type", "password"}, {"code", "x"}})),
              "unsupported_grant_type");
    EXPECT_EQ(error(ask_token({{"grant_type", "client_credentials"}, {"scope", "openid"}})),
              "unauthorized_client");
}

TEST_F(Token, RefusesAClientThatIsGone_O58) {
    auto const code = new_code();
    clients.remove("rp");
    auto const response = redeem(code);
    EXPECT_EQ(response.status, 401);
    EXPECT_EQ(error(response), "invalid_client");
}

TEST_F(Token, RefusesACodeWhenTheUserOrTheConsentIsGone_O59) {
    auto const disabled = new_code();
    store.commit(storage::disable_user(
        {"alice", store.now(), store.event(AuditKind::account_disabled)}, store.random));
    EXPECT_EQ(error(redeem(disabled)), "invalid_grant");
}

TEST_F(Token, RefusesACodeAfterLogout_O59_O67) {
    auto const code = new_code();
    storage::EndSessions ending;
    ending.session_ids = {session->id};
    ending.user_id = "alice";
    ending.now = store.now();
    ending.audit = store.event(AuditKind::session_ended);
    store.commit(storage::end_sessions(ending, store.random));
    EXPECT_EQ(error(redeem(code)), "invalid_grant");
}

TEST_F(Token, GivesAClientATokenOfItsOwn_O60_O61) {
    clients.add(parse_client(
                    tests::service({{"grant_types", {"authorization_code", "client_credentials"}}}))
                    .value());
    auto const response = ask_token({{"grant_type", "client_credentials"}, {"scope", "api"}});
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_FALSE(json(response).contains("refresh_token"));
    EXPECT_FALSE(json(response).contains("id_token"));
    EXPECT_EQ(store.audited(AuditKind::token_issued), 1);
    auto const seen = json(done(
        introspection(provider, post("/introspect", {{"token", text(response, "access_token")}}))));
    EXPECT_TRUE(seen.at("active").as_bool());
    EXPECT_FALSE(seen.contains("sub"));
    for (std::string const scope : {"openid", "profile", "offline_access", "other"})
        EXPECT_EQ(error(ask_token({{"grant_type", "client_credentials"}, {"scope", scope}})),
                  "invalid_scope")
            << scope;
}

TEST_F(Token, IssuesNothingWhenTheClaimsFail) {
    auto const code = new_code();
    claims.fails = true;
    auto const response = redeem(code);
    EXPECT_EQ(response.status, 503);
    EXPECT_TRUE(response.headers.find("Retry-After"));
    claims.fails = false;
    EXPECT_EQ(redeem(code).status, 200);
}

TEST_F(Token, LetsScriptsOfTheClientsOriginsRead_O76) {
    auto request = post("/token", redemption(new_code()));
    request.headers.add("Origin", "https://rp.example");
    auto const good = done(token(provider, request));
    EXPECT_EQ(good.headers.find("Access-Control-Allow-Origin"), "https://rp.example");
    EXPECT_FALSE(good.headers.find("Access-Control-Allow-Credentials"));
    for (auto const* origin : {"https://evil.example", "null", "https://other.example"}) {
        auto other = post("/token", redemption(new_code()));
        other.headers.add("Origin", origin);
        EXPECT_FALSE(done(token(provider, other)).headers.find("Access-Control-Allow-Origin"))
            << origin;
    }
}

TEST_F(Refresh, RotatesAndKeepsWhatTheLoginWas_O68) {
    auto const token = first_refresh_token();
    auto const auth_time = session->auth_time;
    store.clock.advance(10min);
    auto const response = ask_refresh(token);
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_NE(text(response, "refresh_token"), token);
    auto const id = id_token(response);
    EXPECT_EQ(id.at("auth_time"), to_unix_s(auth_time));
    EXPECT_EQ(id.at("acr"), "light");
    EXPECT_EQ(id.at("sub"), "alice");
    EXPECT_FALSE(id.contains("nonce"));
    EXPECT_EQ(ask_userinfo(text(response, "access_token")).status, 200);
    EXPECT_EQ(store.audited(AuditKind::token_refreshed), 1);
}

TEST_F(Refresh, EndsTheFamilyWhenARotatedTokenComesAgain_O63) {
    auto const first = first_refresh_token();
    auto const second = ask_refresh(first);
    ASSERT_EQ(second.status, 200);
    store.clock.advance(limits.refresh_repeat_window);
    EXPECT_EQ(error(ask_refresh(first)), "invalid_grant");
    EXPECT_EQ(error(ask_refresh(text(second, "refresh_token"))), "invalid_grant");
    EXPECT_EQ(ask_userinfo(text(second, "access_token")).status, 401);
    EXPECT_EQ(store.audited(AuditKind::refresh_reuse), 1);
}

TEST_F(Refresh, LeavesAClientOfFapi2ItsToken) {
    auto client = parse_client(tests::service()).value();
    client.profile = "fapi2";
    clients.add(std::move(client));
    auto const token =
        first_refresh_token({{"scope", "openid profile offline_access"}, {"prompt", "consent"}});
    for (int i = 0; i < 3; ++i) {
        store.clock.advance(limits.refresh_token_idle_lifetime - 1s);  // each use lengthens it
        auto const response = ask_refresh(token);
        ASSERT_EQ(response.status, 200) << response.body;
        EXPECT_FALSE(json(response).contains("refresh_token"));
        EXPECT_EQ(ask_userinfo(text(response, "access_token")).status, 200);
    }
    EXPECT_EQ(error(ask_refresh(token, {}, "other")), "invalid_grant");
    EXPECT_EQ(ask_refresh(token).status, 200);
    store.clock.advance(limits.refresh_token_idle_lifetime);
    EXPECT_EQ(error(ask_refresh(token)), "invalid_grant");
}

TEST_F(Refresh, AnswersTheSameOnceMoreInAShortWindow_O63) {
    auto const first = first_refresh_token();
    auto const answer = json(ask_refresh(first));
    store.clock.advance(limits.refresh_repeat_window - 1s);
    auto const again = ask_refresh(first);
    ASSERT_EQ(again.status, 200) << again.body;
    EXPECT_EQ(again.headers.find("Cache-Control"), "no-store");
    auto expected = answer;
    expected["expires_in"] = 291;
    EXPECT_EQ(json(again), expected);
    EXPECT_EQ(store.count("SELECT COUNT(*) FROM refresh_tokens"), 2);
    EXPECT_EQ(store.audited(AuditKind::refresh_reuse), 0);
    EXPECT_EQ(ask_refresh(text(again, "refresh_token")).status, 200);
}

TEST_F(Refresh, EndsTheFamilyInTheWindowTooOnceTheSuccessorIsUsed_O63) {
    auto const first = first_refresh_token();
    auto const third = ask_refresh(text(ask_refresh(first), "refresh_token"));
    ASSERT_EQ(third.status, 200);
    EXPECT_EQ(error(ask_refresh(first)), "invalid_grant");
    EXPECT_EQ(error(ask_refresh(text(third, "refresh_token"))), "invalid_grant");
    EXPECT_EQ(store.audited(AuditKind::refresh_reuse), 1);
}

TEST_F(Refresh, AnswersAgainOnlyTheSameRequestOfALiveGrant_O66_O67) {
    auto const first = first_refresh_token();
    ASSERT_EQ(ask_refresh(first).status, 200);
    EXPECT_EQ(error(ask_refresh(first, {}, "other")), "invalid_grant");
    EXPECT_EQ(error(ask_refresh(first, {{"scope", "openid"}})), "invalid_grant");
    EXPECT_EQ(ask_refresh(first).status, 200);
    store.commit(storage::withdraw_consent(
        {"alice", "rp", store.now(), store.event(AuditKind::consent_withdrawn)}, store.random));
    EXPECT_EQ(error(ask_refresh(first)), "invalid_grant");
}

TEST_F(Refresh, KeepsItsAnswerForWhoHasTheTokenAlone_O63) {
    auto const first = first_refresh_token();
    auto const answer = ask_refresh(first);
    auto const rows = store.database->query({"SELECT sealed FROM refresh_answers", {}, {}}).value();
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].bytes(0).find(text(answer, "access_token")), std::string::npos);
    EXPECT_FALSE(store.sealer.open("refresh_answers.sealed", rows[0].bytes(0)));
    store.clock.advance(limits.refresh_repeat_window);
    ASSERT_TRUE(storage::delete_expired(*store.database, store.now(), 100));
    EXPECT_EQ(store.count("SELECT COUNT(*) FROM refresh_answers"), 0);
}

TEST_F(Refresh, LeavesAtMostOneDescendantOfMany_O64) {
    auto const request =
        post("/token", {{"grant_type", "refresh_token"}, {"refresh_token", first_refresh_token()}});
    constexpr int racers = 16;
    std::array<HttpResponse, racers> answers;
    std::latch start(racers);
    std::vector<std::thread> threads;
    for (int i = 0; i < racers; ++i)
        threads.emplace_back([&, i] {
            start.arrive_and_wait();
            answers[static_cast<std::size_t>(i)] =
                settle(token(provider, request), *store.database);
        });
    for (auto& thread : threads)
        thread.join();
    // Those who came a moment too late are to ask again, and all others have the same successor.
    std::set<std::string> successors;
    for (auto const& answer : answers)
        if (answer.status == 200)
            successors.insert(text(answer, "refresh_token"));
        else
            EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(successors.size(), 1U);
    EXPECT_EQ(ask_refresh(*successors.begin()).status, 200);
    EXPECT_LE(store.count("SELECT COUNT(*) FROM refresh_tokens t JOIN grants g ON g.id = t.grant_id"
                          " WHERE t.used_at IS NULL AND g.revoked_at IS NULL"),
              1);
}

TEST_F(Refresh, NarrowsTheScopeOfThisAccessTokenOnly_O66) {
    auto const narrow = ask_refresh(first_refresh_token(), {{"scope", "profile"}});
    ASSERT_EQ(narrow.status, 200) << narrow.body;
    EXPECT_EQ(text(narrow, "scope"), "profile");
    EXPECT_FALSE(json(narrow).contains("id_token"));
    auto const whole = ask_refresh(text(narrow, "refresh_token"));
    EXPECT_EQ(text(whole, "scope"), "openid profile");
}

TEST_F(Refresh, RefusesAWiderScopeAndAnotherClient_O66) {
    auto const token = first_refresh_token();
    EXPECT_EQ(error(ask_refresh(token, {{"scope", "openid profile api"}})), "invalid_scope");
    EXPECT_EQ(error(ask_refresh(token, {}, "other")), "invalid_grant");
    EXPECT_EQ(ask_refresh(token).status, 200);
}

TEST_F(Refresh, EndsWithTheSession_O67) {
    auto const token = first_refresh_token();
    store.clock.advance(session->idle_expires_at - store.now());
    EXPECT_EQ(error(ask_refresh(token)), "invalid_grant");
}

TEST_F(Refresh, OutlivesTheSessionWithOfflineAccess) {
    auto const token = first_refresh_token({{"scope", "openid offline_access"}});
    store.clock.advance(24h);
    EXPECT_EQ(ask_refresh(token).status, 200);
}

// I10: the person is asked again when the data or the text change, so nothing goes on without.
TEST_F(Refresh, EndsWhenTheConsentCoversLess_O67) {
    auto const write = [&](std::string_view sql) {
        std::vector<sql::Statement> steps;
        steps.push_back({sql, {}, 1});
        ASSERT_EQ(store.commit(std::make_unique<sql::Write>("test", std::move(steps))),
                  Verdict::won);
    };
    auto const tokens = redeem(new_code({{"scope", "openid profile offline_access"}}));
    auto const access = text(tokens, "access_token");
    auto const refresh_token = text(tokens, "refresh_token");
    EXPECT_EQ(ask_userinfo(access).status, 200);
    EXPECT_TRUE(introspects(access));
    EXPECT_TRUE(introspects(refresh_token));

    write("UPDATE consents SET scopes = 'offline_access'");
    EXPECT_EQ(error(ask_refresh(refresh_token)), "invalid_grant");
    EXPECT_EQ(ask_userinfo(access).status, 401);
    EXPECT_FALSE(introspects(access));
    EXPECT_FALSE(introspects(refresh_token));
    EXPECT_EQ(ask_refresh(refresh_token, {{"scope", "openid offline_access"}}).status, 200)
        << "what it covers may be had";

    write("UPDATE consents SET scopes = 'offline_access profile'");
    EXPECT_TRUE(introspects(access));
    write("UPDATE consents SET text_version = 'another'");
    EXPECT_EQ(ask_userinfo(access).status, 401) << "the text has changed";
    EXPECT_FALSE(introspects(access));
}

TEST_F(Refresh, EndsWhenAClaimIsNoLongerPermitted_O67) {
    auto const tokens = redeem(new_code(
        {{"scope", "openid offline_access"}, {"claims", R"({"userinfo": {"nickname": null}})"}}));
    auto const access = text(tokens, "access_token");
    EXPECT_EQ(ask_userinfo(access).status, 200);
    std::vector<sql::Statement> steps;
    steps.push_back({"UPDATE consents SET claims = ''", {}, 1});
    ASSERT_EQ(store.commit(std::make_unique<sql::Write>("test", std::move(steps))), Verdict::won);
    EXPECT_EQ(ask_userinfo(access).status, 401);
    EXPECT_EQ(error(ask_refresh(text(tokens, "refresh_token"))), "invalid_grant");
}

TEST_F(Refresh, EndsWithTheConsentAndTheUser_O67) {
    auto const token = first_refresh_token({{"scope", "openid offline_access"}});
    store.commit(storage::withdraw_consent(
        {"alice", "rp", store.now(), store.event(AuditKind::consent_withdrawn)}, store.random));
    EXPECT_EQ(error(ask_refresh(token)), "invalid_grant");
    auto const next = first_refresh_token({{"scope", "openid offline_access"}});
    store.commit(storage::disable_user(
        {"alice", store.now(), store.event(AuditKind::account_disabled)}, store.random));
    EXPECT_EQ(error(ask_refresh(next)), "invalid_grant");
}

TEST_F(Refresh, EndsWhenItIdlesAndAtItsAbsoluteEnd_O69) {
    auto const idle = first_refresh_token({{"scope", "openid offline_access"}});
    store.clock.advance(provider.lifetimes.refresh_token_idle);
    EXPECT_EQ(error(ask_refresh(idle)), "invalid_grant");

    session.reset();
    auto token = first_refresh_token({{"scope", "openid offline_access"}});
    auto const end = store.now() + provider.lifetimes.refresh_token;
    while (store.now() + 6 * 24h < end) {
        store.clock.advance(6 * 24h);
        auto const response = ask_refresh(token);
        ASSERT_EQ(response.status, 200);
        token = text(response, "refresh_token");
    }
    store.clock.advance(std::chrono::duration_cast<milliseconds>(end - store.now()));
    EXPECT_EQ(error(ask_refresh(token)), "invalid_grant");
}

TEST_F(Refresh, GrowsNoOlderWhenTheClockGoesBack_O69) {
    auto const tokens = redeem(new_code({{"scope", "openid offline_access"}}));
    auto const code = new_code();
    store.clock.step_wall_clock(-30s);
    EXPECT_EQ(ask_userinfo(text(tokens, "access_token")).status, 200);
    store.clock.step_wall_clock(-365 * 24h);
    EXPECT_EQ(error(ask_refresh(text(tokens, "refresh_token"))), "invalid_grant");
    EXPECT_EQ(error(redeem(code)), "invalid_grant");
    EXPECT_EQ(ask_userinfo(text(tokens, "access_token")).status, 401);
    EXPECT_FALSE(introspects(text(tokens, "refresh_token")));
}

TEST_F(Refresh, ComesToAPublicClientOnlyWithOfflineAccess) {
    Fields const of_app{{"client_id", "app"}, {"redirect_uri", "http://127.0.0.1:5001/cb"}};
    Fields const at_token{{"client_id", "app"}, {"redirect_uri", "http://127.0.0.1:5001/cb"}};
    auto const online = redeem(new_code(of_app), at_token, "");
    ASSERT_EQ(online.status, 200) << online.body;
    EXPECT_FALSE(json(online).contains("refresh_token"));
    auto offline = of_app;
    offline["scope"] = "openid offline_access";
    auto const response = redeem(new_code(offline), at_token, "");
    EXPECT_EQ(ask_refresh(text(response, "refresh_token"), {{"client_id", "app"}}, "").status, 200);
}

}  // namespace
}  // namespace tunnus::oidc
