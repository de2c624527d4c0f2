// SPDX-License-Identifier: MIT
#include "storage/clock_mark.hpp"

#include "tests/storage/store.hpp"

namespace tunnus::tests {
namespace {

class ClockMarkTest : public StorageTest {};

TEST_P(ClockMarkTest, MovesForwardAlone) {
    auto const begin = store.now();
    EXPECT_EQ(storage::settle_clock_mark(*store.database, begin).value(), begin);
    EXPECT_EQ(store.commit(storage::raise_clock_mark(begin + seconds(30))), Verdict::won);
    EXPECT_EQ(store.commit(storage::raise_clock_mark(begin + seconds(20))), Verdict::lost);
    EXPECT_EQ(storage::settle_clock_mark(*store.database, begin).value(), begin + seconds(30));
}

TEST_P(ClockMarkTest, MovesBackWithEverythingGivenOutInThatFuture) {
    store.add_person("matti");
    auto const before = store.log_in("matti");
    auto const right = store.now() + seconds(1);
    store.clock.advance(std::chrono::hours(24 * 365));
    auto const after = store.log_in("matti");
    ASSERT_EQ(storage::settle_clock_mark(*store.database, store.now()).value(), store.now());

    ASSERT_EQ(
        store.commit(storage::accept_clock({.now = right, .audit = store.event()}, store.random)),
        Verdict::won);

    EXPECT_EQ(storage::settle_clock_mark(*store.database, store.now()).value(), right);
    auto const is_ended = [&](storage::Session const& session) {
        return store.count("SELECT COUNT(*) FROM sessions WHERE id = ? AND ended_at IS NOT NULL",
                           {sql::blob(session.id)}) == 1;
    };
    EXPECT_FALSE(is_ended(before.session));
    EXPECT_TRUE(is_ended(after.session));
    EXPECT_EQ(store.count("SELECT COUNT(*) FROM grants WHERE revoked_at IS NOT NULL"), 1);
    EXPECT_EQ(store.count("SELECT COUNT(*) FROM logout_deliveries WHERE session_id = ?",
                          {sql::blob(after.session.id)}),
              1);
    EXPECT_EQ(store.audited(AuditKind::administration), 1);
}

INSTANTIATE_TEST_SUITE_P(Engines, ClockMarkTest, every_engine_and_a_cluster, engine_name);

}  // namespace
}  // namespace tunnus::tests
