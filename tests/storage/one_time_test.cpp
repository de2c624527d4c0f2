// SPDX-License-Identifier: MIT
#include "storage/one_time.hpp"

#include "tests/storage/store.hpp"

namespace tunnus::tests {
namespace {

class OneTimeTest : public StorageTest {
  protected:
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

INSTANTIATE_TEST_SUITE_P(Engines, OneTimeTest, every_engine, engine_name);

}  // namespace
}  // namespace tunnus::tests
