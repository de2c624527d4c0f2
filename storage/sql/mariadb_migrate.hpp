// SPDX-License-Identifier: MIT
// Migrations on MariaDB, whose DDL commits by itself: one statement after another, under a lock
// that a whole cluster sees, with a note of how far it came.
#pragma once

#include "storage/sql/mariadb_connection.hpp"

#include <span>

namespace tunnus::sql {

/// The tables of the engine itself: `schema_migrations`; `schema_progress`, a row for each
/// migration under way; `schema_lock`, one row; `endings`. Made where they are missing, or
/// SqlErrc::corrupt when `create` is false (threats.md F-08).
[[nodiscard]] Result<> make_engine_tables(MariadbConnection& connection, bool create);

/// Database::migrate on this connection, which is a writer's. `owner` is this process, 32
/// hexadecimal digits.
///
/// The lock is a row with an end, by the database's clock, that is prolonged before each statement:
/// who comes second waits and then finds the work done, and what a process that died left behind is
/// taken up where it ended (F-39). Of the statement that was under way nobody knows whether it ran:
/// it runs again, and may then find that what it makes is there, or that what it removes is not.
[[nodiscard]] Result<> migrate_mariadb(MariadbConnection& connection, std::string_view owner,
                                       std::string_view schema,
                                       std::span<Migration const> migrations);

}  // namespace tunnus::sql
