// SPDX-License-Identifier: MIT
#include "storage/sql/sqlite_create.hpp"

#include "storage/sql/sqlite.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace tunnus::sql {
namespace {

namespace fs = std::filesystem;

Error failure(std::string const& path, int error) {
    return Error(SqlErrc::full, path + ": " + std::strerror(error));
}

fs::path folder_of(std::string const& path) {
    auto const folder = fs::path(path).parent_path();
    return folder.empty() ? fs::path(".") : folder;
}

Result<> write_header(std::string const& path) {
    sqlite3* handle = nullptr;
    int code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr);
    auto const pragma = "PRAGMA synchronous = EXTRA; PRAGMA application_id = " +
                        std::to_string(sqlite_application_id);
    if (code == SQLITE_OK) code = sqlite3_exec(handle, pragma.c_str(), nullptr, nullptr, nullptr);
    std::string const text = code == SQLITE_OK ? "" : sqlite3_errmsg(handle);
    sqlite3_close(handle);
    if (code != SQLITE_OK) return Error(SqlErrc::full, path + ": " + text);
    return {};
}

}  // namespace

Result<> create_sqlite_folder(std::string const& path) {
    auto const folder = folder_of(path);
    std::error_code error;
    if (fs::exists(folder, error)) return {};
    fs::create_directories(folder.parent_path(), error);
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
        return failure(folder.string(), errno);
    return {};
}

Result<> create_sqlite_file(std::string const& path) {
    std::error_code error;
    if (fs::exists(path + "-wal", error))
        return Error(SqlErrc::corrupt, path + " is missing, yet " + path + "-wal is there");
    std::string const unfinished = path + ".new";
    fs::remove(unfinished, error);
    fs::remove(unfinished + "-journal", error);
    int const descriptor = ::open(unfinished.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) return failure(unfinished, errno);
    ::close(descriptor);
    if (auto written = write_header(unfinished); !written) return written;
    if (::rename(unfinished.c_str(), path.c_str()) != 0) return failure(path, errno);
    sync_folder_of(path);
    return {};
}

void sync_folder_of(std::string const& path) {
    int const descriptor = ::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    ::fsync(descriptor);
    ::close(descriptor);
}

}  // namespace tunnus::sql
