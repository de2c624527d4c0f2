// SPDX-License-Identifier: MIT
// The tables of the core: storage/migrations, embedded when the program is built.
#pragma once

#include "storage/sql/database.hpp"

namespace tunnus::storage {

/// 0001_initial.sql and what came after it.
[[nodiscard]] std::span<sql::Migration const> core_migrations();

/// Brings the schema `core` up to date; errors as Database::migrate.
[[nodiscard]] Result<> migrate_core(sql::Database& database);

}  // namespace tunnus::storage
