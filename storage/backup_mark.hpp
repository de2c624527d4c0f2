// SPDX-License-Identifier: MIT
// A backup says that it is one, and serves nobody until an administrator accepts it (threats.md
// F-42): what was used up, ended or withdrawn after it was made would be back.
#pragma once

#include "idp/base/audit.hpp"
#include "idp/base/random.hpp"
#include "storage/sql/database.hpp"

#include <optional>

namespace tunnus::storage {

/// Writes in the copy that it is a backup of `now`.
[[nodiscard]] std::vector<sql::Statement> mark_backup(TimePoint now);
/// Of when the database is a backup; empty where it is none, or is accepted.
[[nodiscard]] Result<std::optional<TimePoint>> find_backup_mark(sql::Database& database);

/// The backup serves from now on. Everything that people and services hold ends. `lost` where the
/// database is no backup.
struct AcceptRestore {
    TimePoint now{};
    AuditEvent audit;
};
[[nodiscard]] std::unique_ptr<Intention> accept_restore(AcceptRestore const& data, Random& random);

}  // namespace tunnus::storage
