// SPDX-License-Identifier: MIT
#include "storage/sql/sqlite_backup.hpp"

#include "storage/sql/sqlite_connection.hpp"
#include "storage/sql/sqlite_create.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>

namespace tunnus::sql {
namespace {

namespace fs = std::filesystem;

Error failure(std::string const& path) {
    return Error(SqlErrc::full, path + ": " + std::strerror(errno));
}

/// An empty file that is ours alone; SQLite copies into it.
Result<> reserve(std::string const& path) {
    int const descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) return failure(path);
    ::close(descriptor);
    return {};
}

Result<> sync_file(std::string const& path) {
    int const descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return failure(path);
    bool const synced = ::fsync(descriptor) == 0;
    ::close(descriptor);
    if (!synced) return failure(path);
    return {};
}

struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
};

/// On a handle of its own: ours may attach nothing, and VACUUM INTO does.
Result<> copy_into(std::string const& path, std::string const& unfinished,
                   milliseconds busy_timeout) {
    sqlite3* raw = nullptr;
    int code = sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE, nullptr);
    std::unique_ptr<sqlite3, Close> const source(raw);
    auto const failed = [&] {
        return Error(SqlErrc::full, unfinished + ": " + sqlite3_errmsg(source.get()));
    };
    if (code == SQLITE_OK)  // the WAL stays the server's
        code = sqlite3_db_config(raw, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    if (code == SQLITE_OK) code = sqlite3_busy_timeout(raw, static_cast<int>(busy_timeout.count()));
    if (code != SQLITE_OK) return failed();
    sqlite3_stmt* statement = nullptr;
    code = sqlite3_prepare_v2(raw, "VACUUM INTO ?", -1, &statement, nullptr);
    if (code == SQLITE_OK)
        code = sqlite3_bind_text(statement, 1, unfinished.c_str(), -1, SQLITE_TRANSIENT);
    if (code == SQLITE_OK) code = sqlite3_step(statement);
    auto const result = code == SQLITE_DONE ? Result<>() : Result<>(failed());
    sqlite3_finalize(statement);
    return result;
}

Result<> mark_and_check(std::string const& unfinished, std::span<Statement const> marks,
                        milliseconds busy_timeout) {
    auto copy = SqliteConnection::open(unfinished, busy_timeout);
    if (!copy) return copy.error();
    for (auto const& mark : marks)
        if (auto const marked = (*copy)->execute(mark); !marked) return marked.error();
    auto const checked = (*copy)->query({"PRAGMA integrity_check(1)", {}, {}});
    if (!checked) return checked.error();
    if (checked->at(0).text(0) != "ok") return Error(SqlErrc::corrupt, checked->at(0).text(0));
    return {};
}

}  // namespace

Result<> back_up_sqlite(std::string const& path, std::string const& copy,
                        std::span<Statement const> marks, milliseconds busy_timeout) {
    std::error_code error;
    if (fs::exists(copy, error)) return Error(SqlErrc::full, copy + ": is there already");
    std::string const unfinished = copy + ".unfinished";
    auto const made = [&]() -> Result<> {
        if (auto reserved = reserve(unfinished); !reserved) return reserved;
        if (auto copied = copy_into(path, unfinished, busy_timeout); !copied) return copied;
        if (auto marked = mark_and_check(unfinished, marks, busy_timeout); !marked) return marked;
        if (auto synced = sync_file(unfinished); !synced) return synced;
        // Another file of that name is never replaced.
        if (::link(unfinished.c_str(), copy.c_str()) != 0) return failure(copy);
        return {};
    }();
    for (auto const* more : {"", "-wal", "-shm", "-journal"})
        fs::remove(unfinished + more, error);
    if (made) sync_folder_of(copy);
    return made;
}

}  // namespace tunnus::sql
