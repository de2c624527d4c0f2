// SPDX-License-Identifier: MIT
#include "storage/one_time.hpp"

#include "tests/storage/store.hpp"

namespace tunnus::tests {
namespace {

using namespace std::chrono_literals;

class OneTimeTest : public StorageTest {
  protected:
    static sql::Statement step(std::string_view id) {
        return {"INSERT INTO one_time (space, id_hash, expires_at) VALUES ('steps', ?, 9e15)",
                {sql::blob(sha256(id))},
                1};
    }
    static std::unique_ptr<Intention> make_write(std::vector<sql::Statement> steps,
                                                 std::vector<sql::Statement> if_lost) {
        return std::make_unique<sql::Write>("test", std::move(steps), std::move(if_lost));
    }
    bool use(std::string_view space, std::string_view id) {
        return storage::use_once(*store.database, space, id, store.now() + std::chrono::minutes(10))
            .value();
    }
    bool reserve(std::string_view bucket, std::size_t limit = 3) {
        return storage::reserve_attempt(*store.database, bucket, limit, std::chrono::minutes(15),
                                        store.now())
            .value();
    }
    std::size_t delete_expired(std::size_t batch = 1'000) {
        return storage::delete_expired(*store.database, store.now(), batch).value();
    }
};

TEST_P(OneTimeTest, IdsAreUsedOnceInTheirSpace) {
    EXPECT_TRUE(use("saml", "_abc"));
    EXPECT_FALSE(use("saml", "_abc"));
    EXPECT_TRUE(use("jti", "_abc"));
    EXPECT_TRUE(use("saml", "_ABC"));
    EXPECT_TRUE(use("saml", "_abc "));
}

// I2
TEST_P(OneTimeTest, GuardsDecideBeforeAWriteAndSayWhichItWas) {
    auto const write = [&](std::string const& first, std::string const& second) {
        auto intention = make_write({step(first + second)}, {});
        storage::add_guard(*intention, {"assertion", first, store.now() + 10min});
        storage::add_guard(*intention, {"proof", second, store.now() + 10min});
        return store.commit(std::move(intention));
    };
    EXPECT_EQ(write("a", "1"), Verdict::won);
    EXPECT_EQ(write("a", "2"), Verdict::first_replayed);
    EXPECT_EQ(write("b", "1"), Verdict::second_replayed);
    // Nothing of a write that was refused stands, its first guard neither.
    EXPECT_TRUE(use("steps", "a2"));
    EXPECT_TRUE(use("assertion", "b"));
    EXPECT_EQ(write("c", "3"), Verdict::won);
    EXPECT_FALSE(use("steps", "c3"));
}

TEST_P(OneTimeTest, AGuardThatFailedLeavesOutWhatALostWriteDoes) {
    auto const write = [&](std::string const& guard) {
        auto intention = make_write({step("the same")}, {step("lost " + guard)});
        storage::add_guard(*intention, {"guard", guard, store.now() + 10min});
        return store.commit(std::move(intention));
    };
    EXPECT_EQ(write("1"), Verdict::won);
    EXPECT_EQ(write("2"), Verdict::lost);
    EXPECT_FALSE(use("steps", "lost 2"));
    EXPECT_EQ(write("1"), Verdict::first_replayed);
    EXPECT_TRUE(use("steps", "lost 1"));
    EXPECT_TRUE(use("guard", "2"));  // undone with the write that was lost
}

TEST_P(OneTimeTest, GuardsMayBeAllThatIsWritten) {
    auto const write = [&] {
        auto intention = storage::only_guards();
        storage::add_guard(*intention, {"guard", "1", store.now() + 10min});
        return store.commit(std::move(intention));
    };
    EXPECT_EQ(write(), Verdict::won);
    EXPECT_EQ(write(), Verdict::first_replayed);
}

TEST_P(OneTimeTest, AttemptsAreReservedUpToTheLimitOfAWindow) {
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(reserve("matti"));
    EXPECT_FALSE(reserve("matti"));
    EXPECT_TRUE(reserve("maija"));
    store.clock.advance(std::chrono::minutes(15));
    EXPECT_TRUE(reserve("matti"));
}

TEST_P(OneTimeTest, AttemptsAreGivenBackByAReset) {
    while (reserve("matti")) {
    }
    storage::reset_attempts(*store.database, "matti").value();
    EXPECT_TRUE(reserve("matti"));
}

TEST_P(OneTimeTest, NoAttemptIsLeftOfALimitOfNone) {
    EXPECT_FALSE(reserve("matti", 0));
}

// F-45
TEST_P(OneTimeTest, WhatHasExpiredIsDeletedInBatches) {
    for (int i = 0; i < 25; ++i)
        use("saml", std::to_string(i));
    store.clock.advance(std::chrono::minutes(5));
    use("saml", "young");
    EXPECT_EQ(delete_expired(), 0U);
    store.clock.advance(std::chrono::minutes(5));
    EXPECT_EQ(delete_expired(10), 10U);
    EXPECT_EQ(delete_expired(10), 10U);
    EXPECT_EQ(delete_expired(10), 5U);
    EXPECT_EQ(delete_expired(10), 0U);
    EXPECT_FALSE(use("saml", "young")) << "not expired: still used";
}

TEST_P(OneTimeTest, EveryTableThatExpiresIsCleaned) {
    store.add_person("matti");
    auto const login = store.log_in("matti");
    store.commit(store.redemption(login.grant.id, store.bearer(), store.bearer()));
    storage::LoginRecord record;
    record.id = storage::make_id(store.random, store.now());
    record.browser_hash = sha256("browser");
    record.expires_at = store.now() + std::chrono::minutes(30);
    store.commit(storage::begin_login(record, {}, store.sealer, store.random));
    use("saml", "_abc");
    reserve("matti");

    store.clock.advance(std::chrono::hours(24 * 30));
    EXPECT_EQ(delete_expired(), 7U);
    for (auto const* sql :
         {"SELECT COUNT(*) FROM login_transactions", "SELECT COUNT(*) FROM sessions",
          "SELECT COUNT(*) FROM grants", "SELECT COUNT(*) FROM access_tokens",
          "SELECT COUNT(*) FROM refresh_tokens", "SELECT COUNT(*) FROM one_time",
          "SELECT COUNT(*) FROM attempts"})
        EXPECT_EQ(store.count(sql), 0) << sql;
    EXPECT_EQ(store.count("SELECT COUNT(*) FROM users"), 1);
    EXPECT_GT(store.count("SELECT COUNT(*) FROM audit_events"), 0);
}

INSTANTIATE_TEST_SUITE_P(Engines, OneTimeTest, every_engine_and_a_cluster, engine_name);

}  // namespace
}  // namespace tunnus::tests
