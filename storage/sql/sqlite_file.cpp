// SPDX-License-Identifier: MIT
#include "storage/sql/sqlite_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>

namespace tunnus::sql {
namespace {

constexpr off_t server_byte = 0;
constexpr off_t checkpoint_byte = 1;

}  // namespace

SqliteLock::~SqliteLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Result<SqliteLock> SqliteLock::open(std::string const& database_path) {
    std::string const path = database_path + ".lock";
    SqliteLock lock;
    lock.descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock.descriptor_ < 0) return Error(SqlErrc::full, path + ": " + std::strerror(errno));
    return lock;
}

// Open file description locks: closing another descriptor of the file does not drop them, and two
// openings in one process exclude each other too.
bool SqliteLock::set(short kind, off_t byte) {
    struct flock range {};
    range.l_type = kind;
    range.l_whence = SEEK_SET;
    range.l_start = byte;
    range.l_len = 1;
    return ::fcntl(descriptor_, F_OFD_SETLK, &range) == 0;
}

bool SqliteLock::try_server() {
    return set(F_WRLCK, server_byte);
}

void SqliteLock::release_server() {
    set(F_UNLCK, server_byte);
}

bool SqliteLock::enter_command(milliseconds timeout) {
    auto const deadline = std::chrono::steady_clock::now() + timeout;
    while (!set(F_RDLCK, checkpoint_byte)) {
        if (std::chrono::steady_clock::now() >= deadline) return false;
        std::this_thread::sleep_for(milliseconds(5));  // a lock of this kind has no timed wait
    }
    return true;
}

bool SqliteLock::try_checkpoint() {
    return set(F_WRLCK, checkpoint_byte);
}

void SqliteLock::release_checkpoint() {
    set(F_UNLCK, checkpoint_byte);
}

SqliteFileIdentity::SqliteFileIdentity(std::string const& database_path)
    : files_{{{database_path, 0, 0},
              {database_path + "-wal", 0, 0},
              {database_path + "-shm", 0, 0},
              {database_path + ".lock", 0, 0}}} {
    for (auto& file : files_) {
        struct stat status {};
        if (::stat(file.path.c_str(), &status) != 0) continue;
        file.device = status.st_dev;
        file.inode = status.st_ino;
    }
}

std::string SqliteFileIdentity::find_missing() const {
    for (auto const& file : files_) {
        struct stat status {};
        bool const in_place = ::stat(file.path.c_str(), &status) == 0 &&
                              status.st_dev == file.device && status.st_ino == file.inode;
        if (!in_place) return file.path;
    }
    return {};
}

}  // namespace tunnus::sql
