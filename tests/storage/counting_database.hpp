// SPDX-License-Identifier: MIT
// A database that counts what is asked of it.
#pragma once

#include "storage/sql/database.hpp"

#include <atomic>

namespace tunnus::tests {

/// Passes everything on. Any thread may call.
class CountingDatabase final : public sql::Database {
  public:
    explicit CountingDatabase(sql::Database& inner) : inner_(inner) {}

    void submit(std::unique_ptr<Intention> intention,
                std::function<void(CommitResult)> done) override {
        ++writes;
        inner_.submit(std::move(intention), std::move(done));
    }
    [[nodiscard]] Result<sql::Rows> query(sql::Statement const& statement) override {
        ++reads;
        return inner_.query(statement);
    }
    [[nodiscard]] Result<std::optional<std::uint64_t>> endings() override {
        return inner_.endings();
    }
    [[nodiscard]] Result<> migrate(std::string_view schema,
                                   std::span<sql::Migration const> migrations) override {
        return inner_.migrate(schema, migrations);
    }
    [[nodiscard]] Result<> check() override { return inner_.check(); }
    [[nodiscard]] Result<> verify() override { return inner_.verify(); }
    [[nodiscard]] Dialect dialect() const noexcept override { return inner_.dialect(); }

    std::atomic<int> reads = 0;
    std::atomic<int> writes = 0;

  private:
    sql::Database& inner_;
};

}  // namespace tunnus::tests
