// SPDX-License-Identifier: MIT
// Access tokens as the last look found them, for as long as nothing has ended since
// (sql::Database::endings).
#pragma once

#include "storage/ids.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace tunnus::storage {

struct TokenAndGrant;

/// Any thread may call. Forgets everything when the count of endings has moved, and of what is used
/// least by halves.
class RememberedTokens {
  public:
    using Known = std::shared_ptr<TokenAndGrant const>;
    explicit RememberedTokens(std::size_t most) : half_(most / 2) {}

    /// Null: look it up. The secret is the caller's to compare.
    [[nodiscard]] Known find(std::uint64_t endings, Id const& id);
    /// `endings` as it was before the look.
    void keep(std::uint64_t endings, Id const& id, Known known);

  private:
    [[nodiscard]] bool is_now(std::uint64_t endings);
    void put(Id const& id, Known known);

    std::size_t const half_;
    std::mutex mutex_;
    std::uint64_t endings_ = 0;
    std::unordered_map<std::string, Known> used_;    ///< since the halves last changed places
    std::unordered_map<std::string, Known> before_;  ///< and not since then
};

}  // namespace tunnus::storage
