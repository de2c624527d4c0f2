// SPDX-License-Identifier: MIT
#include "storage/sql/sqlite.hpp"

#include "idp/base/limits.hpp"
#include "storage/sql/sqlite_connection.hpp"
#include "storage/sql/sqlite_create.hpp"
#include "storage/sql/sqlite_endings.hpp"
#include "storage/sql/sqlite_file.hpp"
#include "storage/sql/sqlite_migrate.hpp"
#include "storage/sql/write_queue.hpp"

#include <pthread.h>

#include <atomic>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <thread>

namespace tunnus::sql {
namespace {

constexpr std::size_t page_bytes = 4'096;
/// How long a batch waits to be as large as the one before.
constexpr std::chrono::microseconds patience{300};
/// A WAL this many times its usual bound is worth waiting for readers.
constexpr int wal_patience = 8;

boost::json::value as_json(std::string const& text) {
    return boost::json::string_view(text);
}

class SqliteDatabase final : public Database {
  public:
    SqliteDatabase(std::string path, DatabaseSettings const& settings, Log& log,
                   std::optional<SqliteLock> lock, SqliteEndings endings)
        : path_(std::move(path)),
          use_(settings.use),
          limits_(settings.limits),
          log_(log),
          lock_(std::move(lock)),
          endings_(std::move(endings)),
          queue_(limits_.writer_queue) {}

    ~SqliteDatabase() override {
        queue_.close();
        if (writer_thread_.joinable()) writer_thread_.join();
    }
    SqliteDatabase(SqliteDatabase const&) = delete;
    SqliteDatabase& operator=(SqliteDatabase const&) = delete;

    [[nodiscard]] Result<> start(std::size_t readers);

    void submit(std::unique_ptr<Intention> intention,
                std::function<void(CommitResult)> done) override;
    [[nodiscard]] Result<Rows> query(Statement const& statement) override {
        return readers().lease()->query(statement);
    }
    [[nodiscard]] Result<std::optional<std::uint64_t>> endings() override { return endings_.now(); }
    [[nodiscard]] Result<> migrate(std::string_view schema,
                                   std::span<Migration const> migrations) override;
    [[nodiscard]] Result<> check() override;
    [[nodiscard]] Result<> verify() override;
    [[nodiscard]] Dialect dialect() const noexcept override { return Dialect::sqlite; }

  private:
    using Batch = std::vector<PendingWrite>;

    [[nodiscard]] bool in_memory() const { return path_ == ":memory:"; }
    /// A database in memory is one connection; whoever holds it reads or writes.
    [[nodiscard]] SqlitePool& readers() { return in_memory() ? writer_ : readers_; }
    [[nodiscard]] Result<std::unique_ptr<SqliteConnection>> connect();

    void write_until_closed();
    void write(Batch& batch);
    [[nodiscard]] Result<> apply(SqliteConnection& connection, Batch& batch,
                                 std::vector<CommitResult>& results);
    [[nodiscard]] Result<> commit(SqliteConnection& connection);
    [[nodiscard]] Result<> begin(SqliteConnection& connection, Batch& batch);
    [[nodiscard]] CommitResult apply_directly(SqliteConnection& connection, Write const& write,
                                              bool& undo);
    [[nodiscard]] CommitResult apply_in_savepoint(SqliteConnection& connection, Write const& write);
    [[nodiscard]] CommitResult run_guarded(SqliteConnection& connection, Write const& write,
                                           std::size_t& done);
    [[nodiscard]] CommitResult run_steps(SqliteConnection& connection, Write const& write,
                                         std::vector<Statement> const& steps, std::size_t& done);
    void note(Result<> const& outcome);
    void reopen(SqlitePool::Lease& writer);
    void checkpoint_when_due(SqliteConnection& connection);
    [[nodiscard]] static Result<> write_probe(SqliteConnection& connection);
    [[nodiscard]] Result<> find_missing() const;

    std::string const path_;
    DatabaseSettings::Use const use_;
    Limits const limits_;
    Log& log_;
    std::optional<SqliteLock> lock_;
    SqliteEndings endings_;
    std::optional<SqliteFileIdentity> identity_;
    SqlitePool writer_;  ///< one connection
    SqlitePool readers_;
    WriteQueue queue_;
    std::atomic<bool> failing_ = false;  ///< the last batch was not written
    bool reopen_ = false;                ///< the writer's connection is doubtful
    bool ends_something_ = false;        ///< the batch at work
    int checkpointed_pages_ = 0;
    std::thread writer_thread_;
};

Result<std::unique_ptr<SqliteConnection>> SqliteDatabase::connect() {
    auto connection = SqliteConnection::open(path_, limits_.busy_timeout);
    if (!connection)
        return Error(connection.error().code, path_ + ": " + connection.error().detail);
    if (use_ == DatabaseSettings::Use::command) (*connection)->leave_wal_on_close();
    return connection;
}

Result<> SqliteDatabase::start(std::size_t readers) {
    auto writer = connect();
    if (!writer) return writer.error();
    writer_.add(std::move(*writer));
    for (std::size_t i = 0; !in_memory() && i < readers; ++i) {
        auto reader = connect();
        if (!reader) return reader.error();
        readers_.add(std::move(*reader));
    }
    if (!in_memory()) identity_.emplace(path_);
    writer_thread_ = std::thread([this] { write_until_closed(); });
    return {};
}

void SqliteDatabase::submit(std::unique_ptr<Intention> intention,
                            std::function<void(CommitResult)> done) {
    auto const* write = dynamic_cast<Write const*>(intention.get());
    if (write == nullptr) throw std::logic_error("an intention that is not a Write");
    PendingWrite pending{std::move(intention), write, std::move(done)};
    if (!queue_.push(pending))
        pending.done(Error(SqlErrc::busy, "the writer's queue is full or closed"));
}

void SqliteDatabase::write_until_closed() {
    pthread_setname_np(pthread_self(), "writer");
    // Who comes alone is written at once. Where several came together as many are awaited for a
    // moment, since a commit costs nearly the same for all: with 16 callers 9 % less CPU per login.
    for (auto batch = queue_.take(limits_.writer_batch); !batch.empty();) {
        auto const enough = batch.size();
        write(batch);
        batch = queue_.take(limits_.writer_batch, enough, patience);
    }
}

// Everyone of the batch is told after COMMIT has returned, and before the checkpoint.
void SqliteDatabase::write(Batch& batch) {
    auto writer = writer_.lease();
    if (reopen_) reopen(writer);
    std::vector<CommitResult> results;
    auto const outcome = apply(*writer, batch, results);
    note(outcome);
    if (!outcome) {
        reopen_ = !in_memory() && writer->hit_io_error();
        if (writer->in_transaction()) (void)writer->control("ROLLBACK");
        results.assign(batch.size(), outcome.error());
    }
    for (std::size_t i = 0; i < batch.size(); ++i)
        batch[i].done(std::move(results[i]));
    if (outcome) checkpoint_when_due(*writer);
}

// First without savepoints, which cost a copy of every page that an intention changes. Nearly all
// win, or lose by their first step, before they have written anything; where one must be undone the
// batch begins again with a savepoint for each.
Result<> SqliteDatabase::apply(SqliteConnection& connection, Batch& batch,
                               std::vector<CommitResult>& results) {
    if (auto begun = begin(connection, batch); !begun) return begun;
    results.reserve(batch.size());
    ends_something_ = false;
    bool undo_one = false;
    for (auto const& pending : batch) {
        results.push_back(apply_directly(connection, *pending.write, undo_one));
        // Some errors (disk full, out of memory) take the whole transaction with them.
        if (!connection.in_transaction()) return results.back().error();
        if (undo_one) break;
    }
    if (!undo_one) return commit(connection);

    results.clear();
    if (auto undone = connection.control("ROLLBACK"); !undone) return undone;
    if (auto begun = connection.control("BEGIN IMMEDIATE"); !begun) return begun;
    for (auto const& pending : batch) {
        results.push_back(apply_in_savepoint(connection, *pending.write));
        if (!connection.in_transaction()) return results.back().error();
    }
    return commit(connection);
}

Result<> SqliteDatabase::commit(SqliteConnection& connection) {
    if (ends_something_) endings_.begin();
    auto committed = connection.control("COMMIT");
    if (ends_something_) endings_.finish();
    return committed;
}

Result<> SqliteDatabase::begin(SqliteConnection& connection, Batch& batch) {
    if (auto gone = find_missing(); !gone) return gone;
    auto begun = connection.control("BEGIN IMMEDIATE");
    // Another process holds the file. What came in while we waited for it is answered too, so that
    // nobody waits for longer than busy_timeout (threats.md F-11).
    if (!begun)
        for (auto& late : queue_.take_all())
            batch.push_back(std::move(late));
    return begun;
}

Result<> SqliteDatabase::find_missing() const {
    auto const missing = identity_ ? identity_->find_missing() : std::string();
    if (missing.empty()) return {};
    return Error(SqlErrc::corrupt, missing + " was removed or replaced while in use");
}

/// `undo` when something was written that must not stand.
CommitResult SqliteDatabase::apply_directly(SqliteConnection& connection, Write const& write,
                                            bool& undo) {
    std::size_t done = 0;
    auto result = run_guarded(connection, write, done);
    if (result && *result == Verdict::won) return result;
    undo = done > 0;
    if (undo || !result || *result != Verdict::lost) return result;
    auto after = run_steps(connection, write, write.if_lost, done);
    if (after) return Verdict::lost;
    undo = done > 0;
    return after;
}

CommitResult SqliteDatabase::apply_in_savepoint(SqliteConnection& connection, Write const& write) {
    if (auto const marked = connection.control("SAVEPOINT intention"); !marked)
        return marked.error();
    std::size_t done = 0;
    auto result = run_guarded(connection, write, done);
    if (result && *result != Verdict::won)
        if (auto const undone = connection.control("ROLLBACK TO intention"); !undone)
            return undone.error();
    // The verdict stays `lost` whatever these do.
    if (result && *result == Verdict::lost)
        if (auto const after = run_steps(connection, write, write.if_lost, done); !after)
            result = after;
    if (!result && connection.in_transaction())
        if (auto const undone = connection.control("ROLLBACK TO intention"); !undone)
            return undone.error();
    if (connection.in_transaction())
        if (auto const released = connection.control("RELEASE intention"); !released)
            return released.error();
    return result;
}

CommitResult SqliteDatabase::run_guarded(SqliteConnection& connection, Write const& write,
                                         std::size_t& done) {
    auto failed = Verdict::first_replayed;
    for (auto const& guard : write.guards) {
        auto passed = run_steps(connection, write, {guard}, done);
        if (!passed) return passed;
        if (*passed == Verdict::lost) return failed;
        failed = Verdict::second_replayed;
    }
    return run_steps(connection, write, write.steps, done);
}

/// A statement that fails leaves nothing behind; `done` grows by those that may have left
/// something.
CommitResult SqliteDatabase::run_steps(SqliteConnection& connection, Write const& write,
                                       std::vector<Statement> const& steps, std::size_t& done) {
    for (auto const& step : steps) {
        auto const affected = connection.execute(step);
        if (!affected && step.expected_rows && connection.hit_unique()) return Verdict::lost;
        if (!affected) return affected.error();
        if (*affected != 0) ++done;
        // Also where it is undone after all: to look again costs little.
        if (*affected != 0 && (step.ends || !write.marks_ends)) ends_something_ = true;
        if (step.expected_rows && *affected != *step.expected_rows) return Verdict::lost;
    }
    return Verdict::won;
}

/// One line when writing begins to fail and one when it works again, however many fail in between.
void SqliteDatabase::note(Result<> const& outcome) {
    bool const failed = outcome.has_error();
    if (failing_.exchange(failed) == failed) return;
    if (failed)
        log_.error("storage.write_failed", {{"error", as_json(outcome.error().text())}});
    else
        log_.info("storage.write_recovered");
}

/// After a failed write or fsync the handle is not asked to try again (threats.md F-07).
void SqliteDatabase::reopen(SqlitePool::Lease& writer) {
    auto fresh = connect();
    if (!fresh)
        return;  // the batch will meet the old one's error, and the next one comes back here
    writer.replace(std::move(*fresh));
    reopen_ = false;
}

void SqliteDatabase::checkpoint_when_due(SqliteConnection& connection) {
    int const bound = static_cast<int>(limits_.wal_bytes / page_bytes);
    int const pages = connection.wal_pages();
    if (pages < checkpointed_pages_) checkpointed_pages_ = 0;  // the WAL began anew
    if (!lock_ || use_ != DatabaseSettings::Use::server || pages - checkpointed_pages_ < bound)
        return;
    checkpointed_pages_ = pages;
    if (!lock_->try_checkpoint()) return;  // a command is at work: when it is gone
    auto const mode = pages >= wal_patience * bound ? SqliteConnection::Checkpoint::restart
                                                    : SqliteConnection::Checkpoint::passive;
    if (auto const done = connection.checkpoint(mode); !done)
        log_.warning("storage.checkpoint_failed", {{"error", as_json(done.error().text())}});
    lock_->release_checkpoint();
}

Result<> SqliteDatabase::migrate(std::string_view schema, std::span<Migration const> migrations) {
    return migrate_sqlite(*writer_.lease(), schema, migrations);
}

Result<> SqliteDatabase::check() {
    if (auto gone = find_missing(); !gone) return gone;
    auto const read = query({"SELECT COUNT(*) FROM sqlite_schema", {}, {}});
    if (!read) return read.error();
    if (!failing_) return {};
    auto writer = writer_.lease();
    if (reopen_) reopen(writer);
    auto written = write_probe(*writer);
    if (!written && writer->in_transaction()) (void)writer->control("ROLLBACK");
    note(written);
    return written;
}

/// Writes a page as it was, durably.
Result<> SqliteDatabase::write_probe(SqliteConnection& connection) {
    static std::string const touch_header =
        "PRAGMA application_id = " + std::to_string(sqlite_application_id);
    if (auto begun = connection.control("BEGIN IMMEDIATE"); !begun) return begun;
    if (auto touched = connection.control(touch_header); !touched) return touched;
    return connection.control("COMMIT");
}

Result<> SqliteDatabase::verify() {
    auto const report = query({"PRAGMA quick_check(1)", {}, {}});
    if (!report) return report.error();
    if (report->size() == 1 && report->front().text(0) == "ok") return {};
    return Error(SqlErrc::corrupt,
                 report->empty() ? path_ : path_ + ": " + report->front().text(0));
}

/// The file in place and the locks of its use taken.
Result<SqliteLock> prepare_file(std::string const& path, DatabaseSettings const& settings,
                                Log& log) {
    namespace fs = std::filesystem;
    std::error_code error;
    if (!fs::exists(path, error) && !settings.create)
        return Error(SqlErrc::corrupt, path + " does not exist");
    if (auto const folder = create_sqlite_folder(path); !folder) return folder.error();
    auto lock = SqliteLock::open(path);
    if (!lock) return lock.error();

    bool const server = settings.use == DatabaseSettings::Use::server;
    bool const create = !fs::exists(path, error);
    if ((server || create) && !lock->try_server())
        return Error(SqlErrc::busy, "another server works on " + path);
    if (create)
        if (auto const created = create_sqlite_file(path); !created) return created.error();
    if (!server) {
        if (create) lock->release_server();
        if (!lock->enter_command(settings.limits.busy_timeout))
            return Error(SqlErrc::busy, "a checkpoint of " + path + " takes too long");
    }

    constexpr auto others = fs::perms::group_all | fs::perms::others_all;
    if ((fs::status(path, error).permissions() & others) != fs::perms::none) {
        log.warning("storage.permissions_narrowed", {{"file", as_json(path)}});
        fs::permissions(path, others, fs::perm_options::remove, error);
    }
    return lock;
}

/// A server that finds no command at work clears up after one that died.
Result<SqliteEndings> open_endings(std::string const& path, DatabaseSettings const& settings,
                                   SqliteLock& lock) {
    auto endings = SqliteEndings::open(path);
    if (!endings || settings.use != DatabaseSettings::Use::server) return endings;
    if (!lock.try_checkpoint()) return endings;
    endings->settle();
    lock.release_checkpoint();
    return endings;
}

}  // namespace

Result<std::unique_ptr<Database>> open_sqlite(std::string const& path,
                                              DatabaseSettings const& settings, Log& log) {
    std::optional<SqliteLock> lock;
    SqliteEndings endings;
    if (path != ":memory:") {
        auto prepared = prepare_file(path, settings, log);
        if (!prepared) return prepared.error();
        lock = std::move(*prepared);
        auto shared = open_endings(path, settings, *lock);
        if (!shared) return shared.error();
        endings = std::move(*shared);
    }
    auto database =
        std::make_unique<SqliteDatabase>(path, settings, log, std::move(lock), std::move(endings));
    if (auto const started = database->start(settings.readers); !started) return started.error();
    return std::unique_ptr<Database>(std::move(database));
}

}  // namespace tunnus::sql
