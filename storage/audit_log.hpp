// SPDX-License-Identifier: MIT
// The audit trail: how an event becomes part of a write.
#pragma once

#include "idp/base/audit.hpp"
#include "idp/base/random.hpp"
#include "storage/sql/database.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tunnus::storage {

/// The statement that records the event; every intention ends with one or more of these.
[[nodiscard]] sql::Statement audit_statement(AuditEvent const& event, Random& random);

/// The eight values of a row of `audit_events`, in the order of its columns, for a write that
/// inserts the event under a condition of its own.
[[nodiscard]] std::vector<sql::Value> audit_values(AuditEvent const& event,
                                                   std::string_view row_id);

/// Audit over the database: one write per event.
class AuditLog final : public Audit {
  public:
    AuditLog(sql::Database& database, Random& random) : database_(database), random_(random) {}
    [[nodiscard]] Result<> record(AuditEvent event) override;
    [[nodiscard]] std::unique_ptr<Intention> recording(std::vector<AuditEvent> events) override;

  private:
    sql::Database& database_;
    Random& random_;
};

/// A place between two events in the order of storage: nearer the newest the later.
struct AuditPlace {
    TimePoint at{};
    std::string id;  ///< of the row
};
struct AuditPiece {
    std::vector<AuditEvent> events;    ///< newest first
    std::optional<AuditPlace> behind;  ///< the last one's; empty where no more can follow
};
/// The events about a person before this place (empty: the newest), at most `most` rows, without
/// failed passwords and failed plugins. A kind that this version does not know is left out.
[[nodiscard]] Result<AuditPiece> find_audit_events(sql::Database& database,
                                                   std::string_view user_id,
                                                   std::optional<AuditPlace> const& before,
                                                   std::size_t most);

}  // namespace tunnus::storage
