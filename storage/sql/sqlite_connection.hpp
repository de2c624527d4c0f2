// SPDX-License-Identifier: MIT
// One SQLite connection with its prepared statements, and a pool of them.
#pragma once

#include "storage/sql/database.hpp"

#include <condition_variable>
#include <mutex>
#include <unordered_map>

struct sqlite3;
struct sqlite3_stmt;

namespace tunnus::sql {

/// The statement as SQLite reads it: what stands in `/*sqlite … */` comes out of its comment.
[[nodiscard]] std::string for_sqlite(std::string_view sql);

/// Used by one thread at a time.
class SqliteConnection {
  public:
    /// Opens an existing file, or `:memory:`, and sets and verifies every setting; an Error names
    /// the one that does not hold.
    [[nodiscard]] static Result<std::unique_ptr<SqliteConnection>> open(std::string const& path,
                                                                        milliseconds busy_timeout);
    ~SqliteConnection();
    SqliteConnection(SqliteConnection const&) = delete;
    SqliteConnection& operator=(SqliteConnection const&) = delete;

    /// One statement that reads; SqlErrc::misuse when it would write.
    [[nodiscard]] Result<Rows> query(Statement const& statement);
    /// One statement that writes; the number of rows it affected.
    [[nodiscard]] Result<std::uint64_t> execute(Statement const& statement);
    /// BEGIN, SAVEPOINT, PRAGMA and their kin.
    [[nodiscard]] Result<> control(std::string_view sql);
    /// Statements one after another, from a migration.
    [[nodiscard]] Result<> run_script(std::string_view script);

    /// Whether the last error was a UNIQUE or PRIMARY KEY violation.
    [[nodiscard]] bool hit_unique() const;
    /// Whether the last error makes the handle itself doubtful (a failed write or fsync).
    [[nodiscard]] bool hit_io_error() const;
    [[nodiscard]] bool in_transaction() const;

    /// Pages in the WAL after the last commit.
    [[nodiscard]] int wal_pages() const { return wal_pages_; }
    enum class Checkpoint {
        passive,  ///< copies what no reader holds back
        restart   ///< waits for readers so that the WAL can begin anew
    };
    [[nodiscard]] Result<> checkpoint(Checkpoint mode);
    /// Leaves the WAL to the server when this is the last connection to close.
    void leave_wal_on_close();

  private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    using Prepared = std::unique_ptr<sqlite3_stmt, Finalize>;
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>()(text);
        }
    };
    struct Close {
        void operator()(sqlite3* handle) const;
    };
    class Run;

    SqliteConnection() = default;
    [[nodiscard]] Result<> check_ours();
    [[nodiscard]] Result<> apply_settings(bool in_memory, milliseconds busy_timeout);
    [[nodiscard]] Result<> apply_setting(std::string const& name, std::string const& value,
                                         std::string const& reads_back);
    [[nodiscard]] Result<sqlite3_stmt*> prepare(std::string_view sql);
    [[nodiscard]] Error failure();

    std::unique_ptr<sqlite3, Close> handle_;
    // By text, not by address: statements that a plugin makes may share an address over time.
    std::unordered_map<std::string, Prepared, TextHash, std::equal_to<>> prepared_;
    int last_failure_ = 0;
    int wal_pages_ = 0;
};

/// Hands out connections one by one. Any thread may call.
class SqlitePool {
  public:
    void add(std::unique_ptr<SqliteConnection> connection);
    class Lease {
      public:
        Lease(SqlitePool& pool, std::unique_ptr<SqliteConnection> connection)
            : pool_(pool), connection_(std::move(connection)) {}
        Lease(Lease const&) = delete;
        Lease& operator=(Lease const&) = delete;
        ~Lease() { pool_.add(std::move(connection_)); }
        SqliteConnection& operator*() const { return *connection_; }
        SqliteConnection* operator->() const { return connection_.get(); }
        /// Closes the leased connection and goes on with another.
        void replace(std::unique_ptr<SqliteConnection> connection) {
            connection_ = std::move(connection);
        }

      private:
        SqlitePool& pool_;
        std::unique_ptr<SqliteConnection> connection_;
    };
    /// Waits until one is free. The one used last comes first: its cache is warm.
    [[nodiscard]] Lease lease();

  private:
    std::mutex mutex_;
    std::condition_variable returned_;
    std::vector<std::unique_ptr<SqliteConnection>> free_;
};

}  // namespace tunnus::sql
