// SPDX-License-Identifier: MIT
// The count behind Database::endings() on MariaDB: a row per process, so that no two write the same
// one, and its sum is the count.
#pragma once

#include "storage/sql/mariadb_hosts.hpp"

namespace tunnus::sql {

/// Any thread may call. The count becomes visible with the commit that ends something: who reads it
/// before he reads what he remembers never remembers what had ended.
class MariadbEndings {
  public:
    /// Counts one end for this process; part of the transaction that ends it.
    [[nodiscard]] static std::string count_statement(std::string_view node);

    /// By one read for all who wait: a read serves those who came before it began.
    [[nodiscard]] Result<std::optional<std::uint64_t>> now(MariadbPool& pool);

  private:
    std::mutex mutex_;
    std::condition_variable finished_one_;
    std::uint64_t begun_ = 0;  ///< reads
    std::uint64_t finished_ = 0;
    Result<std::optional<std::uint64_t>> last_ = std::optional<std::uint64_t>();
};

}  // namespace tunnus::sql
