// SPDX-License-Identifier: MIT
// What services ask all day asks storage little: two reads and one write at most, here by kind.
// Every other test of this folder counts along (EndpointTest::ask), and the stories of tests/flow
// with all that plugins read (invariants.cpp).
#include "idp/base/limits.hpp"
#include "oidc/endpoints/decoupled.hpp"
#include "tests/oidc/endpoints/test_provider.hpp"

namespace tunnus::oidc {
namespace {

using tests::EndpointTest;
using tests::Fields;
using namespace std::chrono_literals;

constexpr auto exchange_grant = "urn:ietf:params:oauth:grant-type:token-exchange";
constexpr auto device_grant = "urn:ietf:params:oauth:grant-type:device_code";
constexpr auto access_token_type = "urn:ietf:params:oauth:token-type:access_token";

struct ReadCount : EndpointTest {
    ReadCount() {
        clients.add(
            parse_client(tests::service({{"grant_types",
                                          {"authorization_code", "refresh_token",
                                           "client_credentials", exchange_grant, device_grant}},
                                         {"resources", {"other"}}}))
                .value());
    }
    /// Reads and writes of one request. Nothing is remembered of tokens that were seen before.
    using Counts = std::pair<int, int>;
    template <class Request>
    Counts counted(Request const& request) {
        std::vector<sql::Statement> end{{"UPDATE users SET created_at = created_at", {}, {}}};
        EXPECT_EQ(store.commit(std::make_unique<sql::Write>("an end", std::move(end))),
                  Verdict::won);
        auto const before = database.here();
        last = request();
        return {database.here().reads - before.reads, database.here().writes - before.writes};
    }
    Counts introspecting(std::string const& token, std::string const& hint = {}) {
        return counted([&] {
            return done(introspection(
                provider, post("/introspect", {{"token", token}, {"token_type_hint", hint}})));
        });
    }
    HttpResponse last{0};
};

TEST_F(ReadCount, OfACodeAndItsTokens) {
    auto const code = new_code();
    EXPECT_EQ(counted([&] { return redeem(code); }), Counts(1, 1));
    auto const access = text(last, "access_token");
    EXPECT_EQ(counted([&] { return ask_userinfo(access); }), Counts(1, 0));
    EXPECT_EQ(last.status, 200);
    EXPECT_EQ(counted([&] { return redeem(code); }), Counts(1, 1)) << "which ends the grant";
}

TEST_F(ReadCount, OfARefreshToken) {
    auto const first = text(redeem(new_code()), "refresh_token");
    EXPECT_EQ(counted([&] { return ask_refresh(first); }), Counts(1, 1));
    auto const second = text(last, "refresh_token");
    ASSERT_NE(second, first) << "rotated";
    EXPECT_EQ(counted([&] { return ask_refresh(first); }), Counts(2, 0)) << "the same answer again";
    EXPECT_EQ(text(last, "refresh_token"), second);
    EXPECT_EQ(counted([&] { return ask_refresh(first, {{"scope", "openid"}}); }), Counts(2, 0));
    EXPECT_EQ(error(last), "invalid_grant");
    store.clock.advance(limits.refresh_repeat_window);
    EXPECT_EQ(counted([&] { return ask_refresh(first); }), Counts(2, 1)) << "theft";
}

TEST_F(ReadCount, OfAnIntrospectionWhateverTheTokenAndTheHint) {
    auto const tokens = redeem(new_code());
    auto const own = ask_token({{"grant_type", "client_credentials"}, {"scope", "api"}});
    for (auto const& token : {text(tokens, "access_token"), text(tokens, "refresh_token"),
                              text(own, "access_token"), store.bearer().text()})
        for (auto const* hint : {"", "access_token", "refresh_token", "other"})
            EXPECT_EQ(introspecting(token, hint), Counts(1, 0)) << hint;
    EXPECT_EQ(introspecting("no token"), Counts(0, 0));
    EXPECT_EQ(counted([&] {
                  return done(revocation(
                      provider, post("/revoke", {{"token", text(tokens, "refresh_token")}})));
              }),
              Counts(1, 1));
}

TEST_F(ReadCount, OfTokensMadeOfNothingOrOfOthers) {
    EXPECT_EQ(counted([&] {
                  return ask_token({{"grant_type", "client_credentials"}, {"scope", "api"}});
              }),
              Counts(0, 1));
    auto const actor = text(last, "access_token");
    auto const subject = text(redeem(new_code()), "access_token");
    EXPECT_EQ(counted([&] {
                  return ask_token({{"grant_type", exchange_grant},
                                    {"subject_token", subject},
                                    {"subject_token_type", access_token_type},
                                    {"actor_token", actor},
                                    {"actor_token_type", access_token_type},
                                    {"audience", "other"}});
              }),
              Counts(2, 1));
    EXPECT_EQ(last.status, 200) << last.body;
}

TEST_F(ReadCount, OfADevice) {
    auto const asked = json(done(device_authorization(
        provider, post("/device_authorization", {{"scope", "openid profile"}}))));
    auto const ask_for = [&] {
        return ask_token({{"grant_type", device_grant},
                          {"device_code", std::string(asked.at("device_code").as_string())}});
    };
    EXPECT_EQ(counted(ask_for), Counts(1, 1));
    EXPECT_EQ(error(last), "authorization_pending");
    auto const waiting =
        find_by_user_code(provider, asked.at("user_code").as_string()).value().value();
    EXPECT_EQ(allow_elsewhere(*begin_decoupled(provider, waiting).value()), Verdict::won);
    store.clock.advance(10s);
    EXPECT_EQ(counted(ask_for), Counts(2, 1));
    EXPECT_EQ(last.status, 200) << last.body;
}

}  // namespace
}  // namespace tunnus::oidc
