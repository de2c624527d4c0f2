// SPDX-License-Identifier: MIT
// threats.md M-16: the audit trail is changed behind our back, and found.
#include "storage/audit_chain.hpp"

#include "idp/base/encoding.hpp"
#include "tests/storage/store.hpp"

#include <boost/json/parse.hpp>

#include <atomic>
#include <thread>

namespace tunnus::tests {
namespace {

/// A trail in a database of its own.
struct Trail {
    explicit Trail(Engine engine) : store(engine) {}

    void record(std::size_t events = 3) {
        storage::AuditLog audit(*store.database, store.random);
        for (std::size_t i = 0; i < events; ++i) {
            store.clock.advance(std::chrono::milliseconds(1));
            auto event = store.event(AuditKind::consent_given);
            event.user_id = "matti";
            audit.record(std::move(event)).value();
        }
    }
    Result<std::optional<storage::AuditSeal>> seal(std::size_t most = 1'000) {
        return storage::seal_audit_events(*store.database, store.sealer, store.now(), most);
    }
    storage::AuditVerdict verify(std::optional<storage::AuditSeal> const& kept = {}) {
        return storage::verify_audit_chain(*store.database, store.sealer, kept).value();
    }
    /// Three seals of three events, and two events that wait.
    storage::AuditSeal whole_trail() {
        std::optional<storage::AuditSeal> last;
        for (int i = 0; i < 3; ++i) {
            record();
            last = seal().value();
        }
        record(2);
        auto const verdict = verify();
        EXPECT_THAT(verdict.faults, testing::IsEmpty()) << "the clean form";
        EXPECT_EQ(verdict.sealed, 9);
        EXPECT_EQ(verdict.unsealed, 2);
        return *last;
    }
    /// What a hand in the database does.
    void tamper(std::string_view sql) {
        std::vector<sql::Statement> steps;
        steps.push_back({sql, {}, {}});
        ASSERT_EQ(store.commit(std::make_unique<sql::Write>("tamper", std::move(steps))),
                  Verdict::won);
    }

    Store store;
};

class AuditChainTest : public testing::TestWithParam<Engine> {
  protected:
    Trail trail{GetParam()};
    Store& store = trail.store;
};

TEST_P(AuditChainTest, AnEmptyTrailIsWhole) {
    EXPECT_FALSE(trail.seal().value());
    EXPECT_THAT(trail.verify().faults, testing::IsEmpty());
}

TEST_P(AuditChainTest, SealsAllThatCameOnceAndInPieces) {
    trail.record(5);
    EXPECT_EQ(trail.seal(3).value()->events, 3);
    EXPECT_EQ(trail.seal(3).value()->events, 2);
    EXPECT_FALSE(trail.seal(3).value());
    auto const verdict = trail.verify();
    EXPECT_THAT(verdict.faults, testing::IsEmpty());
    EXPECT_EQ(verdict.last->number, 2);
    EXPECT_EQ(verdict.unsealed, 0);
}

TEST_P(AuditChainTest, SealsAnEventThatWasCommittedLate) {
    trail.record();
    auto late = store.event(AuditKind::consent_withdrawn);
    trail.record();
    EXPECT_EQ(trail.seal().value()->events, 6);
    storage::AuditLog(*store.database, store.random).record(late).value();
    EXPECT_EQ(trail.seal().value()->events, 1);
    EXPECT_THAT(trail.verify().faults, testing::IsEmpty());
}

TEST(AuditChain, FindsWhateverIsChangedAddedOrRemoved) {
    std::string_view const deeds[] = {
        "UPDATE audit_events SET kind = 'login.finished' WHERE id = "
        "(SELECT id FROM (SELECT MIN(id) AS id FROM audit_events WHERE seal = 2) AS e)",
        "UPDATE audit_events SET user_id = 'maija' WHERE seal = 1",
        "UPDATE audit_events SET fields = '{\"reason\":\"\"}' WHERE seal = 3",
        "UPDATE audit_events SET at = at + 1 WHERE seal = 2",
        "UPDATE audit_events SET event_id = 'x' WHERE seal = 2",
        "UPDATE audit_events SET request_id = 'x' WHERE seal = 2",
        "UPDATE audit_events SET client_id = 'x' WHERE seal = 2",
        // A field's end is no other field's begin.
        "UPDATE audit_events SET user_id = 'matt', client_id = 'i' WHERE seal = 2",
        "DELETE FROM audit_events WHERE id = "
        "(SELECT id FROM (SELECT MAX(id) AS id FROM audit_events WHERE seal = 2) AS e)",
        "INSERT INTO audit_events (id, at, kind, event_id, request_id, user_id, client_id, fields, "
        "seal) SELECT X'00000000000000000000000000000001', at, kind, event_id, request_id, "
        "user_id, client_id, fields, 2 FROM audit_events WHERE id = "
        "(SELECT id FROM (SELECT MAX(id) AS id FROM audit_events WHERE seal = 2) AS e)",
        "UPDATE audit_events SET seal = NULL WHERE seal = 2",
        "UPDATE audit_events SET seal = 4 WHERE seal = 3",
        "UPDATE audit_seals SET at = at + 1 WHERE number = 2",
        "UPDATE audit_seals SET digest = X'00' WHERE number = 3",
        "DELETE FROM audit_seals WHERE number = 2",
        "DELETE FROM audit_seals WHERE number = 3",
        "DELETE FROM facts WHERE name = 'audit.tail'",
    };
    for (auto const deed : deeds) {
        Trail fresh(Engine::sqlite_memory);
        fresh.whole_trail();
        fresh.tamper(deed);
        EXPECT_THAT(fresh.verify().faults, testing::Not(testing::IsEmpty())) << deed;
    }
}

TEST_P(AuditChainTest, FindsACutTailAndDoesNotHideItByGoingOn) {
    auto const kept = trail.whole_trail();
    trail.tamper("DELETE FROM audit_events WHERE seal = 3 OR seal IS NULL");
    trail.tamper("DELETE FROM audit_seals WHERE number = 3");
    EXPECT_THAT(trail.verify().faults,
                testing::ElementsAre(testing::HasSubstr("later seals are gone")));
    EXPECT_THAT(trail.verify(kept).faults,
                testing::Contains(testing::HasSubstr("was kept, and is gone")));
    trail.record();
    EXPECT_EQ(trail.seal().error().code, sql::SqlErrc::corrupt);
    EXPECT_THAT(trail.verify().faults, testing::SizeIs(1));

    storage::accept_audit_end(*store.database, store.sealer, store.event(), store.random).value();
    EXPECT_EQ(trail.seal().value()->number, 3);
    EXPECT_THAT(trail.verify().faults, testing::IsEmpty());
    EXPECT_THAT(trail.verify(kept).faults,
                testing::ElementsAre("seal 3: is not the one that was kept"))
        << "who kept a seal elsewhere still knows";
}

TEST_P(AuditChainTest, FindsASealThatWasMadeWithoutTheKey) {
    trail.whole_trail();
    Sealer const stranger(Secret("another key of at least 32 bytes, of somebody else"));
    EXPECT_EQ(storage::seal_audit_events(*store.database, stranger, store.now(), 10).error().code,
              sql::SqlErrc::corrupt);
    storage::accept_audit_end(*store.database, stranger, store.event(), store.random).value();
    ASSERT_TRUE(storage::seal_audit_events(*store.database, stranger, store.now(), 10).value());
    EXPECT_THAT(trail.verify().faults,
                testing::Contains(testing::HasSubstr("seal 4: an event, the seal")));
}

TEST_P(AuditChainTest, GivesItsLinesAfterASeal) {
    auto const last = trail.whole_trail();
    std::vector<boost::json::object> lines;
    storage::export_audit_events(*store.database, 2, [&](std::string const& line) {
        lines.push_back(boost::json::parse(line).as_object());
    }).value();
    ASSERT_EQ(lines.size(), 4U);
    EXPECT_EQ(lines[0].at("kind"), "consent.given");
    EXPECT_EQ(lines[0].at("user_id"), "matti");
    EXPECT_EQ(lines[2].at("seal"), 3);
    EXPECT_EQ(lines[3].at("events"), 3);
    EXPECT_EQ(lines[3].at("digest").as_string(), encode_hex(last.digest));
}

TEST_P(AuditChainTest, NodesThatSealAtOneTimeMakeOneChain) {
    trail.record(200);
    std::vector<std::thread> nodes;
    std::atomic<std::int64_t> sealed = 0;
    for (int i = 0; i < 4; ++i)
        nodes.emplace_back([&] {
            for (int turn = 0; turn < 100; ++turn)
                if (auto const mine = trail.seal(7).value()) sealed += mine->events;
        });
    for (auto& node : nodes)
        node.join();
    while (auto const rest = trail.seal(7).value())
        sealed += rest->events;
    EXPECT_EQ(sealed, 200);
    EXPECT_THAT(trail.verify().faults, testing::IsEmpty());
    EXPECT_EQ(trail.verify().sealed, 200);
}

INSTANTIATE_TEST_SUITE_P(Engines, AuditChainTest, every_engine, engine_name);

}  // namespace
}  // namespace tunnus::tests
