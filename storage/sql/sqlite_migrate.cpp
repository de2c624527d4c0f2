// SPDX-License-Identifier: MIT
#include "storage/sql/sqlite_migrate.hpp"

#include "storage/sql/migration_plan.hpp"

namespace tunnus::sql {
namespace {

constexpr std::string_view create_table =
    "CREATE TABLE IF NOT EXISTS schema_migrations ("
    "schema_name VARCHAR(64) NOT NULL, "
    "number BIGINT NOT NULL, "
    "name VARCHAR(255) NOT NULL, "
    "checksum VARCHAR(64) NOT NULL, "
    "applied_at BIGINT NOT NULL, "
    "PRIMARY KEY (schema_name, number)) WITHOUT ROWID";

Result<std::vector<AppliedMigration>> applied_migrations(SqliteConnection& connection,
                                                         std::string_view schema) {
    auto const rows =
        connection.query({"SELECT number, name, checksum FROM schema_migrations "
                          "WHERE schema_name = ? ORDER BY number",
                          {value(schema)},
                          {}});
    if (!rows) return rows.error();
    std::vector<AppliedMigration> applied;
    for (auto const& row : *rows)
        applied.push_back({row.integer(0), row.text(1), row.text(2)});
    return applied;
}

Result<> apply(SqliteConnection& connection, std::string_view schema, Migration const& migration) {
    if (auto const ran = connection.run_script(migration.text); !ran)
        return Error(ran.error().code,
                     "migration " + std::string(migration.name) + ": " + ran.error().detail);
    auto const noted =
        connection.execute({"INSERT INTO schema_migrations "
                            "(schema_name, number, name, checksum, applied_at) "
                            "VALUES (?, ?, ?, ?, CAST(strftime('%s', 'now') AS INTEGER) * 1000)",
                            {value(schema), value(std::int64_t{migration.number}),
                             value(migration.name), value(migration_checksum(migration))},
                            {}});
    if (!noted) return noted.error();
    return {};
}

/// Applies the next migration that is missing. False: there was none.
Result<bool> apply_next(SqliteConnection& connection, std::string_view schema,
                        std::span<Migration const> migrations) {
    auto const applied = applied_migrations(connection, schema);
    if (!applied) return applied.error();
    auto const missing = plan_migrations(schema, migrations, *applied);
    if (!missing) return missing.error();
    if (missing->empty()) return false;
    if (auto const done = apply(connection, schema, missing->front()); !done) return done.error();
    return true;
}

}  // namespace

Result<> migrate_sqlite(SqliteConnection& connection, std::string_view schema,
                        std::span<Migration const> migrations) {
    if (auto made = connection.control(create_table); !made) return made;
    for (bool more = true; more;) {
        // The plan is made inside the transaction: of two processes the second waits here, and then
        // finds the work done (threats.md F-39).
        if (auto begun = connection.control("BEGIN IMMEDIATE"); !begun) return begun;
        auto const applied = apply_next(connection, schema, migrations);
        auto committed = applied ? connection.control("COMMIT") : applied.error();
        if (!committed) {
            if (connection.in_transaction()) (void)connection.control("ROLLBACK");
            return committed;
        }
        more = *applied;
    }
    return {};
}

}  // namespace tunnus::sql
