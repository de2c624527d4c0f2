// SPDX-License-Identifier: MIT
// Clients by assertion at the endpoints: single use, and keys that must be fetched.
#include "idp/base/limits.hpp"
#include "oidc/protocol/client_assertion.hpp"
#include "tests/oidc/endpoints/test_provider.hpp"
#include "tests/oidc/protocol/keys.hpp"

#include <boost/json/serialize.hpp>

#include <latch>
#include <thread>

namespace tunnus::oidc {
namespace {

using tests::EndpointTest;
using tests::Fields;
using namespace std::chrono_literals;
namespace json = boost::json;

json::object signer(json::object const& more = {}) {
    auto object = tests::service({{"client_id", "signer"},
                                  {"token_endpoint_auth_method", "private_key_jwt"},
                                  {"grant_types", {"authorization_code", "client_credentials"}},
                                  {"jwks", tests::our_keys().to_json()}});
    object.erase("client_secret");
    for (auto const& member : more)
        object[member.key()] = member.value();
    return object;
}

struct AssertionUse : EndpointTest {
    AssertionUse() { clients.add(parse_client(signer()).value()); }

    std::string assertion(std::string_view jti, std::string_view client_id = "signer",
                          jose::SigningKey const& key = tests::es256_key()) {
        return jose::sign_jwt(key, "JWT",
                              {{"iss", client_id},
                               {"sub", client_id},
                               {"aud", "https://id.example/token"},
                               {"jti", jti},
                               {"exp", to_unix_s(store.now()) + 60}});
    }
    static Fields with(std::string const& text, Fields fields) {
        fields["client_assertion"] = text;
        fields["client_assertion_type"] = std::string(client_assertion_type);
        return fields;
    }
    HttpResponse ask(std::string const& text, Fields const& more = {}) {
        Fields fields{{"grant_type", "client_credentials"}, {"scope", "api"}};
        for (auto const& [name, value] : more)
            fields[name] = value;
        return ask_token(with(text, fields), "");
    }
};

TEST_F(AssertionUse, ProvesItsClientOnce_O54) {
    auto const text = assertion("1");
    EXPECT_EQ(ask(text).status, 200);
    auto const again = ask(text);
    EXPECT_EQ(again.status, 401);
    EXPECT_EQ(error(again), "invalid_client");
    EXPECT_FALSE(again.headers.find("WWW-Authenticate"));
    EXPECT_EQ(ask(assertion("2")).status, 200);
}

// I2
TEST_F(AssertionUse, ProvesItsClientOnceFromFiftyThreads_O55) {
    auto const text = assertion("1");
    std::atomic<int> won = 0;
    std::latch all(50);
    {
        std::vector<std::jthread> callers;
        for (int i = 0; i < 50; ++i)
            callers.emplace_back([&] {
                all.arrive_and_wait();
                if (ask(text).status == 200) ++won;
            });
    }
    EXPECT_EQ(won, 1);
}

TEST_F(AssertionUse, IsNotUsedUpByARequestThatWasRefused) {
    auto const text = assertion("1");
    EXPECT_EQ(error(ask(text, {{"scope", "unknown"}})), "invalid_scope");
    EXPECT_EQ(ask(text).status, 200);
}

TEST_F(AssertionUse, IsUsedUpByRequestsThatWriteNothingElse) {
    auto const introspects_with = [&](std::string const& text) {
        return done(
            introspection(provider, post("/introspect", with(text, {{"token", "unknown"}}), "")));
    };
    auto const text = assertion("1");
    EXPECT_EQ(introspects_with(text).status, 200);
    EXPECT_EQ(introspects_with(text).status, 401);
    EXPECT_EQ(ask(text).status, 401);
}

TEST_F(AssertionUse, IsOneOfItsClient) {
    clients.add(parse_client(signer({{"client_id", "other-signer"}})).value());
    EXPECT_EQ(ask(assertion("1")).status, 200);
    EXPECT_EQ(ask(assertion("1", "other-signer")).status, 200);
}

// Keys by jwks_uri: OpenID Connect Core §10.1.1.
struct FetchedKeys : AssertionUse {
    FetchedKeys() {
        auto object = signer({{"jwks_uri", "https://rp.example/jwks"}});
        object.erase("jwks");
        clients.add(parse_client(object).value());
        serve(tests::es256_key());
    }
    void serve(jose::SigningKey const& key) {
        http.set_server([&key](OutboundRequest const&) -> Result<OutboundResponse> {
            auto const set = jose::JwkSet({key.verification_key()}).to_json();
            return OutboundResponse{200, {}, json::serialize(set)};
        });
    }
    void fail() {
        http.set_server([](OutboundRequest const&) -> Result<OutboundResponse> {
            return OutboundResponse{500, {}, ""};
        });
    }
    int status_of(std::string_view jti, jose::SigningKey const& key = tests::es256_key()) {
        return ask(assertion(jti, "signer", key)).status;
    }
    std::size_t fetched() { return http.requests().size(); }
};

TEST_F(FetchedKeys, AreFetchedOnceAndNotOnTheFastLane) {
    auto const request =
        post("/token", with(assertion("1"), {{"grant_type", "client_credentials"}}), "");
    auto outcome = token(provider, request);
    ASSERT_TRUE(std::holds_alternative<Continuation>(outcome));
    EXPECT_EQ(std::get<Continuation>(outcome).lane, Lane::outbound);
    EXPECT_EQ(fetched(), 0U);
    EXPECT_EQ(done(std::move(outcome)).status, 200);
    EXPECT_EQ(http.requests().at(0).url, "https://rp.example/jwks");
    EXPECT_EQ(status_of("2"), 200);
    EXPECT_EQ(fetched(), 1U);
}

// oidcc-refresh-token-rp-key-rotation
TEST_F(FetchedKeys, AreFetchedAgainForAKidThatIsNew) {
    ASSERT_EQ(status_of("1"), 200);
    serve(tests::strangers_key());
    EXPECT_EQ(status_of("2", tests::strangers_key()), 200);
    EXPECT_EQ(fetched(), 2U);
    EXPECT_EQ(status_of("3"), 401);  // rotated away
}

// oidc-conformance.md 5.17: nobody can use us as a hammer.
TEST_F(FetchedKeys, AreNotFetchedAgainAndAgainForAKidThatIsNone) {
    ASSERT_EQ(status_of("1"), 200);
    for (auto const* jti : {"2", "3", "4"})
        EXPECT_EQ(status_of(jti, tests::strangers_key()), 401);
    EXPECT_EQ(fetched(), 2U);
    store.clock.advance(limits.client_keys_pause);
    EXPECT_EQ(status_of("5", tests::strangers_key()), 401);
    EXPECT_EQ(fetched(), 3U);
    EXPECT_EQ(status_of("6"), 200);
}

TEST_F(FetchedKeys, ServeWhileTheirServerIsDownButNotForEver) {
    ASSERT_EQ(status_of("1"), 200);
    fail();
    store.clock.advance(limits.client_keys_fresh);
    EXPECT_EQ(status_of("2"), 200);
    EXPECT_EQ(fetched(), 2U);
    EXPECT_EQ(status_of("3"), 200);
    EXPECT_EQ(fetched(), 2U);
    store.clock.advance(limits.client_keys_lifetime);
    EXPECT_EQ(status_of("4"), 401);
    serve(tests::es256_key());
    store.clock.advance(limits.client_keys_pause);
    EXPECT_EQ(status_of("5"), 200);
}

TEST_F(FetchedKeys, AreRefusedWhenTheyAreNoKeys) {
    for (std::string const& body :
         {std::string("<html>"), std::string("[]"), std::string("{}"),
          std::string(R"({"keys":[{"kty":"EC","crv":"P-256","x":"a","y":"b"}]})")}) {
        http.set_server([body](OutboundRequest const&) -> Result<OutboundResponse> {
            return OutboundResponse{200, {}, body};
        });
        EXPECT_EQ(status_of("1"), 401) << body;
        store.clock.advance(limits.client_keys_pause);
    }
}

TEST_F(FetchedKeys, AreNotFetchedForAClientThatCannotUseThem) {
    clients.add(parse_client(tests::service({{"jwks_uri", "https://rp.example/jwks"}})).value());
    EXPECT_EQ(ask(assertion("1", "rp")).status, 401);
    EXPECT_EQ(fetched(), 0U);
}

}  // namespace
}  // namespace tunnus::oidc
