// SPDX-License-Identifier: MIT
#include "oidc/endpoints/pushed_authorization_request.hpp"

#include "idp/base/limits.hpp"
#include "oidc/protocol/client_assertion.hpp"
#include "tests/oidc/endpoints/test_provider.hpp"
#include "tests/oidc/protocol/dpop_proofs.hpp"
#include "tests/oidc/protocol/keys.hpp"

#include <boost/json/serialize.hpp>

namespace tunnus::oidc {
namespace {

using tests::EndpointTest;
using tests::Fields;

struct PushedAuthorizationRequest : EndpointTest {
    HttpResponse push(Fields const& more = {}, std::string_view basic = "rp") {
        return done(
            pushed_authorization_request(provider, post("/par", request_fields(more), basic)));
    }
    std::string pushed(Fields const& more = {}) {
        auto const response = push(more);
        EXPECT_EQ(response.status, 201) << response.body;
        return text(response, "request_uri");
    }
    /// What the browser brings.
    static HttpRequest come(std::string const& request_uri, std::string const& client_id = "rp",
                            std::string const& more = {}) {
        HttpRequest request;
        request.path = "/authorize";
        request.request_id = "r1";
        request.query = build_form({{"client_id", client_id}, {"request_uri", request_uri}}) + more;
        return request;
    }
    AuthorizationRequest accepted(HttpRequest const& request) {
        auto begun = EndpointTest::begun(request);
        if (auto* answer = std::get_if<HttpResponse>(&begun))
            throw std::runtime_error(answer->body);
        return std::move(std::get<BegunAuthorization>(begun).request);
    }
    void expect_page(HttpRequest const& request, std::string_view error_word) {
        auto const response = refused(request);
        EXPECT_EQ(response.status, 400);
        EXPECT_FALSE(response.headers.find("Location"));
        EXPECT_TRUE(response.body.starts_with("error\n" + std::string(error_word)))
            << response.body;
    }
    void require_pushing() {
        clients.add(parse_client(tests::service({{"require_pushed_authorization_requests", true}}))
                        .value());
    }
};

// RFC 9126 §2.2: 201, JSON, no-store, a reference and how long it lives.
TEST_F(PushedAuthorizationRequest, Rfc9126Section22) {
    auto const response = push();
    EXPECT_EQ(response.status, 201);
    EXPECT_EQ(response.headers.find("Content-Type"), "application/json");
    EXPECT_EQ(response.headers.find("Cache-Control"), "no-store");
    EXPECT_FALSE(response.headers.find("Access-Control-Allow-Origin"));
    EXPECT_EQ(json(response).at("expires_in").as_int64(), 60);
    auto const request_uri = text(response, "request_uri");
    EXPECT_TRUE(request_uri.starts_with("urn:ietf:params:oauth:request_uri:"));
    EXPECT_EQ(request_uri.size(), 34 + 64U);
}

TEST_F(PushedAuthorizationRequest, BringsTheRequestAsItWasPushed) {
    auto const request = accepted(come(pushed({{"login_hint", "a@b.example"}, {"max_age", "60"}})));
    EXPECT_EQ(request.client_id, "rp");
    EXPECT_EQ(request.redirect_uri.text(), "https://rp.example/cb");
    EXPECT_EQ(request.state, "af0ifjsldkj");
    EXPECT_EQ(request.nonce, "n-0S6_WzA2Mj");
    EXPECT_EQ(request.code_challenge, tests::challenge);
    EXPECT_EQ(request.login_hint, "a@b.example");
    EXPECT_EQ(request.max_age, seconds(60));
}

TEST_F(PushedAuthorizationRequest, OuterParametersAreIgnored_O41) {
    auto const request_uri = pushed();
    auto const request = accepted(come(
        request_uri, "rp",
        "&state=other&redirect_uri=https%3A%2F%2Fevil.example&response_mode=form_post&nonce=x"));
    EXPECT_EQ(request.state, "af0ifjsldkj");
    EXPECT_EQ(request.redirect_uri.text(), "https://rp.example/cb");
    EXPECT_EQ(request.response_way.mode, ResponseMode::query);
}

TEST_F(PushedAuthorizationRequest, NeedsTheClientToAuthenticate_O38) {
    EXPECT_EQ(push({}, "nobody").status, 401);
    EXPECT_EQ(error(push({}, "nobody")), "invalid_client");
    EXPECT_NE(push({{"client_id", "other"}}).status, 201);
    EXPECT_EQ(push({{"client_id", "(absent)"}}).status, 201);
}

TEST_F(PushedAuthorizationRequest, RefusesWithJsonWhatTheBrowserWouldBeRefused_O38) {
    for (auto const& wrong :
         {Fields{{"redirect_uri", "https://evil.example/cb"}}, Fields{{"redirect_uri", "(absent)"}},
          Fields{{"code_challenge", "(absent)"}}, Fields{{"code_challenge_method", "plain"}},
          Fields{{"prompt", "none login"}}, Fields{{"dpop_jkt", "short"}}}) {
        auto const response = push(wrong);
        EXPECT_EQ(response.status, 400);
        EXPECT_EQ(error(response), "invalid_request");
        EXPECT_FALSE(response.headers.find("Location"));
    }
    EXPECT_EQ(error(push({{"scope", "nothing-known"}})), "invalid_scope");
    auto request = post("/par", request_fields());
    request.body += "&state=again";
    EXPECT_EQ(error(done(pushed_authorization_request(provider, request))), "invalid_request");
    request = post("/par", {});
    request.headers.set("Content-Type", "application/json");
    request.body = "{}";
    EXPECT_EQ(error(done(pushed_authorization_request(provider, request))), "invalid_request");
}

TEST_F(PushedAuthorizationRequest, RefusesARequestUri_O39) {
    EXPECT_EQ(error(push({{"request_uri", "urn:ietf:params:oauth:request_uri:x"}})),
              "invalid_request");
    EXPECT_EQ(error(push({{"request_uri", "https://rp.example/object"}})), "invalid_request");
}

TEST_F(PushedAuthorizationRequest, IsSpentWhenTheLoginEndsAndNotBefore_O40) {
    auto const request_uri = pushed();
    auto const seen_first = accepted(come(request_uri));
    EXPECT_EQ(accepted(come(request_uri)).pushed_request, seen_first.pushed_request);
    sign_in({{"request_uri", request_uri}});
    expect_page(come(request_uri), "invalid_request_uri");
}

TEST_F(PushedAuthorizationRequest, OneOfTwoLoginsWins_O40) {
    auto const request_uri = pushed();
    auto const begun =
        std::get<BegunAuthorization>(begin_authorization(provider, come(request_uri)));
    sign_in({{"request_uri", request_uri}});
    Authenticated who{.user_id = "alice",
                      .session_id = session->id,
                      .session_expires_at = {},
                      .acr = "light",
                      .amr = {},
                      .auth_time = store.now(),
                      .granted_scopes = begun.request.scope,
                      .granted_claims = {},
                      .locale = "fi"};
    auto finished =
        finish_authorization(provider, *begun.client, begun.request, who, store.now()).value();
    storage::FinishLogin login;
    login.used_session = session;
    login.grant = finished.grant;
    login.pushed_request = finished.pushed_request;
    EXPECT_EQ(store.commit(storage::finish_login(login, store.sealer, store.random)),
              Verdict::lost);
}

TEST_F(PushedAuthorizationRequest, IsForItsClientAndItsTime_O40) {
    auto const request_uri = pushed();
    expect_page(come(request_uri, "other"), "invalid_request_uri");
    expect_page(come(request_uri, "unknown"), "invalid_request");
    expect_page(come(request_uri + "x"), "invalid_request_uri");
    expect_page(come(request_uri.substr(0, 60)), "invalid_request_uri");
    expect_page(come("urn:ietf:params:oauth:request_uri:" + std::string(10'000, 'a')),
                "invalid_request_uri");
    expect_page(come(request_uri, "rp", "&request_uri=x"), "invalid_request");
    expect_page(come(request_uri, "rp", "&client_id=other"), "invalid_request");
    store.clock.advance(seconds(59));
    EXPECT_EQ(accepted(come(request_uri)).client_id, "rp");
    store.clock.advance(seconds(1));
    expect_page(come(request_uri), "invalid_request_uri");
}

TEST_F(PushedAuthorizationRequest, FollowsTheRegistration) {
    auto const request_uri = pushed();
    clients.add(
        parse_client(tests::service({{"redirect_uris", {"https://rp.example/new"}}})).value());
    expect_page(come(request_uri), "invalid_request");
}

TEST_F(PushedAuthorizationRequest, CanBeDemandedByAClientOrOfAll) {
    EXPECT_NO_THROW(begin());
    require_pushing();
    EXPECT_EQ(field(refused(authorize()), "error"), "invalid_request");
    EXPECT_EQ(accepted(come(pushed())).client_id, "rp");
    clients.add(parse_client(tests::service()).value());
    EXPECT_NO_THROW(begin());
    provider.require_pushed_authorization_requests = true;
    EXPECT_EQ(field(refused(authorize()), "error"), "invalid_request");
    EXPECT_EQ(accepted(come(pushed())).client_id, "rp");
}

// RFC 9126 §2.3: 429; another client's place is its own.
TEST_F(PushedAuthorizationRequest, OfOneClientAreSoManyAtATime) {
    limits.pushed_requests_per_client = 2;
    EXPECT_EQ(push().status, 201);
    auto const second = pushed();
    auto const third = push();
    EXPECT_EQ(third.status, 429);
    EXPECT_EQ(third.headers.find("Retry-After"), "60");
    EXPECT_EQ(third.headers.find("Cache-Control"), "no-store");
    EXPECT_EQ(json(third).at("error"), "temporarily_unavailable");
    EXPECT_EQ(push({{"client_id", "other"}, {"redirect_uri", "https://other.example/cb"}}, "other")
                  .status,
              201);
    accepted(come(second));
    store.clock.advance(limits.pushed_request_lifetime);
    EXPECT_EQ(push().status, 201);
}

TEST_F(PushedAuthorizationRequest, MayBeSigned) {
    clients.add(parse_client(tests::service({{"jwks", tests::our_keys().to_json()},
                                             {"require_signed_request_object", true}}))
                    .value());
    boost::json::object object{{"aud", provider.issuer},
                               {"iss", "rp"},
                               {"nbf", to_unix_s(store.now())},
                               {"exp", to_unix_s(store.now()) + 60}};
    for (auto const& [name, value] : request_fields())
        object[name] = value;
    auto const signed_object = jose::sign_jwt(tests::es256_key(), "oauth-authz-req+jwt", object);
    auto const push_object = [&](std::string const& request) {
        return done(pushed_authorization_request(provider, post("/par", {{"request", request}})));
    };
    auto const response = push_object(signed_object);
    ASSERT_EQ(response.status, 201) << response.body;
    EXPECT_EQ(accepted(come(text(response, "request_uri"))).state, "af0ifjsldkj");
    EXPECT_EQ(error(push()), "invalid_request");
    EXPECT_EQ(error(push_object(signed_object + "A")), "invalid_request_object");
}

// RFC 9126 §2: by every method of authentication. By assertion once, as anywhere.
TEST_F(PushedAuthorizationRequest, TakesAnAssertionOnce_O54) {
    auto registration = tests::service({{"token_endpoint_auth_method", "private_key_jwt"},
                                        {"jwks_uri", "https://rp.example/jwks"}});
    registration.erase("client_secret");
    clients.add(parse_client(registration).value());
    http.set_server([](OutboundRequest const&) -> Result<OutboundResponse> {
        return OutboundResponse{200, {}, boost::json::serialize(tests::our_keys().to_json())};
    });
    auto const push_with = [&](std::string_view audience, std::string_view jti) {
        auto fields = request_fields();
        fields["client_assertion_type"] = std::string(client_assertion_type);
        fields["client_assertion"] = jose::sign_jwt(tests::es256_key(), "JWT",
                                                    {{"iss", "rp"},
                                                     {"sub", "rp"},
                                                     {"aud", audience},
                                                     {"jti", jti},
                                                     {"exp", to_unix_s(store.now()) + 60}});
        return done(pushed_authorization_request(provider, post("/par", fields, "")));
    };
    for (auto const* const audience :
         {"https://id.example", "https://id.example/token", "https://id.example/par"})
        EXPECT_EQ(push_with(audience, audience).status, 201) << audience;
    EXPECT_EQ(error(push_with("https://id.example/par", "https://id.example/par")),
              "invalid_client");
    EXPECT_EQ(error(push_with("https://id.example/userinfo", "x")), "invalid_client");
    EXPECT_EQ(http.requests().size(), 1U);
}

// RFC 9449 §10.1: a proof binds the code as dpop_jkt does, and may not contradict it.
TEST_F(PushedAuthorizationRequest, IsBoundToTheKeyOfItsProof) {
    auto const& key = tests::es256_key();
    auto const jkt = key.verification_key().thumbprint();
    int proofs = 0;
    auto const push_proving = [&](Fields const& more, std::string_view path = "/par") {
        auto request = post("/par", request_fields(more));
        request.headers.add("DPoP", tests::proof(tests::proof_header(key),
                                                 {{"jti", std::to_string(++proofs)},
                                                  {"htm", "POST"},
                                                  {"htu", provider.issuer + std::string(path)},
                                                  {"iat", to_unix_s(store.now())}},
                                                 key));
        return done(pushed_authorization_request(provider, request));
    };
    auto const jkt_of = [&](HttpResponse const& response) {
        return accepted(come(text(response, "request_uri"))).dpop_jkt;
    };
    EXPECT_EQ(jkt_of(push_proving({})), jkt);
    EXPECT_EQ(jkt_of(push_proving({{"dpop_jkt", jkt}})), jkt);
    EXPECT_EQ(jkt_of(push({{"dpop_jkt", jkt}})), jkt);
    EXPECT_EQ(jkt_of(push()), std::nullopt);
    auto const strangers = tests::strangers_key().verification_key().thumbprint();
    EXPECT_EQ(error(push_proving({{"dpop_jkt", strangers}})), "invalid_dpop_proof");
    EXPECT_EQ(error(push_proving({}, "/token")), "invalid_dpop_proof");

    auto const bound = sign_in({{"request_uri", text(push_proving({}), "request_uri")}});
    EXPECT_EQ(error(redeem(field(bound, "code"))), "invalid_grant");
}

// RFC 9126 §3: the keys of a client by jwks_uri are fetched for its signed request.
TEST_F(PushedAuthorizationRequest, MayBeSignedByAKeyThatIsFetched) {
    clients.add(parse_client(tests::service({{"jwks_uri", "https://rp.example/jwks"}})).value());
    http.set_server([](OutboundRequest const&) -> Result<OutboundResponse> {
        return OutboundResponse{200, {}, boost::json::serialize(tests::our_keys().to_json())};
    });
    boost::json::object object{
        {"aud", provider.issuer}, {"iss", "rp"}, {"exp", to_unix_s(store.now()) + 60}};
    for (auto const& [name, value] : request_fields())
        object[name] = value;
    auto const signed_object = jose::sign_jwt(tests::es256_key(), "oauth-authz-req+jwt", object);
    auto const strangers = post("/par", {{"request", signed_object}}, "nobody");
    EXPECT_EQ(error(done(pushed_authorization_request(provider, strangers))), "invalid_client");
    EXPECT_TRUE(http.requests().empty());
    auto const request = post("/par", {{"request", signed_object}});
    auto outcome = pushed_authorization_request(provider, request);
    EXPECT_EQ(std::get<Continuation>(outcome).lane, Lane::outbound);
    EXPECT_TRUE(http.requests().empty());
    auto const response = done(std::move(outcome));
    ASSERT_EQ(response.status, 201) << response.body;
    EXPECT_EQ(accepted(come(text(response, "request_uri"))).state, "af0ifjsldkj");
    EXPECT_EQ(http.requests().size(), 1U);
}

}  // namespace
}  // namespace tunnus::oidc
