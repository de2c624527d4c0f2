// SPDX-License-Identifier: MIT
#include "storage/outbox.hpp"

#include "tests/storage/store.hpp"

namespace tunnus::tests {
namespace {

/// Takes every message, or answers as it is told.
class FakeTransport final : public MailTransport {
  public:
    [[nodiscard]] Result<> deliver(Mail const& mail) override {
        ++attempts;
        if (answer) return Error(*answer, "as told");
        delivered.push_back(mail);
        return {};
    }
    std::optional<BaseErrc> answer;
    std::vector<Mail> delivered;
    int attempts = 0;
};

class OutboxTest : public StorageTest {
  protected:
    std::size_t deliver() { return outbox.deliver_due(transport, log).value(); }
    std::int64_t waiting() { return store.count("SELECT COUNT(*) FROM outbox"); }

    fakes::RecordingLog log;
    FakeTransport transport;
    storage::Outbox outbox{*store.database, store.sealer, store.random, store.clock};
};

TEST_P(OutboxTest, DeliversOldestFirstAndOnce) {
    outbox.send({"matti@example.fi", "Vahvistus", "Koodi on 123456.\nTervetuloa!"}).value();
    store.clock.advance(std::chrono::seconds(1));
    outbox.send({"maija@example.fi", "Bekräftelse", "654321"}).value();
    EXPECT_EQ(deliver(), 2U);
    ASSERT_EQ(transport.delivered.size(), 2U);
    EXPECT_EQ(transport.delivered[0].to, "matti@example.fi");
    EXPECT_EQ(transport.delivered[0].text, "Koodi on 123456.\nTervetuloa!");
    EXPECT_EQ(transport.delivered[1].subject, "Bekräftelse");
    EXPECT_EQ(deliver(), 0U);
    EXPECT_EQ(waiting(), 0);
}

// I5
TEST_P(OutboxTest, KeepsMessagesSealed) {
    outbox.send({"matti@example.fi", "Vahvistus", "123456"}).value();
    auto const sealed =
        store.database->find({"SELECT sealed FROM outbox", {}, {}}).value()->bytes(0);
    EXPECT_THAT(sealed, testing::Not(testing::HasSubstr("matti")));
}

// F-36
TEST_P(OutboxTest, WaitsLongerAfterEachFailureAndGivesUpAfterADay) {
    outbox.send({"matti@example.fi", "s", "t"}).value();
    transport.answer = BaseErrc::unavailable;
    EXPECT_EQ(deliver(), 0U);
    for (auto const wait : {1, 2, 4, 8, 16, 32, 60, 60}) {
        store.clock.advance(std::chrono::minutes(wait) - milliseconds(1));
        int const before = transport.attempts;
        deliver();
        EXPECT_EQ(transport.attempts, before) << wait;
        store.clock.advance(milliseconds(1));
        deliver();
        EXPECT_EQ(transport.attempts, before + 1) << wait;
    }
    EXPECT_FALSE(log.has("mail.given_up"));
    store.clock.advance(std::chrono::hours(24));
    deliver();
    EXPECT_TRUE(log.has("mail.given_up"));
    EXPECT_EQ(waiting(), 0);
}

TEST_P(OutboxTest, GivesUpAtOnceWhatTheServerRefuses) {
    outbox.send({"matti@example.fi", "s", "t"}).value();
    transport.answer = BaseErrc::denied;
    EXPECT_EQ(deliver(), 0U);
    EXPECT_EQ(waiting(), 0);
    EXPECT_TRUE(log.has("mail.given_up"));
}

TEST_P(OutboxTest, DeliversNoMoreThanAskedFor) {
    for (int i = 0; i < 3; ++i)
        outbox.send({"matti@example.fi", "s", "t"}).value();
    EXPECT_EQ(outbox.deliver_due(transport, log, 2).value(), 2U);
    EXPECT_EQ(waiting(), 1);
}

INSTANTIATE_TEST_SUITE_P(Engines, OutboxTest, every_engine_and_a_cluster, engine_name);

TEST(Outbox, KeepsMessagesOverARestart) {
    Store store(Engine::sqlite_file);
    storage::Outbox(*store.database, store.sealer, store.random, store.clock)
        .send({"matti@example.fi", "s", "t"})
        .value();
    store.database.reopen();
    FakeTransport transport;
    storage::Outbox outbox(*store.database, store.sealer, store.random, store.clock);
    EXPECT_EQ(outbox.deliver_due(transport, store.database.log).value(), 1U);
}

}  // namespace
}  // namespace tunnus::tests
