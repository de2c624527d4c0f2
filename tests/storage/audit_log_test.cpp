// SPDX-License-Identifier: MIT
#include "storage/audit_log.hpp"

#include "tests/storage/store.hpp"

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

INSTANTIATE_TEST_SUITE_P(Engines, AuditLogTest, every_engine, engine_name);

}  // namespace
}  // namespace tunnus::tests
