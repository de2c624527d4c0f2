// SPDX-License-Identifier: MIT
#include "tests/oidc/endpoints/test_provider.hpp"

namespace tunnus::oidc {
namespace {

using tests::EndpointTest;
using tests::Fields;
using namespace std::chrono_literals;

struct Userinfo : EndpointTest {
    std::string access_token(Fields const& more = {}) {
        return text(redeem(new_code(more)), "access_token");
    }
    static std::string challenge_of(HttpResponse const& response) {
        return std::string(response.headers.find("WWW-Authenticate").value_or(""));
    }
};
struct Introspection : Userinfo {};
struct Revocation : Userinfo {
    HttpResponse revoke(std::string const& text, Fields const& more = {},
                        std::string_view basic = "rp") {
        Fields fields{{"token", text}};
        fields.insert(more.begin(), more.end());
        return done(revocation(provider, post("/revoke", fields, basic)));
    }
};

TEST_F(Userinfo, GivesTheSubjectAndTheClaimsOfTheScopes) {
    auto const response = ask_userinfo(access_token());
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(json(response), (boost::json::object{{"sub", "alice"}, {"name", "Aino Virtanen"}}));
    EXPECT_EQ(response.headers.find("Cache-Control"), "no-store");
}

TEST_F(Userinfo, GivesTheClaimsAskedForIt) {
    auto const response = ask_userinfo(access_token(
        {{"scope", "openid"},
         {"claims", R"({"userinfo":{"nickname":{"essential":true}},"id_token":{"name":null}})"}}));
    EXPECT_EQ(json(response),
              (boost::json::object{{"sub", "alice"}, {"nickname", "value of nickname"}}));
}

TEST_F(Userinfo, TakesAPostWithHeaderOrForm) {
    auto const token = access_token();
    HttpRequest by_header;
    by_header.method = Method::POST;
    by_header.headers.add("Authorization", "bearer " + token);
    EXPECT_EQ(done(userinfo(provider, by_header)).status, 200);
    EXPECT_EQ(done(userinfo(provider, post("/userinfo", {{"access_token", token}}, ""))).status,
              200);
}

TEST_F(Userinfo, ChallengesWithoutErrorWhenThereIsNoToken_O70) {
    auto const response = done(userinfo(provider, HttpRequest()));
    EXPECT_EQ(response.status, 401);
    EXPECT_TRUE(challenge_of(response).starts_with("Bearer, DPoP algs="));
}

TEST_F(Userinfo, RefusesATokenThatIsNone_O70) {
    auto const response = redeem(new_code());
    auto const good = text(response, "access_token");
    ASSERT_EQ(ask_userinfo(good).status, 200);
    auto altered = good;
    altered.back() = altered.back() == 'A' ? 'E' : 'A';
    for (auto const& bad : {altered, text(response, "id_token"), text(response, "refresh_token"),
                            std::string("x"), std::string(100'000, 'a')}) {
        auto const refused = ask_userinfo(bad);
        EXPECT_EQ(refused.status, 401);
        EXPECT_TRUE(challenge_of(refused).starts_with("Bearer error=\"invalid_token\""));
    }
}

TEST_F(Userinfo, RefusesATokenThatHasExpiredOrWasRevoked_O70) {
    auto const expired = access_token();
    store.clock.advance(300s);
    EXPECT_EQ(ask_userinfo(expired).status, 401);
    auto const revoked = access_token();
    done(revocation(provider, post("/revoke", {{"token", revoked}})));
    EXPECT_EQ(ask_userinfo(revoked).status, 401);
}

TEST_F(Userinfo, RefusesAClientsOwnTokenAndOneWithoutOpenid_O70) {
    clients.add(parse_client(
                    tests::service({{"grant_types", {"authorization_code", "client_credentials"}}}))
                    .value());
    auto const own =
        ask_userinfo(text(ask_token({{"grant_type", "client_credentials"}}), "access_token"));
    EXPECT_EQ(own.status, 403);
    EXPECT_NE(challenge_of(own).find("insufficient_scope"), std::string::npos);
    EXPECT_EQ(ask_userinfo(access_token({{"scope", "profile"}})).status, 403);
}

TEST_F(Userinfo, RefusesWhenTheUserOrTheClientIsGone_I10) {
    auto const token = access_token();
    clients.remove("rp");
    EXPECT_EQ(ask_userinfo(token).status, 401);
    clients.add(parse_client(tests::service()).value());
    ASSERT_EQ(ask_userinfo(token).status, 200);
    store.commit(storage::disable_user(
        {"alice", store.now(), store.event(AuditKind::account_disabled)}, store.random));
    EXPECT_EQ(ask_userinfo(token).status, 401);
}

TEST_F(Userinfo, AnswersWithAllOrNothing) {
    auto const token = access_token();
    claims.fails = true;
    EXPECT_EQ(ask_userinfo(token).status, 503);
}

TEST_F(Userinfo, LetsScriptsOfTheClientsOriginsRead_O76) {
    HttpRequest request;
    request.headers.add("Authorization", "Bearer " + access_token());
    request.headers.add("Origin", "https://rp.example");
    EXPECT_EQ(done(userinfo(provider, request)).headers.find("Access-Control-Allow-Origin"),
              "https://rp.example");
    request.headers.set("Origin", "https://evil.example");
    EXPECT_FALSE(done(userinfo(provider, request)).headers.find("Access-Control-Allow-Origin"));
}

TEST_F(Introspection, TellsAClientOfItsOwnToken) {
    auto const response = redeem(new_code());
    auto const seen = json(done(
        introspection(provider, post("/introspect", {{"token", text(response, "access_token")}}))));
    EXPECT_TRUE(seen.at("active").as_bool());
    EXPECT_EQ(seen.at("client_id"), "rp");
    EXPECT_EQ(seen.at("sub"), "alice");
    EXPECT_EQ(seen.at("scope"), "openid profile");
    EXPECT_EQ(seen.at("acr"), "light");
    EXPECT_EQ(seen.at("token_type"), "Bearer");
    EXPECT_TRUE(introspects(text(response, "refresh_token")));
}

TEST_F(Introspection, SaysNothingOfAnythingElse_O73) {
    auto const token = access_token();
    ASSERT_TRUE(introspects(token));
    for (auto const& other :
         {std::string("random text"), std::string(60'000, 'a'), std::string(64, 'A')}) {
        auto const response =
            done(introspection(provider, post("/introspect", {{"token", other}})));
        EXPECT_EQ(response.body, R"({"active":false})");
    }
    EXPECT_FALSE(introspects(token, "other"));
    store.clock.advance(300s);
    EXPECT_FALSE(introspects(token));
}

TEST_F(Introspection, TellsAResourceOfATokenForIt_O73) {
    clients.add(parse_client(
                    tests::service({{"resources", {"https://api.example", "https://other.example"}},
                                    {"subject_type", "pairwise"}}))
                    .value());
    auto const token =
        text(redeem(new_code({{"resource", "https://api.example"}})), "access_token");
    auto const seen_by = [&](std::string_view who) {
        return json(done(introspection(provider, post("/introspect", {{"token", token}}, who))));
    };
    ASSERT_TRUE(seen_by("rp").at("active").as_bool());
    EXPECT_FALSE(seen_by("other").at("active").as_bool());
    clients.add(
        parse_client(tests::other_service({{"protected_resources", {"https://api.example"}}}))
            .value());
    EXPECT_EQ(seen_by("other"), seen_by("rp"));
    // To look is not to end.
    EXPECT_EQ(done(revocation(provider, post("/revoke", {{"token", token}}, "other"))).status, 200);
    EXPECT_TRUE(introspects(token));
}

TEST_F(Introspection, WantsAClientWithASecret_O73) {
    Fields const fields{{"token", access_token()}, {"client_id", "app"}};
    auto const as_public = done(introspection(provider, post("/introspect", fields, "")));
    EXPECT_EQ(as_public.status, 401);
    auto const as_nobody = done(introspection(provider, post("/introspect", {{"token", "x"}}, "")));
    EXPECT_EQ(as_nobody.status, 401);
    EXPECT_EQ(done(introspection(provider, post("/introspect", {}))).status, 400);
}

TEST_F(Introspection, SeesASpentRefreshTokenAndAnEndedSession_I10) {
    auto const spent = text(redeem(new_code()), "refresh_token");
    auto const next = text(ask_refresh(spent), "refresh_token");
    EXPECT_FALSE(introspects(spent));
    EXPECT_TRUE(introspects(next));
    store.clock.advance(session->idle_expires_at - store.now());
    EXPECT_FALSE(introspects(next));
}

TEST_F(Revocation, EndsAnAccessTokenAlone) {
    auto const tokens = redeem(new_code());
    auto const response = revoke(text(tokens, "access_token"));
    EXPECT_EQ(response.status, 200);
    EXPECT_TRUE(response.body.empty());
    EXPECT_FALSE(introspects(text(tokens, "access_token")));
    EXPECT_TRUE(introspects(text(tokens, "refresh_token")));
    EXPECT_EQ(store.audited(AuditKind::token_revoked), 1);
}

TEST_F(Revocation, EndsARefreshTokenWithItsAccessTokens) {
    auto const tokens = redeem(new_code());
    EXPECT_EQ(revoke(text(tokens, "refresh_token"), {{"token_type_hint", "refresh_token"}}).status,
              200);
    EXPECT_EQ(error(ask_refresh(text(tokens, "refresh_token"))), "invalid_grant");
    EXPECT_EQ(ask_userinfo(text(tokens, "access_token")).status, 401);
}

TEST_F(Revocation, AnswersTheSameForWhatThereIsNot_O75) {
    auto const token = access_token();
    EXPECT_EQ(revoke("unknown").status, 200);
    EXPECT_EQ(revoke(token, {}, "other").status, 200);
    EXPECT_TRUE(introspects(token));
    EXPECT_EQ(revoke(token, {{"token_type_hint", "refresh_token"}}).status, 200);
    EXPECT_FALSE(introspects(token));
    EXPECT_EQ(revoke(token).status, 200);
    EXPECT_EQ(error(revoke("")), "invalid_request");
}

// RFC 9470: the login was made before the service registered its minimum.
TEST_F(Userinfo, DemandsTheRegisteredMinimumOfTheLogin_Rfc9470) {
    auto const token = text(redeem(new_code()), "access_token");
    EXPECT_EQ(ask_userinfo(token).status, 200);
    clients.add(parse_client(tests::service({{"default_acr_values", {"strong"}}})).value());
    auto const response = ask_userinfo(token);
    EXPECT_EQ(response.status, 401);
    EXPECT_EQ(text(response, "error"), "insufficient_user_authentication");
    EXPECT_TRUE(response.headers.find("WWW-Authenticate")->ends_with(", acr_values=\"strong\""));
    clients.add(parse_client(tests::service({{"default_acr_values", {"moon"}}})).value());
    EXPECT_EQ(ask_userinfo(token).status, 200) << "not a level of this installation";
}

}  // namespace
}  // namespace tunnus::oidc
