// SPDX-License-Identifier: MIT
// What is left to do on a schema: pure, the same for every engine.
#pragma once

#include "storage/sql/database.hpp"

namespace tunnus::sql {

/// A row of `schema_migrations`.
struct AppliedMigration {
    std::int64_t number;
    std::string name;
    std::string checksum;
};

/// The SHA-256 of the migration's text, 64 hexadecimal digits.
[[nodiscard]] std::string migration_checksum(Migration const& migration);

/// The migrations that `applied` lacks, in order. `known` must be numbered 1, 2, 3, … (throws
/// std::logic_error: the list is part of the program). SqlErrc::schema when the database knows more
/// than we do, or another text under the same number, or has a gap.
[[nodiscard]] Result<std::span<Migration const>> plan_migrations(
    std::string_view schema, std::span<Migration const> known,
    std::span<AppliedMigration const> applied);

}  // namespace tunnus::sql
