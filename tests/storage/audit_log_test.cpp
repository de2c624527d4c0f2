// SPDX-License-Identifier: MIT
#include "storage/audit_log.hpp"

#include "tests/storage/store.hpp"

#include <algorithm>

namespace tunnus::tests {
namespace {

class AuditLogTest : public StorageTest {};

TEST_P(AuditLogTest, KeepsAnEventAsItWas) {
    storage::AuditLog audit(*store.database, store.random);
    AuditEvent event = store.event(AuditKind::saml_reject);
    event.event_id = "e1";
    event.request_id = "r1";
    event.user_id = "u1";
    event.client_id = "c1";
    event.fields = {{"reason", "signature"}};
    audit.record(event).value();
    auto const row =
        store.database
            ->find({"SELECT at, kind, event_id, request_id, user_id, client_id, fields "
                    "FROM audit_events",
                    {},
                    {}})
            .value();
    ASSERT_TRUE(row);
    EXPECT_EQ(row->time(0), store.now());
    EXPECT_EQ(row->text(1), to_string(AuditKind::saml_reject));
    EXPECT_EQ(row->text(2), "e1");
    EXPECT_EQ(row->text(3), "r1");
    EXPECT_EQ(row->text(4), "u1");
    EXPECT_EQ(row->text(5), "c1");
    EXPECT_EQ(row->text(6), R"({"reason":"signature"})");
}

TEST_P(AuditLogTest, TellsAPersonsEventsPieceByPiece) {
    storage::AuditLog audit(*store.database, store.random);
    auto const record = [&](AuditKind kind, std::string user_id, std::string name) {
        auto event = store.event(kind);
        event.user_id = std::move(user_id);
        event.event_id = std::move(name);
        audit.record(std::move(event)).value();
    };
    for (int i = 0; i < 5; ++i)  // within one millisecond
        record(AuditKind::consent_given, "matti", "same" + std::to_string(i));
    store.clock.advance(seconds(1));
    for (int i = 0; i < 50; ++i)
        record(AuditKind::password_failed, "matti", "a stranger");
    record(AuditKind::consent_given, "maija", "another's");
    record(AuditKind::consent_withdrawn, "matti", "newest");

    std::vector<std::string> told;
    std::optional<storage::AuditPlace> place;
    do {
        auto const piece = storage::find_audit_events(*store.database, "matti", place, 2).value();
        EXPECT_LE(piece.events.size(), 2U);
        for (auto const& event : piece.events)
            told.push_back(event.event_id);
        place = piece.behind;
    } while (place && told.size() < 100);
    ASSERT_EQ(told.size(), 6U);
    EXPECT_EQ(told.front(), "newest");
    std::ranges::sort(told);
    EXPECT_EQ(told,
              (std::vector<std::string>{"newest", "same0", "same1", "same2", "same3", "same4"}));
}

INSTANTIATE_TEST_SUITE_P(Engines, AuditLogTest, every_engine_and_a_cluster, engine_name);

}  // namespace
}  // namespace tunnus::tests
