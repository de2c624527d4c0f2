// SPDX-License-Identifier: MIT
#include "storage/sql/sqlite_connection.hpp"

#include "storage/sql/sqlite.hpp"
#include "storage/sql/sqlite_wal_vfs.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <stdexcept>

namespace tunnus::sql {
namespace {

/// More texts than this in one connection means that somebody builds statements instead of naming
/// them; all are forgotten then.
constexpr std::size_t prepared_statements_kept = 512;

SqlErrc classify(int extended_code, int wal_errno) {
    switch (extended_code & 0xFF) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_NOMEM:
        case SQLITE_INTERRUPT:
        case SQLITE_CANTOPEN:
            return SqlErrc::busy;
        case SQLITE_FULL:
        case SQLITE_READONLY:
        case SQLITE_PERM:
            return SqlErrc::full;
        case SQLITE_IOERR:
            // SQLite calls only ENOSPC full; a quota or file size limit is no different to us.
            return wal_errno == EFBIG || wal_errno == EDQUOT ? SqlErrc::full
                                                             : SqlErrc::unknown_outcome;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return SqlErrc::corrupt;
        case SQLITE_CONSTRAINT:
            return SqlErrc::constraint;
        default:
            return SqlErrc::misuse;
    }
}

/// Why the last write to the WAL failed; `errno` itself has seen the rollback since.
int last_wal_errno(sqlite3* handle) {
    sqlite3_file* wal = nullptr;
    int error = 0;
    if (sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal) == SQLITE_OK &&
        wal != nullptr && wal->pMethods != nullptr)
        wal->pMethods->xFileControl(wal, SQLITE_FCNTL_LAST_ERRNO, &error);
    return error;
}

void bind(sqlite3_stmt* statement, int position, Value const& value) {
    struct Binder {
        sqlite3_stmt* statement;
        int position;
        int operator()(std::monostate) const { return sqlite3_bind_null(statement, position); }
        int operator()(std::int64_t number) const {
            return sqlite3_bind_int64(statement, position, number);
        }
        int operator()(std::string const& text) const {
            return sqlite3_bind_text64(statement, position, text.data(), text.size(), SQLITE_STATIC,
                                       SQLITE_UTF8);
        }
        int operator()(Blob const& blob) const {
            return sqlite3_bind_blob64(statement, position, blob.bytes.data(), blob.bytes.size(),
                                       SQLITE_STATIC);
        }
    };
    if (std::visit(Binder{statement, position}, value) != SQLITE_OK) throw std::bad_alloc();
}

std::string bytes_of(void const* data, int size) {
    return {static_cast<char const*>(data), static_cast<std::size_t>(size)};
}

Value column(sqlite3_stmt* statement, int index) {
    switch (sqlite3_column_type(statement, index)) {
        case SQLITE_NULL:
            return {};
        case SQLITE_INTEGER:
            return value(std::int64_t{sqlite3_column_int64(statement, index)});
        case SQLITE_TEXT: {
            auto const* text = sqlite3_column_text(statement, index);
            return bytes_of(text, sqlite3_column_bytes(statement, index));
        }
        case SQLITE_BLOB: {
            auto const* data = sqlite3_column_blob(statement, index);
            return Blob{bytes_of(data, sqlite3_column_bytes(statement, index))};
        }
        default:
            throw std::logic_error("a column holds a floating-point number");
    }
}

}  // namespace

std::string for_sqlite(std::string_view sql) {
    constexpr std::string_view opening = "/*sqlite ";
    constexpr std::string_view closing = "*/";
    std::string text(sql);
    for (auto begin = text.find(opening); begin != std::string::npos;
         begin = text.find(opening, begin)) {
        auto const end = text.find(closing, begin);
        if (end == std::string::npos) break;
        text.replace(end, closing.size(), " ");
        text.replace(begin, opening.size(), " ");
    }
    return text;
}

void SqliteConnection::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

void SqliteConnection::Close::operator()(sqlite3* handle) const {
    sqlite3_close(handle);
}

/// One run of a prepared statement: parameters bound, and let go of at the end.
class SqliteConnection::Run {
  public:
    Run(sqlite3_stmt* statement, std::vector<Value> const& parameters) : statement_(statement) {
        int position = 0;
        for (auto const& parameter : parameters)
            bind(statement_, ++position, parameter);
    }
    Run(Run const&) = delete;
    Run& operator=(Run const&) = delete;
    ~Run() {
        sqlite3_reset(statement_);
        sqlite3_clear_bindings(statement_);
    }
    int step() { return sqlite3_step(statement_); }

  private:
    sqlite3_stmt* statement_;
};

SqliteConnection::~SqliteConnection() = default;

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::open(std::string const& path,
                                                                 milliseconds busy_timeout) {
    bool const in_memory = path == ":memory:";
    std::unique_ptr<SqliteConnection> connection(new SqliteConnection);
    sqlite3* handle = nullptr;
    int const flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                      (in_memory ? SQLITE_OPEN_CREATE : 0);
    int const code =
        sqlite3_open_v2(path.c_str(), &handle, flags, in_memory ? nullptr : sqlite_wal_vfs());
    connection->handle_.reset(handle);
    if (handle == nullptr) throw std::bad_alloc();
    if (code != SQLITE_OK) return connection->failure();
    // First: a file of somebody else is left as it is.
    if (auto const ours = in_memory ? Result<>() : connection->check_ours(); !ours)
        return ours.error();
    if (auto const set = connection->apply_settings(in_memory, busy_timeout); !set)
        return set.error();
    return connection;
}

Result<> SqliteConnection::check_ours() {
    auto const id = query({"PRAGMA application_id", {}, {}});
    if (!id) return id.error();
    if (id->front().integer(0) != sqlite_application_id)
        return Error(SqlErrc::corrupt, "the file belongs to another program (application_id)");
    auto const schema = query({"SELECT COUNT(*) FROM sqlite_schema", {}, {}});
    if (!schema) return schema.error();
    return {};
}

Result<> SqliteConnection::apply_settings(bool in_memory, milliseconds busy_timeout) {
    auto* const handle = handle_.get();
    sqlite3_busy_timeout(handle, static_cast<int>(busy_timeout.count()));
    sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
    int defensive = 0;
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, &defensive);
    if (defensive != 1) return Error(SqlErrc::misuse, "SQLite does not support `defensive`");

    struct Setting {
        char const* name;
        char const* value;
        char const* reads_back;
    };
    constexpr Setting settings[] = {
        {"synchronous", "FULL", "2"},    // NORMAL may lose acknowledged commits (F-03)
        {"foreign_keys", "ON", "1"},     //
        {"trusted_schema", "OFF", "0"},  //
        {"cell_size_check", "ON", "1"},  // damage is seen where it is read
        {"secure_delete", "ON", "1"},    // what was deleted is overwritten
        {"temp_store", "MEMORY", "2"},   // nothing of ours in /tmp
        {"cache_size", "-512", "-512"},  // KiB a connection; larger ones were measured not to help
    };
    for (auto const& [name, wanted, reads_back] : settings)
        if (auto set = apply_setting(name, wanted, reads_back); !set) return set;
    if (in_memory) return {};
    if (auto set = apply_setting("journal_mode", "WAL", "wal"); !set) return set;
    if (auto set = apply_setting("journal_size_limit", "16777216", "16777216"); !set) return set;
    // In place of the automatic checkpoint: only the writer checkpoints, when it chooses to.
    sqlite3_wal_hook(
        handle,
        [](void* self, sqlite3*, char const*, int pages) {
            static_cast<SqliteConnection*>(self)->wal_pages_ = pages;
            return SQLITE_OK;
        },
        this);
    return {};
}

Result<> SqliteConnection::apply_setting(std::string const& name, std::string const& value,
                                         std::string const& reads_back) {
    std::string found;
    auto const read_first_column = [](void* out, int, char** columns, char**) {
        if (columns[0] != nullptr) *static_cast<std::string*>(out) = columns[0];
        return 0;
    };
    for (auto const& text : {"PRAGMA " + name + " = " + value, "PRAGMA " + name})
        if (sqlite3_exec(handle_.get(), text.c_str(), read_first_column, &found, nullptr) !=
            SQLITE_OK)
            return failure();
    if (found != reads_back)
        return Error(SqlErrc::misuse, "SQLite setting " + name + " is " + found + ", not " + value);
    return {};
}

Error SqliteConnection::failure() {
    last_failure_ = sqlite3_extended_errcode(handle_.get());
    std::string text = sqlite3_errmsg(handle_.get());
    int const wal_errno = hit_io_error() ? last_wal_errno(handle_.get()) : 0;
    return Error(classify(last_failure_, wal_errno), std::move(text));
}

bool SqliteConnection::hit_unique() const {
    return last_failure_ == SQLITE_CONSTRAINT_UNIQUE ||
           last_failure_ == SQLITE_CONSTRAINT_PRIMARYKEY;
}

bool SqliteConnection::hit_io_error() const {
    return (last_failure_ & 0xFF) == SQLITE_IOERR;
}

bool SqliteConnection::in_transaction() const {
    return sqlite3_get_autocommit(handle_.get()) == 0;
}

Result<sqlite3_stmt*> SqliteConnection::prepare(std::string_view sql) {
    if (auto const found = prepared_.find(sql); found != prepared_.end())
        return found->second.get();
    std::string const text = for_sqlite(sql);
    sqlite3_stmt* statement = nullptr;
    char const* rest = nullptr;
    int const code = sqlite3_prepare_v3(handle_.get(), text.data(), static_cast<int>(text.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, &rest);
    Prepared prepared(statement);
    if (code != SQLITE_OK) return failure();
    if (statement == nullptr || rest != text.data() + text.size())
        return Error(SqlErrc::misuse, "not exactly one statement");
    if (prepared_.size() >= prepared_statements_kept) prepared_.clear();
    prepared_.emplace(sql, std::move(prepared));
    return statement;
}

Result<Rows> SqliteConnection::query(Statement const& statement) {
    auto const prepared = prepare(statement.sql);
    if (!prepared) return prepared.error();
    if (sqlite3_stmt_readonly(*prepared) == 0)
        return Error(SqlErrc::misuse, "query() takes only statements that read");
    if (static_cast<std::size_t>(sqlite3_bind_parameter_count(*prepared)) !=
        statement.parameters.size())
        return Error(SqlErrc::misuse, "the number of parameters does not fit");
    Run run(*prepared, statement.parameters);
    Rows rows;
    int code = run.step();
    for (; code == SQLITE_ROW; code = run.step()) {
        std::vector<Value> columns;
        int const count = sqlite3_column_count(*prepared);
        columns.reserve(static_cast<std::size_t>(count));
        for (int i = 0; i < count; ++i)
            columns.push_back(column(*prepared, i));
        rows.emplace_back(std::move(columns));
    }
    if (code != SQLITE_DONE) return failure();
    return rows;
}

Result<std::uint64_t> SqliteConnection::execute(Statement const& statement) {
    auto const prepared = prepare(statement.sql);
    if (!prepared) return prepared.error();
    // Besides being a mistake, it would repeat the count of the statement before.
    if (sqlite3_stmt_readonly(*prepared) != 0)
        return Error(SqlErrc::misuse, "a write takes only statements that write");
    if (static_cast<std::size_t>(sqlite3_bind_parameter_count(*prepared)) !=
        statement.parameters.size())
        return Error(SqlErrc::misuse, "the number of parameters does not fit");
    Run run(*prepared, statement.parameters);
    int code = run.step();
    while (code == SQLITE_ROW)
        code = run.step();
    if (code != SQLITE_DONE) return failure();
    return static_cast<std::uint64_t>(sqlite3_changes64(handle_.get()));
}

Result<> SqliteConnection::control(std::string_view sql) {
    auto const prepared = prepare(sql);
    if (!prepared) return prepared.error();
    Run run(*prepared, {});
    int code = run.step();
    while (code == SQLITE_ROW)
        code = run.step();
    if (code != SQLITE_DONE) return failure();
    return {};
}

Result<> SqliteConnection::run_script(std::string_view script) {
    std::string const text = for_sqlite(script);
    char const* rest = text.c_str();
    while (*rest != '\0') {
        sqlite3_stmt* statement = nullptr;
        int const code = sqlite3_prepare_v2(handle_.get(), rest, -1, &statement, &rest);
        Prepared const prepared(statement);
        if (code != SQLITE_OK) return failure();
        if (statement == nullptr) continue;  // white space or a comment
        int step = sqlite3_step(statement);
        while (step == SQLITE_ROW)
            step = sqlite3_step(statement);
        if (step != SQLITE_DONE) return failure();
    }
    return {};
}

Result<> SqliteConnection::checkpoint(Checkpoint mode) {
    int const how =
        mode == Checkpoint::passive ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_RESTART;
    if (sqlite3_wal_checkpoint_v2(handle_.get(), "main", how, nullptr, nullptr) != SQLITE_OK)
        return failure();
    return {};
}

void SqliteConnection::leave_wal_on_close() {
    sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

void SqlitePool::add(std::unique_ptr<SqliteConnection> connection) {
    {
        std::scoped_lock const lock(mutex_);
        free_.push_back(std::move(connection));
    }
    returned_.notify_one();
}

SqlitePool::Lease SqlitePool::lease() {
    std::unique_lock lock(mutex_);
    returned_.wait(lock, [this] { return !free_.empty(); });
    auto connection = std::move(free_.back());
    free_.pop_back();
    return {*this, std::move(connection)};
}

}  // namespace tunnus::sql
