// SPDX-License-Identifier: MIT
#include "storage/sql/mariadb_migrate.hpp"

#include "storage/sql/mariadb_text.hpp"
#include "storage/sql/migration_plan.hpp"

#include <mysqld_error.h>

#include <algorithm>
#include <optional>
#include <thread>

namespace tunnus::sql {
namespace {

constexpr std::string_view engine_tables[] = {
    "CREATE TABLE IF NOT EXISTS schema_migrations (schema_name VARCHAR(64) NOT NULL, "
    "number BIGINT NOT NULL, name VARCHAR(255) NOT NULL, checksum VARCHAR(64) NOT NULL, "
    "applied_at BIGINT NOT NULL, PRIMARY KEY (schema_name, number))",
    "CREATE TABLE IF NOT EXISTS schema_progress (schema_name VARCHAR(64) NOT NULL, "
    "number BIGINT NOT NULL, checksum VARCHAR(64) NOT NULL, statement BIGINT NOT NULL, "
    "PRIMARY KEY (schema_name, number))",
    "CREATE TABLE IF NOT EXISTS schema_lock (id BIGINT NOT NULL PRIMARY KEY, "
    "owner VARCHAR(32) NOT NULL, held_until BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS endings (node VARBINARY(16) NOT NULL PRIMARY KEY, "
    "ended BIGINT NOT NULL)",
};

/// A statement that takes longer holds the lock no more; its connection is given up before.
constexpr std::string_view lock_ms = "60000";
constexpr std::string_view now_ms = "CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)";
constexpr milliseconds lock_poll{50};
constexpr milliseconds lock_patience{120'000};

/// Errors of a statement that had run before, when it runs again.
bool says_done(std::string_view detail) {
    constexpr unsigned numbers[] = {ER_TABLE_EXISTS_ERROR, ER_DUP_FIELDNAME, ER_DUP_KEYNAME,
                                    ER_BAD_TABLE_ERROR, ER_CANT_DROP_FIELD_OR_KEY};
    return std::any_of(std::begin(numbers), std::end(numbers), [detail](unsigned number) {
        return detail.starts_with(std::to_string(number) + " ");
    });
}

/// What runs in a transaction; all else commits by itself.
bool is_data(std::string_view statement) {
    for (auto const word : {"INSERT ", "UPDATE ", "DELETE "})
        if (statement.starts_with(word)) return true;
    return false;
}

class Migrator {
  public:
    Migrator(MariadbConnection& connection, std::string_view owner, std::string_view schema)
        : connection_(connection), owner_(owner), schema_(schema) {}

    [[nodiscard]] Result<> run(std::span<Migration const> migrations);

  private:
    /// One statement with values; the rows it affected.
    [[nodiscard]] Result<std::uint64_t> write(std::string_view sql, std::vector<Value> values);
    [[nodiscard]] Result<std::vector<std::vector<std::string>>> read(std::string_view sql,
                                                                     std::vector<Value> values);
    /// False: somebody else holds it.
    [[nodiscard]] Result<bool> lock();
    void unlock();
    [[nodiscard]] Result<std::vector<AppliedMigration>> applied();
    [[nodiscard]] Result<> run_locked(std::span<Migration const> migrations);
    [[nodiscard]] Result<> apply(Migration const& migration);
    [[nodiscard]] Result<std::optional<std::size_t>> progress_of(Migration const& migration);
    [[nodiscard]] Result<std::string> note_of(Migration const& migration,
                                              std::size_t statement) const;
    [[nodiscard]] Result<> finish(Migration const& migration);

    MariadbConnection& connection_;
    std::string const owner_;
    std::string const schema_;
};

Result<std::string> filled_in(std::string_view sql, std::vector<Value> const& values) {
    std::string text;
    auto const cut = parse_template(sql);
    if (!cut || !append_statement(text, *cut, values))
        return Error(SqlErrc::misuse, std::string(sql));
    return text;
}

Result<std::uint64_t> Migrator::write(std::string_view sql, std::vector<Value> values) {
    auto const text = filled_in(sql, values);
    if (!text) return text.error();
    auto const run = connection_.run(*text);
    if (run.failure) return *run.failure;
    return run.affected.front();
}

Result<std::vector<std::vector<std::string>>> Migrator::read(std::string_view sql,
                                                             std::vector<Value> values) {
    auto const text = filled_in(sql, values);
    if (!text) return text.error();
    return connection_.ask(*text);
}

Result<bool> Migrator::lock() {
    static std::string const make =
        "INSERT INTO schema_lock (id, owner, held_until) VALUES (1, '', 0) "
        "ON DUPLICATE KEY UPDATE id = id";
    static std::string const take =
        "UPDATE schema_lock SET owner = ?, held_until = " + std::string(now_ms) + " + " +
        std::string(lock_ms) + " WHERE id = 1 AND (owner = ? OR held_until < " +
        std::string(now_ms) + ")";
    if (auto const made = write(make, {}); !made) {
        if (connection_.trouble() == MariadbTrouble::conflict) return false;
        return made.error();
    }
    auto const taken = write(take, {value(owner_), value(owner_)});
    if (taken) return *taken == 1;
    // Two took it at one moment, on different nodes.
    if (connection_.trouble() == MariadbTrouble::conflict) return false;
    return taken.error();
}

void Migrator::unlock() {
    (void)write("UPDATE schema_lock SET owner = '', held_until = 0 WHERE id = 1 AND owner = ?",
                {value(owner_)});
}

Result<std::vector<AppliedMigration>> Migrator::applied() {
    auto const rows = read(
        "SELECT number, name, checksum FROM schema_migrations WHERE schema_name = ? "
        "ORDER BY number",
        {value(schema_)});
    if (!rows) return rows.error();
    std::vector<AppliedMigration> applied;
    for (auto const& row : *rows)
        applied.push_back({std::stoll(row.at(0)), row.at(1), row.at(2)});
    return applied;
}

/// The place of the statement that may have run or not; empty: the migration was never begun.
Result<std::optional<std::size_t>> Migrator::progress_of(Migration const& migration) {
    auto const rows =
        read("SELECT statement, checksum FROM schema_progress WHERE schema_name = ? AND number = ?",
             {value(schema_), value(std::int64_t{migration.number})});
    if (!rows) return rows.error();
    if (rows->empty()) return std::optional<std::size_t>();
    if (rows->front().at(1) != migration_checksum(migration))
        return Error(SqlErrc::schema, "migration " + std::string(migration.name) +
                                          " is half done, and not the one that was begun");
    return std::optional<std::size_t>(std::stoull(rows->front().at(0)));
}

Result<std::string> Migrator::note_of(Migration const& migration, std::size_t statement) const {
    return filled_in(
        "INSERT INTO schema_progress (schema_name, number, checksum, statement) "
        "VALUES (?, ?, ?, ?) ON DUPLICATE KEY UPDATE statement = VALUES(statement)",
        {value(schema_), value(std::int64_t{migration.number}),
         value(migration_checksum(migration)), value(static_cast<std::int64_t>(statement))});
}

Result<> Migrator::apply(Migration const& migration) {
    auto const doubtful = progress_of(migration);
    if (!doubtful) return doubtful.error();
    auto const statements = split_statements(migration.text);
    for (auto i = doubtful->value_or(0); i < statements.size(); ++i) {
        auto const held = lock();
        if (!held) return held.error();
        if (!*held) return Error(SqlErrc::busy, "the lock of the schema was lost");
        auto const before = note_of(migration, i);
        auto const after = note_of(migration, i + 1);
        if (!before || !after) return before ? after.error() : before.error();
        auto script = *before + "\n;";
        if (is_data(statements[i]))
            script.append("START TRANSACTION\n;")
                .append(statements[i])
                .append("\n;")
                .append(*after)
                .append("\n;COMMIT");
        else
            script.append(statements[i]);
        auto const run = connection_.run(script);
        bool const was_done = *doubtful == i && run.failure && says_done(run.failure->detail);
        if (run.failure && !was_done)
            return Error(run.failure->code,
                         "migration " + std::string(migration.name) + ": " + run.failure->detail);
    }
    return finish(migration);
}

Result<> Migrator::finish(Migration const& migration) {
    static std::string const note =
        "INSERT INTO schema_migrations (schema_name, number, name, checksum, applied_at) "
        "VALUES (?, ?, ?, ?, " +
        std::string(now_ms) + ")";
    auto const number = value(std::int64_t{migration.number});
    auto const noted = filled_in(note, {value(schema_), number, value(migration.name),
                                        value(migration_checksum(migration))});
    if (!noted) return noted.error();
    auto const ended = filled_in("DELETE FROM schema_progress WHERE schema_name = ? AND number = ?",
                                 {value(schema_), number});
    if (!ended) return ended.error();
    auto const run =
        connection_.run("START TRANSACTION\n;" + *noted + "\n;" + *ended + "\n;COMMIT");
    if (run.failure) return *run.failure;
    return {};
}

Result<> Migrator::run_locked(std::span<Migration const> migrations) {
    auto const before = applied();
    if (!before) return before.error();
    auto const missing = plan_migrations(schema_, migrations, *before);
    if (!missing) return missing.error();
    for (auto const& migration : *missing)
        if (auto done = apply(migration); !done) return done;
    return {};
}

Result<> Migrator::run(std::span<Migration const> migrations) {
    // Nearly always there is nothing to do: that is seen without the lock.
    auto const before = applied();
    if (!before) return before.error();
    auto const missing = plan_migrations(schema_, migrations, *before);
    if (!missing) return missing.error();
    if (missing->empty()) return {};
    for (auto waited = milliseconds(0);; waited += lock_poll) {
        auto const locked = lock();
        if (!locked) return locked.error();
        if (*locked) break;
        if (waited >= lock_patience)
            return Error(SqlErrc::busy, "another process has been migrating for too long");
        std::this_thread::sleep_for(lock_poll);
    }
    auto done = run_locked(migrations);
    if (!connection_.is_lost()) unlock();
    return done;
}

}  // namespace

Result<> make_engine_tables(MariadbConnection& connection, bool create) {
    auto const found = connection.ask(
        "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND "
        "TABLE_NAME IN ('schema_migrations', 'schema_progress', 'schema_lock', 'endings')");
    if (!found) return found.error();
    if (found->front().at(0) == std::to_string(std::size(engine_tables))) return {};
    if (!create) return Error(SqlErrc::corrupt, "the database is empty");
    for (auto const& sql : engine_tables)
        if (auto const made = connection.run(std::string(sql)); made.failure) return *made.failure;
    return {};
}

Result<> migrate_mariadb(MariadbConnection& connection, std::string_view owner,
                         std::string_view schema, std::span<Migration const> migrations) {
    return Migrator(connection, owner, schema).run(migrations);
}

}  // namespace tunnus::sql
