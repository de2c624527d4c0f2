// SPDX-License-Identifier: MIT
// One judge for all who take a token: what ends one ends it everywhere (threats.md I10, O-67).
#include "oidc/grants/live_token.hpp"

#include "oidc/protocol/service.hpp"
#include "tests/oidc/endpoints/test_provider.hpp"

namespace tunnus::oidc {
namespace {

using tests::EndpointTest;
using tests::Fields;
using namespace std::chrono_literals;

constexpr auto exchange_grant = "urn:ietf:params:oauth:grant-type:token-exchange";
constexpr auto uma_grant = "urn:ietf:params:oauth:grant-type:uma-ticket";

struct LiveTokenTest : EndpointTest {
    LiveTokenTest() {
        register_rp();
        handed_on();
    }
    void register_rp(boost::json::object const& more = {}) {
        boost::json::object members{
            {"grant_types", {"authorization_code", "refresh_token", exchange_grant, uma_grant}},
            {"resources", {"other", "https://api.example", "https://id.example"}}};
        for (auto const& member : more)
            members[member.key()] = member.value();
        clients.add(parse_client(tests::service(members)).value());
    }
    void handed_on() {
        auto other = tests::other_service();
        other["grant_types"] = {"authorization_code", exchange_grant};
        other["resources"] = {"other", "https://id.example"};
        clients.add(parse_client(other).value());
    }
    HttpResponse exchange(std::string const& subject, std::string const& audience,
                          std::string_view basic = "rp") {
        return ask_token({{"grant_type", exchange_grant},
                          {"subject_token", subject},
                          {"subject_token_type", "urn:ietf:params:oauth:token-type:access_token"},
                          {"audience", audience}},
                         basic);
    }
    HttpResponse ask_uma(std::string const& bearer) {
        auto request = post("/token", {{"grant_type", uma_grant}, {"audience", "other"}}, "");
        request.headers.add("Authorization", "Bearer " + bearer);
        return ask(token, request);
    }
    /// By every place that takes the service's own token.
    std::vector<bool> takes(std::string const& access) {
        return {ask_userinfo(access).status == 200, introspects(access),
                exchange(access, "other").status == 200, ask_uma(access).status == 200};
    }
    std::string login_token() {
        return text(redeem(new_code({{"scope", "openid profile"}})), "access_token");
    }
    storage::Id grant_of(std::string const& access) {
        return *grants.find_access_token(*storage::parse_bearer(access)).value()->token.grant_id;
    }
    void write(sql::Statement statement) {
        EXPECT_EQ(store.commit(std::make_unique<sql::Write>(
                      "test", std::vector<sql::Statement>{std::move(statement)})),
                  Verdict::won);
    }

    std::vector<bool> const everywhere{true, true, true, true};
    std::vector<bool> const nowhere{false, false, false, false};
};

TEST_F(LiveTokenTest, IsTakenEverywhere) {
    EXPECT_EQ(takes(login_token()), everywhere);
}

TEST_F(LiveTokenTest, GivesTheFieldsOfAServiceToItsOwnTokensAlone) {
    auto const service = [](std::string name) {
        RegisteredService one;
        one.name = std::move(name);
        one.data_fields = {{"email", {"a", "a", "a"}}};
        return std::make_shared<RegisteredService const>(std::move(one));
    };
    auto const books = service("books");
    auto const parks = service("parks");
    auto const put_in = [&](std::string_view client_id, auto const& one) {
        clients.add(in_service(*clients.find(client_id), one));
    };
    put_in("rp", books);
    put_in("other", parks);
    auto const live_of = [&](std::string const& access) {
        return find_live_token(provider, access, store.now()).value();
    };
    auto const own = login_token();
    EXPECT_EQ(live_of(own).data_fields, std::vector<std::string>{"email"});
    EXPECT_FALSE(live_of(own).handed_on);
    auto const for_other = text(exchange(own, "other"), "access_token");
    auto const made = text(exchange(for_other, "https://id.example", "other"), "access_token");
    ASSERT_EQ(live_of(made).client->client_id, "other");
    EXPECT_EQ(live_of(made).data_fields, std::vector<std::string>());
    EXPECT_TRUE(live_of(made).handed_on);
    put_in("other", books);
    EXPECT_EQ(live_of(made).data_fields, std::vector<std::string>{"email"}) << "of one service";
    EXPECT_FALSE(live_of(made).handed_on);
}

TEST_F(LiveTokenTest, IsDeadEverywhereOnceAnythingEndsIt_I10) {
    using End = std::function<void(std::string const& access)>;
    std::vector<std::pair<char const*, End>> const ends{
        {"revoked",
         [&](auto const& access) {
             write({"UPDATE access_tokens SET revoked_at = ? WHERE id = ?",
                    {sql::value(store.now()), sql::blob(storage::parse_bearer(access)->id)},
                    1});
         }},
        {"expired", [&](auto const&) { store.clock.advance(provider.lifetimes.access_token); }},
        {"made ahead of our clock",
         [&](auto const& access) {
             write({"UPDATE access_tokens SET created_at = ? WHERE id = ?",
                    {sql::value(store.now() + 120s), sql::blob(storage::parse_bearer(access)->id)},
                    1});
         }},
        {"its grant revoked",
         [&](auto const& access) {
             write({"UPDATE grants SET revoked_at = ? WHERE id = ?",
                    {sql::value(store.now()), sql::blob(grant_of(access))},
                    1});
         }},
        {"its grant expired",
         [&](auto const& access) {
             write({"UPDATE grants SET expires_at = ? WHERE id = ?",
                    {sql::value(store.now()), sql::blob(grant_of(access))},
                    1});
         }},
        {"its session ended",
         [&](auto const&) {
             EXPECT_EQ(store.commit(storage::end_sessions({{session->id}, "alice", store.now(), {}},
                                                          store.random)),
                       Verdict::won);
         }},
        {"consent withdrawn",
         [&](auto const&) {
             EXPECT_EQ(store.commit(storage::withdraw_consent({"alice", "rp", store.now(), {}},
                                                              store.random)),
                       Verdict::won);
         }},
        {"consent narrowed",
         [&](auto const&) {
             write({"UPDATE consents SET scopes = '' WHERE user_id = 'alice'", {}, 1});
         }},
        {"consent to another text",
         [&](auto const&) {
             register_rp({{"consent_version", "2"}});
         }},
        {"account disabled",
         [&](auto const&) {
             EXPECT_EQ(
                 store.commit(storage::disable_user({"alice", store.now(), {}}, store.random)),
                 Verdict::won);
         }},
    };
    for (auto const& [what, end] : ends) {
        EndpointTest::session.reset();
        auto const access = login_token();
        ASSERT_EQ(takes(access), everywhere) << what;
        end(access);
        EXPECT_EQ(takes(access), nowhere) << what;
        register_rp();
    }
}

// However often it was handed on, it rests on what the person allowed the service that asked.
TEST_F(LiveTokenTest, DiesWhereverItWasHandedToWithTheServiceThatAsked) {
    auto const handed = text(exchange(login_token(), "other"), "access_token");
    auto const further = text(exchange(handed, "https://id.example", "other"), "access_token");
    auto const seen = [&](std::string const& access) {
        return std::vector<bool>{ask_userinfo(access).status == 200, introspects(access, "other"),
                                 exchange(access, "other", "other").status == 200};
    };
    EXPECT_EQ(seen(further), (std::vector<bool>{true, true, true}));
    clients.remove("rp");
    EXPECT_EQ(seen(further), (std::vector<bool>{false, false, false}));
    register_rp();
    EXPECT_EQ(seen(further), (std::vector<bool>{true, true, true}));
    clients.remove("other");
    EXPECT_EQ(ask_userinfo(further).status, 401);
}

TEST_F(LiveTokenTest, TellsOfARefreshTokenWhatARefreshWouldFind) {
    auto const is_live = [&](std::string const& refresh) {
        auto const shown = introspects(refresh);
        auto const found =
            judge(provider, *grants.find_refresh_token(*storage::parse_bearer(refresh)).value(), {},
                  store.now());
        EXPECT_EQ(found.has_value(), shown);
        return shown;
    };
    auto const fresh = [&] { return text(redeem(new_code()), "refresh_token"); };
    auto const bound_to_session = fresh();
    EXPECT_TRUE(is_live(bound_to_session));
    store.clock.advance(session->idle_expires_at - store.now());
    EXPECT_FALSE(is_live(bound_to_session));
    EXPECT_EQ(error(ask_refresh(bound_to_session)), "invalid_grant");

    session.reset();
    auto const idle =
        text(redeem(new_code({{"scope", "openid profile offline_access"}, {"prompt", "consent"}})),
             "refresh_token");
    EXPECT_TRUE(is_live(idle));
    register_rp({{"consent_version", "2"}});
    EXPECT_FALSE(is_live(idle));
    EXPECT_EQ(error(ask_refresh(idle)), "invalid_grant");
    register_rp();
    EXPECT_TRUE(is_live(idle));
    store.clock.advance(provider.lifetimes.refresh_token_idle);
    EXPECT_FALSE(is_live(idle));
}

}  // namespace
}  // namespace tunnus::oidc
