// SPDX-License-Identifier: MIT
// A database that counts what is asked of it.
#pragma once

#include "tests/storage/passing_database.hpp"

#include <atomic>

namespace tunnus::tests {

class CountingDatabase final : public PassingDatabase {
  public:
    using PassingDatabase::PassingDatabase;

    void submit(std::unique_ptr<Intention> intention,
                std::function<void(CommitResult)> done) override {
        if (before_write) before_write(intention->name());
        ++writes;
        ++here().writes;
        PassingDatabase::submit(std::move(intention), std::move(done));
    }
    [[nodiscard]] Result<sql::Rows> query(sql::Statement const& statement) override {
        ++reads;
        ++here().reads;
        return PassingDatabase::query(statement);
    }

    /// What this thread asked of such databases, for tests that count one request among many.
    struct Counts {
        int reads = 0;
        int writes = 0;
    };
    [[nodiscard]] static Counts& here() {
        static thread_local Counts counts;
        return counts;
    }

    /// Told of every write on the thread that submits it; may throw, as if the process ended there.
    std::function<void(std::string_view name)> before_write;
    std::atomic<int> reads = 0;
    std::atomic<int> writes = 0;
};

}  // namespace tunnus::tests
