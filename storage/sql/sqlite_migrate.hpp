// SPDX-License-Identifier: MIT
// Migrations on SQLite: each in one transaction with its row of `schema_migrations`.
#pragma once

#include "storage/sql/sqlite_connection.hpp"

namespace tunnus::sql {

/// Database::migrate on this connection.
[[nodiscard]] Result<> migrate_sqlite(SqliteConnection& connection, std::string_view schema,
                                      std::span<Migration const> migrations);

}  // namespace tunnus::sql
