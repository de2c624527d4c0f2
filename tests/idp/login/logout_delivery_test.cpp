// SPDX-License-Identifier: MIT
// How often a service is told of the end of a session (OpenID Connect Back-Channel Logout 1.0
// §2.5).
#include "idp/base/limits.hpp"
#include "idp/login/logout.hpp"
#include "tests/fakes/http_client.hpp"
#include "tests/oidc/endpoints/test_provider.hpp"

namespace tunnus::login {
namespace {

/// A database whose commits of one name fail while told to.
class Failing final : public sql::Database {
  public:
    explicit Failing(sql::Database& inner) : inner_(inner) {}
    void submit(std::unique_ptr<Intention> intention,
                std::function<void(CommitResult)> done) override {
        if (intention->name() == failing) return done(Error(sql::SqlErrc::full, "disk"));
        inner_.submit(std::move(intention), std::move(done));
    }
    Result<sql::Rows> query(sql::Statement const& statement) override {
        return inner_.query(statement);
    }
    [[nodiscard]] Result<std::optional<std::uint64_t>> endings() override {
        return inner_.endings();
    }
    Result<> migrate(std::string_view schema, std::span<sql::Migration const> all) override {
        return inner_.migrate(schema, all);
    }
    Result<> check() override { return inner_.check(); }
    Result<> verify() override { return inner_.verify(); }
    Dialect dialect() const noexcept override { return inner_.dialect(); }

    std::string failing;

  private:
    sql::Database& inner_;
};

class LogoutDelivery : public oidc::tests::EndpointTest {
  protected:
    LogoutDelivery() {
        new_code();
        storage::EndSessions ending;
        ending.session_ids = {session->id};
        ending.user_id = "alice";
        ending.now = store.now();
        EXPECT_EQ(store.commit(storage::end_sessions(ending, store.random)), Verdict::won);
    }
    void answer(int status) {
        http.set_server([=](OutboundRequest const&) -> Result<OutboundResponse> {
            return OutboundResponse{.status = status, .headers = {}, .body = {}};
        });
    }
    Result<std::size_t> deliver() {
        return deliver_logouts(provider, deliveries, http, store.now());
    }
    std::int64_t waiting() { return store.count("SELECT COUNT(*) FROM logout_deliveries"); }

    Failing database{*store.database};
    storage::LogoutDeliveries deliveries{database};
    fakes::FakeHttpClient http;
};

TEST_F(LogoutDelivery, TellsAServiceOnce) {
    answer(200);
    EXPECT_EQ(deliver().value(), 1U);
    EXPECT_EQ(waiting(), 0);
    EXPECT_EQ(deliver().value(), 0U);
    EXPECT_EQ(http.requests().size(), 1U);
}

TEST_F(LogoutDelivery, CountsAnAttemptBeforeItIsMade) {
    http.set_server([&](OutboundRequest const&) -> Result<OutboundResponse> {
        EXPECT_EQ(store.count("SELECT attempts FROM logout_deliveries"), 1);
        return OutboundResponse{.status = 200, .headers = {}, .body = {}};
    });
    EXPECT_EQ(deliver().value(), 1U);
}

TEST_F(LogoutDelivery, IsNotRepeatedAtOnceWhenStorageFailsAfterIt) {
    answer(200);
    database.failing = "logout_delivered";
    EXPECT_FALSE(deliver());
    EXPECT_EQ(deliver().value(), 0U) << "it waits for its next attempt";
    EXPECT_EQ(http.requests().size(), 1U);
    store.clock.advance(std::chrono::seconds(5));
    database.failing.clear();
    EXPECT_EQ(deliver().value(), 1U);
    EXPECT_EQ(http.requests().size(), 2U) << "at least once";
    EXPECT_EQ(waiting(), 0);
}

TEST_F(LogoutDelivery, IsNotMadeWhenItCannotBeCounted) {
    answer(200);
    database.failing = "claim_logout";
    EXPECT_FALSE(deliver());
    EXPECT_TRUE(http.requests().empty());
    EXPECT_EQ(waiting(), 1);
}

TEST_F(LogoutDelivery, OfOneServiceIsNoneOfAnothers) {
    std::vector<sql::Statement> steps;
    steps.push_back({"INSERT INTO logout_deliveries VALUES (?, 'gone', 'alice', 0, 0)",
                     {sql::blob(session->id)},
                     {}});
    store.commit(std::make_unique<sql::Write>("test", std::move(steps)));
    answer(200);
    EXPECT_EQ(deliver().value(), 2U) << "a service that is gone counts as told";
    EXPECT_EQ(http.requests().size(), 1U);
}

// O-86
TEST_F(LogoutDelivery, IsGivenUpAfterSoManyAttemptsWhateverFails) {
    answer(500);
    limits.logout_delivery_attempts = 3;
    database.failing = "logout_delivered";
    for (int i = 0; i < 10; ++i) {
        (void)deliver();
        store.clock.advance(std::chrono::hours(1));
    }
    EXPECT_EQ(http.requests().size(), 3U);
    database.failing.clear();
    EXPECT_EQ(deliver().value(), 0U);
    EXPECT_EQ(waiting(), 0);
}

TEST_F(LogoutDelivery, WaitsNoLongerThanThePauseHoweverManyAttempts) {
    answer(500);
    limits.logout_delivery_attempts = 1'000'000;
    std::vector<sql::Statement> steps;
    steps.push_back({"UPDATE logout_deliveries SET attempts = 500", {}, {}});
    store.commit(std::make_unique<sql::Write>("test", std::move(steps)));
    EXPECT_EQ(deliver().value(), 0U);
    auto const next = from_unix_ms(store.count("SELECT next_attempt_at FROM logout_deliveries"));
    EXPECT_EQ(next, store.now() + limits.logout_delivery_pause);
}

}  // namespace
}  // namespace tunnus::login
