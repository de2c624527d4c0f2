// SPDX-License-Identifier: MIT
// Database: a small façade over SQLite and MariaDB. It knows SQL and nothing of what is stored.
//
// A write is a whole intention as data: statements with expectations. The engine's one writer
// gathers waiting writes into one transaction, each of them whole or not at all, and commits them
// together, so that many share one fsync (design.md 1.3).
#pragma once

#include "idp/base/outcome.hpp"
#include "idp/base/result.hpp"
#include "storage/sql/value.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus::sql {

/// Errors of every engine, in our words; the engine's own text is the Error's detail.
enum class SqlErrc {
    busy = 1,  ///< the database is locked, overloaded or without quorum: answer 503, try later
    conflict,  ///< a retry by the engine did not help; nothing was written
    unknown_outcome,  ///< the connection was lost at COMMIT: treat one-time things as consumed
    constraint,  ///< a UNIQUE or other constraint failed in a write where that was not the losing
                 ///< condition
    full,        ///< disk full or read-only: nothing was written
    corrupt,     ///< the file is not a database of ours, or damaged
    schema,      ///< the schema is newer than this program, or a migration was changed
    misuse,      ///< a statement does not fit the schema: a bug
};
boost::system::error_code make_error_code(SqlErrc code);

/// An intention as data. Steps run in order; when a step with an expectation affects another number
/// of rows, or hits a UNIQUE constraint, everything of this write is undone, `if_lost` runs in its
/// place and the verdict is `lost`. What `if_lost` writes stands (a reused code revokes its grant
/// there).
///
/// Guards run before the steps, each with an expectation: at most two things that may happen once
/// in whatever request, an assertion's `jti` for example. When one had happened, nothing is
/// written, `if_lost` neither, and the verdict says which it was.
class Write final : public Intention {
  public:
    Write(std::string_view intention_name, std::vector<Statement> all_steps,
          std::vector<Statement> when_lost = {})
        : steps(std::move(all_steps)), if_lost(std::move(when_lost)), name_(intention_name) {}
    /// One that ends nothing by any statement but those that say so (`Statement::ends`), so that
    /// Database::endings() stays as it is where none of them affected a row. Every other write
    /// counts as an end.
    [[nodiscard]] static std::unique_ptr<Write> adding(std::string_view intention_name,
                                                       std::vector<Statement> all_steps,
                                                       std::vector<Statement> when_lost = {}) {
        auto write =
            std::make_unique<Write>(intention_name, std::move(all_steps), std::move(when_lost));
        write->marks_ends = true;
        return write;
    }
    [[nodiscard]] std::string_view name() const noexcept override { return name_; }

    std::vector<Statement> guards;
    std::vector<Statement> steps;
    std::vector<Statement> if_lost;
    bool marks_ends = false;

  private:
    std::string_view name_;
};

/// One migration, `0001_initial.sql`: number, name and text; the text's SHA-256 is remembered when
/// it is applied.
struct Migration {
    int number;
    std::string_view name;
    std::string_view text;
};

/// Any thread may call anything. Build it first and destroy it last: its destructor finishes what
/// was submitted.
class Database : public Committer {
  public:
    /// Runs one SELECT on a reader connection. It sees everything that was acknowledged before the
    /// call.
    [[nodiscard]] virtual Result<Rows> query(Statement const& statement) = 0;

    /// A count that moves whenever a write has ended something (a session, a grant, a token, a
    /// consent), by this process or another, and before that write is acknowledged. What was read
    /// after a call stays true for as long as later calls answer the same. Empty while such a write
    /// is being committed: read, and remember nothing.
    ///
    /// The processes of one SQLite file have the count in common memory, so asking reads nothing.
    /// An engine behind a network keeps it in a row per node, which one read fetches for all who
    /// wait.
    [[nodiscard]] virtual Result<std::optional<std::uint64_t>> endings() = 0;

    /// Brings the schema named `schema` ("core", or a plugin's name) up to date; resumable, and
    /// refuses (SqlErrc::schema) when the database has a newer one or an applied migration's text
    /// has changed.
    [[nodiscard]] virtual Result<> migrate(std::string_view schema,
                                           std::span<Migration const> migrations) = 0;

    /// Whether reads and commits work now, for /readyz.
    [[nodiscard]] virtual Result<> check() = 0;

    /// Reads the whole database and reports damage; takes long, for `tunnus check`.
    [[nodiscard]] virtual Result<> verify() = 0;

    /// For the few places where SQL differs.
    enum class Dialect { sqlite, mariadb };
    [[nodiscard]] virtual Dialect dialect() const noexcept = 0;

    /// query() for what a primary key finds: the one row, or nothing.
    [[nodiscard]] Result<std::optional<Row>> find(Statement const& statement);
};

}  // namespace tunnus::sql

template <>
struct boost::system::is_error_code_enum<tunnus::sql::SqlErrc> : std::true_type {};
