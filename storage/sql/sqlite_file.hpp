// SPDX-License-Identifier: MIT
// The files of an SQLite database as the operating system sees them: who may hold them, and whether
// they are still the ones we opened.
#pragma once

#include "storage/sql/database.hpp"

#include <sys/types.h>

#include <array>
#include <chrono>
#include <string>

namespace tunnus::sql {

/// The locks of `<database>.lock`. Byte 0 belongs to the server, or to whoever makes the file. Byte
/// 1 is held shared by a command while it is open and exclusively by the server while it
/// checkpoints: SQLite before 3.51.3 may damage a WAL when a checkpoint meets another connection's
/// commit (threats.md F-12).
class SqliteLock {
  public:
    SqliteLock() = default;
    SqliteLock(SqliteLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    SqliteLock& operator=(SqliteLock&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    ~SqliteLock();
    [[nodiscard]] static Result<SqliteLock> open(std::string const& database_path);

    [[nodiscard]] bool try_server();
    void release_server();
    /// Waits for a checkpoint to end.
    [[nodiscard]] bool enter_command(milliseconds timeout);
    [[nodiscard]] bool try_checkpoint();
    void release_checkpoint();

  private:
    bool set(short kind, off_t byte);
    int descriptor_ = -1;
};

/// Whether the database, its WAL, its shared memory and its lock are still the files of the start.
class SqliteFileIdentity {
  public:
    explicit SqliteFileIdentity(std::string const& database_path);
    /// Names the file that was removed or replaced (threats.md F-08); empty when all are in place.
    /// What is committed into a removed file is lost, so nothing may be acknowledged then.
    [[nodiscard]] std::string find_missing() const;

  private:
    struct File {
        std::string path;
        dev_t device;
        ino_t inode;
    };
    std::array<File, 4> files_;
};

}  // namespace tunnus::sql
