// SPDX-License-Identifier: MIT
// Token exchange (RFC 8693), and its uma-ticket spelling.
#include "idp/base/limits.hpp"
#include "tests/oidc/endpoints/test_provider.hpp"

#include <algorithm>

namespace tunnus::oidc {
namespace {

using tests::EndpointTest;
using tests::Fields;
using namespace std::chrono_literals;

constexpr auto exchange_grant = "urn:ietf:params:oauth:grant-type:token-exchange";
constexpr auto uma_grant = "urn:ietf:params:oauth:grant-type:uma-ticket";
constexpr auto access_token_type = "urn:ietf:params:oauth:token-type:access_token";

struct Exchange : EndpointTest {
    Exchange() {
        clients.add(
            parse_client(
                tests::service({{"grant_types",
                                 {"authorization_code", "refresh_token", "client_credentials",
                                  exchange_grant, uma_grant}},
                                {"scope", "openid profile open offline_access api access"},
                                {"resources", {"other", "https://api.example", "profile-api"}}}))
                .value());
        auto other = tests::other_service();
        other["grant_types"] = {"authorization_code", "client_credentials", exchange_grant};
        other["resources"] = {"archive", "rp"};
        clients.add(parse_client(other).value());
    }
    std::string login_token(std::string const& scope = "openid profile") {
        return text(redeem(new_code({{"scope", scope}})), "access_token");
    }
    HttpResponse exchange(std::string const& subject, Fields const& more = {},
                          std::string_view basic = "rp") {
        Fields fields{{"grant_type", exchange_grant},
                      {"subject_token", subject},
                      {"subject_token_type", access_token_type}};
        for (auto const& [name, value] : more)
            fields[name] = value;
        return ask_token(fields, basic);
    }
    HttpResponse ask_uma(std::string const& bearer, Fields const& fields) {
        auto request = post("/token", fields, "");
        request.headers.add("Authorization", "Bearer " + bearer);
        request.headers.add("Origin", "https://rp.example");
        return done(token(provider, request));
    }
    HttpResponse ask_uma_for(std::string const& bearer, std::string const& audience,
                             std::string const& permission = "#access") {
        return ask_uma(
            bearer,
            {{"grant_type", uma_grant}, {"audience", audience}, {"permission", permission}});
    }
    boost::json::object seen(HttpResponse const& response, std::string_view basic = "rp") {
        return json(done(introspection(
            provider, post("/introspect", {{"token", text(response, "access_token")}}, basic))));
    }
};

TEST_F(Exchange, MakesATokenForATarget_Rfc8693_2_2) {
    auto const subject = login_token();
    auto const response = exchange(subject, {{"audience", "profile-api"}, {"scope", "profile"}});
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(text(response, "issued_token_type"), access_token_type);
    EXPECT_EQ(text(response, "token_type"), "Bearer");
    EXPECT_EQ(text(response, "scope"), "profile");
    EXPECT_FALSE(json(response).contains("refresh_token"));
    EXPECT_FALSE(json(response).contains("id_token"));
    auto const about = seen(response);
    EXPECT_EQ(about.at("aud"), "profile-api");
    EXPECT_EQ(about.at("sub"), "alice");
    EXPECT_FALSE(about.contains("act")) << "its own token";
    EXPECT_EQ(ask_userinfo(text(response, "access_token")).status, 401) << "not for us (O-72)";
    EXPECT_EQ(store.audited(AuditKind::token_exchanged), 1);
}

TEST_F(Exchange, IsFoundByDiscovery) {
    auto const metadata = json(done(openid_configuration(provider, HttpRequest())));
    auto const& listed = metadata.at("grant_types_supported").as_array();
    for (auto const* grant : {exchange_grant, uma_grant})
        EXPECT_EQ(std::ranges::count(listed, boost::json::value(grant)), 1) << grant;
}

TEST_F(Exchange, NamesWhoActs_Rfc8693_4_1) {
    auto const handed = exchange(login_token(), {{"audience", "other"}});
    auto const once = exchange(text(handed, "access_token"), {{"audience", "archive"}}, "other");
    ASSERT_EQ(once.status, 200) << once.body;
    EXPECT_EQ(seen(once, "other").at("act"), (boost::json::object{{"sub", "other"}}));
    auto const own = text(ask_token({{"grant_type", "client_credentials"}}), "access_token");
    auto const with_actor = exchange(login_token(), {{"audience", "profile-api"},
                                                     {"actor_token", own},
                                                     {"actor_token_type", access_token_type}});
    ASSERT_EQ(with_actor.status, 200) << with_actor.body;
    EXPECT_EQ(seen(with_actor).at("act"), (boost::json::object{{"sub", "rp"}}));
}

TEST_F(Exchange, RefusesATokenThatWillNotDo_O82) {
    auto const tokens = redeem(new_code());
    auto const subject = text(tokens, "access_token");
    for (auto const& bad : {text(tokens, "id_token"), text(tokens, "refresh_token"),
                            std::string("x"), std::string(64, 'A')})
        EXPECT_EQ(error(exchange(bad, {{"audience", "profile-api"}})), "invalid_request");
    EXPECT_EQ(error(exchange(subject, {{"audience", "archive"}}, "other")), "invalid_request")
        << "another client's";
    auto const own = text(ask_token({{"grant_type", "client_credentials"}}), "access_token");
    EXPECT_EQ(error(exchange(own)), "invalid_request") << "about nobody";
    EXPECT_EQ(exchange(subject).status, 200);
    store.clock.advance(provider.lifetimes.access_token);
    EXPECT_EQ(error(exchange(subject)), "invalid_request") << "expired";
}

TEST_F(Exchange, WidensNothing_O82) {
    auto const subject = login_token();
    EXPECT_EQ(error(exchange(subject, {{"scope", "openid profile api"}})), "invalid_scope");
    EXPECT_EQ(error(exchange(subject, {{"audience", "archive"}})), "invalid_target");
    EXPECT_EQ(error(exchange(subject, {{"resource", "https://evil.example"}})), "invalid_target");
    auto const narrow = text(exchange(subject, {{"audience", "profile-api"}}), "access_token");
    auto const again = exchange(narrow);
    ASSERT_EQ(again.status, 200) << again.body;
    EXPECT_EQ(seen(again).at("aud"), "profile-api") << "nothing asked: no more than before";
    store.clock.advance(100s);
    EXPECT_EQ(json(exchange(subject)).at("expires_in"), 200) << "ends with what it is made of";
}

TEST_F(Exchange, OfAHandedTokenSaysWhatFor_O82) {
    auto const handed = text(exchange(login_token(), {{"audience", "other"}}), "access_token");
    EXPECT_EQ(error(exchange(handed, {}, "other")), "invalid_target");
}

TEST_F(Exchange, TakesNobodyForAnActorWhoDidNotSaySo_O82) {
    auto const subject = login_token();
    auto const person = login_token();
    auto const others =
        text(ask_token({{"grant_type", "client_credentials"}}, "other"), "access_token");
    for (auto const& actor : {person, others, std::string("x")})
        EXPECT_EQ(error(exchange(
                      subject, {{"actor_token", actor}, {"actor_token_type", access_token_type}})),
                  "invalid_request");
}

TEST_F(Exchange, GoesOnlySoDeep_O82) {
    auto token = text(exchange(login_token(), {{"audience", "other"}}), "access_token");
    bool by_other = true;
    for (std::size_t i = 0; i < limits.token_exchange_depth; ++i) {
        auto const response =
            exchange(token, {{"audience", by_other ? "rp" : "other"}}, by_other ? "other" : "rp");
        ASSERT_EQ(response.status, 200) << i << response.body;
        token = text(response, "access_token");
        by_other = !by_other;
    }
    EXPECT_EQ(error(exchange(token, {{"audience", by_other ? "rp" : "other"}},
                             by_other ? "other" : "rp")),
              "invalid_request");
}

TEST_F(Exchange, TakesAndMakesJwtsForAClientThatRegisteredThem_Rfc9068) {
    auto registration = tests::service({{"grant_types", {"authorization_code", exchange_grant}},
                                        {"access_token_format", "jwt"},
                                        {"resources", {"other"}}});
    clients.add(parse_client(registration).value());
    auto const subject = login_token();
    store.clock.advance(100s);
    auto const made = text(exchange(subject, {{"audience", "other"}}), "access_token");
    auto const said =
        jose::VerifiedJwt::verify(made, ring.current()->verification, {jose::Algorithm::ES256})
            .value()
            .claims();
    EXPECT_EQ(said.at("aud"), "other");
    EXPECT_EQ(said.at("exp").as_int64(), to_unix_s(store.now()) + 200);
    EXPECT_FALSE(said.contains("act"));
    auto const handed = exchange(made, {{"audience", "archive"}}, "other");
    EXPECT_EQ(handed.status, 200) << handed.body;
    EXPECT_EQ(seen(handed, "other").at("act"), (boost::json::object{{"sub", "other"}}));
    store.clock.advance(200s);
    EXPECT_EQ(error(exchange(made, {{"audience", "archive"}}, "other")), "invalid_request");
}

TEST_F(Exchange, EndsWithItsGrant_I10) {
    auto const subject = login_token("openid profile");
    auto const made = exchange(subject, {{"audience", "profile-api"}});
    ASSERT_TRUE(seen(made).at("active").as_bool());
    store.commit(storage::withdraw_consent(
        {"alice", "rp", store.now(), store.event(AuditKind::consent_withdrawn)}, store.random));
    EXPECT_FALSE(seen(made).at("active").as_bool());
    EXPECT_EQ(error(exchange(subject)), "invalid_request");
}

TEST_F(Exchange, IsForWhoRegisteredIt_O81) {
    clients.add(parse_client(tests::service()).value());
    EXPECT_EQ(error(exchange(login_token())), "unauthorized_client");
    EXPECT_EQ(error(ask_uma_for(login_token(), "profile-api")), "unauthorized_client");
}

TEST_F(Exchange, MakesOneTokenForOneApiByUmaTicket) {
    auto const response = ask_uma_for(login_token(), "profile-api");
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(response.headers.find("Access-Control-Allow-Origin"), "https://rp.example");
    EXPECT_EQ(response.headers.find("Cache-Control"), "no-store");
    auto const about = seen(response);
    EXPECT_EQ(about.at("aud"), "profile-api");
    EXPECT_EQ(about.at("client_id"), "rp");
    EXPECT_EQ(about.at("sub"), "alice");
    EXPECT_EQ(about.at("authorization").at_pointer("/permissions/0/scopes"),
              boost::json::array{"access"});
    EXPECT_EQ(ask_userinfo(text(response, "access_token")).status, 401);
    auto const further = ask_uma_for(text(response, "access_token"), "profile-api");
    EXPECT_EQ(further.status, 401) << "an API's token makes no further ones";
    EXPECT_EQ(text(further, "error"), "invalid_token");
}

TEST_F(Exchange, PermissionsStayWithTheirTarget_O82) {
    auto const handed = ask_uma_for(login_token(), "other");
    ASSERT_EQ(seen(handed, "other"), seen(handed)) << "it is for that one (O-73)";
    ASSERT_TRUE(seen(handed).contains("authorization"));
    auto const passed_on =
        exchange(text(handed, "access_token"), {{"audience", "archive"}}, "other");
    ASSERT_EQ(passed_on.status, 200) << passed_on.body;
    EXPECT_EQ(seen(passed_on, "other").at("aud"), "archive");
    EXPECT_FALSE(seen(passed_on, "other").contains("authorization"));
}

TEST_F(Exchange, RefusesWhatAUmaTicketMayNotAsk_O82) {
    auto const token = login_token();
    EXPECT_EQ(error(ask_uma_for(token, "archive")), "invalid_target");
    EXPECT_EQ(error(ask_uma_for(token, "profile-api", "#gdprdelete")), "invalid_scope");
    EXPECT_EQ(error(ask_uma_for(token, "profile-api", "access")), "invalid_scope");
    EXPECT_EQ(error(ask_uma(token, {{"grant_type", uma_grant}})), "invalid_request");
    EXPECT_EQ(error(ask_uma(token, {{"grant_type", "refresh_token"}})), "invalid_request")
        << "a bearer token is no client authentication";
    auto const bad = ask_uma_for(std::string(64, 'A'), "profile-api");
    EXPECT_EQ(bad.status, 401);
    EXPECT_TRUE(bad.headers.find("WWW-Authenticate")->starts_with("Bearer"));
    auto const own = text(ask_token({{"grant_type", "client_credentials"}}), "access_token");
    EXPECT_EQ(error(ask_uma_for(own, "profile-api")), "invalid_grant");
}

}  // namespace
}  // namespace tunnus::oidc
