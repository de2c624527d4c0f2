// SPDX-License-Identifier: MIT
// The count behind Database::endings(), in memory that all processes of one SQLite file share.
#pragma once

#include "idp/base/result.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace tunnus::sql {

/// Any thread of any process may call. A process that dies between begin() and finish() leaves the
/// count unknown, so that nobody relies on it, until settle().
class SqliteEndings {
  public:
    /// Of a database in memory, which nobody else sees.
    SqliteEndings();
    /// In `<database>.lock`, which exists. Error: SqlErrc::full.
    [[nodiscard]] static Result<SqliteEndings> open(std::string const& database_path);

    /// Around a COMMIT that may end something: begin() in its transaction, so that no other process
    /// commits in between; finish() whatever came of it, before anybody is told.
    void begin() { ++shared_->begun; }
    void finish() { ++shared_->finished; }
    /// Empty between the two.
    [[nodiscard]] std::optional<std::uint64_t> now() const;
    /// When no other process has the file open.
    void settle();

  private:
    struct Shared {
        std::atomic<std::uint64_t> begun;
        std::atomic<std::uint64_t> finished;
    };
    static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "works between processes");
    struct Unmap {
        void operator()(Shared* shared) const;
    };
    explicit SqliteEndings(Shared* shared) : shared_(shared) {}
    std::unique_ptr<Shared, Unmap> shared_;
};

}  // namespace tunnus::sql
