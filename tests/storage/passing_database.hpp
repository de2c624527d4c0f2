// SPDX-License-Identifier: MIT
// A database that passes everything on: what tests that look at the traffic build upon.
#pragma once

#include "storage/sql/database.hpp"

namespace tunnus::tests {

/// Any thread may call. `inner` outlives it.
class PassingDatabase : public sql::Database {
  public:
    explicit PassingDatabase(sql::Database& inner) : inner_(inner) {}

    void submit(std::unique_ptr<Intention> intention,
                std::function<void(CommitResult)> done) override {
        inner_.submit(std::move(intention), std::move(done));
    }
    [[nodiscard]] Result<sql::Rows> query(sql::Statement const& statement) override {
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

  private:
    sql::Database& inner_;
};

}  // namespace tunnus::tests
