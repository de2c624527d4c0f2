// SPDX-License-Identifier: MIT
// What every engine does with a Write, in a table of two columns.
#include "idp/base/limits.hpp"
#include "tests/storage/engines.hpp"

#include <gmock/gmock.h>

#include <future>
#include <latch>
#include <thread>

namespace tunnus::tests {
namespace {

using sql::SqlErrc;
using sql::Statement;
using sql::value;
using sql::Write;

constexpr sql::Migration things[] = {
    {1, "0001_things.sql",
     "CREATE TABLE things (name VARCHAR(32) NOT NULL PRIMARY KEY, amount BIGINT NOT NULL "
     "CHECK (amount >= 0));"},
};

class WriteTest : public testing::TestWithParam<Engine> {
  protected:
    WriteTest() : database(GetParam()) { database->migrate("things", things).value(); }

    static Statement insert(std::string_view name, std::int64_t amount,
                            std::optional<std::uint64_t> expected = {}) {
        return {"INSERT INTO things (name, amount) VALUES (?, ?)",
                {value(name), value(amount)},
                expected};
    }
    static Statement add(std::string_view name, std::int64_t amount,
                         std::optional<std::uint64_t> expected = {}) {
        return {"UPDATE things SET amount = amount + ? WHERE name = ?",
                {value(amount), value(name)},
                expected};
    }
    CommitResult commit(std::vector<Statement> steps, std::vector<Statement> if_lost = {}) {
        return database->commit(
            std::make_unique<Write>("test", std::move(steps), std::move(if_lost)));
    }
    /// The thing's amount, or nothing.
    std::optional<std::int64_t> amount(std::string_view name) {
        auto const row =
            database->find({"SELECT amount FROM things WHERE name = ?", {value(name)}, {}}).value();
        return row ? std::optional(row->integer(0)) : std::nullopt;
    }

    TestDatabase database;
};

TEST_P(WriteTest, WinsWhenEveryExpectationHolds) {
    EXPECT_EQ(commit({insert("a", 1, 1), add("a", 2, 1)}).value(), Verdict::won);
    EXPECT_EQ(amount("a"), 3);
}

TEST_P(WriteTest, IsUndoneWholeWhenAnExpectationFails) {
    EXPECT_EQ(commit({insert("a", 1), add("absent", 1, 1)}).value(), Verdict::lost);
    EXPECT_EQ(amount("a"), std::nullopt);
}

TEST_P(WriteTest, RunsIfLostInItsPlace) {
    EXPECT_EQ(commit({insert("a", 1), add("absent", 1, 1)}, {insert("consolation", 7)}).value(),
              Verdict::lost);
    EXPECT_EQ(amount("a"), std::nullopt);
    EXPECT_EQ(amount("consolation"), 7);
}

TEST_P(WriteTest, LosesAnExpectedInsertToAUniqueConstraint) {
    commit({insert("a", 1)}).value();
    EXPECT_EQ(commit({insert("a", 2, 1)}).value(), Verdict::lost);
    EXPECT_EQ(amount("a"), 1);
}

TEST_P(WriteTest, FailsOnAUniqueConstraintThatWasNotExpected) {
    commit({insert("a", 1)}).value();
    auto const result = commit({add("a", 1), insert("a", 2)});
    EXPECT_EQ(result.error().code, SqlErrc::constraint);
    EXPECT_EQ(amount("a"), 1);
}

TEST_P(WriteTest, FailsOnAnyOtherConstraintEvenWhenExpected) {
    EXPECT_EQ(commit({insert("a", -1, 1)}).error().code, SqlErrc::constraint);
}

TEST_P(WriteTest, NamesAStatementThatDoesNotFit) {
    EXPECT_EQ(commit({{"UPDATE nothing SET x = 1", {}, {}}}).error().code, SqlErrc::misuse);
    EXPECT_EQ(commit({{"DELETE FROM things WHERE name = ?", {}, {}}}).error().code,
              SqlErrc::misuse);
    EXPECT_EQ(commit({{"SELECT 1", {}, {}}}).error().code, SqlErrc::misuse);
    EXPECT_EQ(commit({{"DELETE FROM things; DELETE FROM things", {}, {}}}).error().code,
              SqlErrc::misuse);
}

TEST_P(WriteTest, FailsAloneAndNeverWithItsNeighbours) {
    std::vector<std::promise<CommitResult>> promises(60);
    for (std::size_t i = 0; i < promises.size(); ++i) {
        std::vector<Statement> steps{insert("n" + std::to_string(i), 1, 1)};
        if (i % 3 == 1) steps.push_back({"UPDATE nothing SET x = 1", {}, {}});
        if (i % 3 == 2) steps.push_back(add("absent", 1, 1));
        database->submit(std::make_unique<Write>("test", std::move(steps)),
                         [&promise = promises[i]](CommitResult result) {
                             promise.set_value(std::move(result));
                         });
    }
    for (std::size_t i = 0; i < promises.size(); ++i) {
        auto const result = promises[i].get_future().get();
        EXPECT_EQ(result.has_error(), i % 3 == 1);
        if (result) {
            EXPECT_EQ(*result, i % 3 == 0 ? Verdict::won : Verdict::lost);
        }
        EXPECT_EQ(amount("n" + std::to_string(i)).has_value(), i % 3 == 0);
    }
}

TEST_P(WriteTest, IsAppliedInTheOrderOfItsSubmission) {
    commit({insert("a", 0)}).value();
    constexpr std::int64_t rounds = 500;
    std::vector<bool> won;
    for (std::int64_t i = 0; i < rounds; ++i)
        database->submit(std::make_unique<Write>(
                             "test", std::vector<Statement>{{"UPDATE things SET amount = ? "
                                                             "WHERE name = 'a' AND amount = ?",
                                                             {value(i + 1), value(i)},
                                                             1}}),
                         [&won](CommitResult result) { won.push_back(*result == Verdict::won); });
    commit({}).value();  // the writer has come to the end
    EXPECT_EQ(won, std::vector<bool>(rounds, true));
    EXPECT_EQ(amount("a"), rounds);
}

TEST_P(WriteTest, IsVisibleToEveryReaderOnceAcknowledged) {
    commit({insert("a", 0)}).value();
    for (std::int64_t i = 1; i <= 200; ++i) {
        commit({add("a", 1, 1)}).value();
        std::vector<std::jthread> readers;
        for (int reader = 0; reader < 3; ++reader)
            readers.emplace_back([this, i] { EXPECT_EQ(amount("a"), i); });
    }
}

TEST_P(WriteTest, IsRefusedAtOnceWhenTheQueueIsFull) {
    Limits limits;
    limits.writer_queue = 4;
    limits.writer_batch = 1;
    TestDatabase small(GetParam(), limits);
    std::latch writer_is_held(1);
    std::latch let_go(1);
    small->submit(std::make_unique<Write>("first", std::vector<Statement>{}),
                  [&](CommitResult const&) {
                      writer_is_held.count_down();
                      let_go.wait();
                  });
    writer_is_held.wait();
    std::vector<bool> refused;
    for (int i = 0; i < 6; ++i)
        small->submit(
            std::make_unique<Write>("more", std::vector<Statement>{}),
            [&refused](CommitResult result) {
                refused.push_back(result.has_error() && result.error().code == SqlErrc::busy);
            });
    EXPECT_EQ(refused, (std::vector<bool>{true, true}));  // told on this thread
    let_go.count_down();
    small.close();  // finishes what was accepted
    EXPECT_THAT(refused, testing::ElementsAre(true, true, false, false, false, false));
}

TEST_P(WriteTest, KeepsEveryKindOfValueAsItIs) {
    constexpr sql::Migration all_kinds[] = {
        {1, "0001_kinds.sql",
         "CREATE TABLE kinds (id BIGINT NOT NULL PRIMARY KEY, t VARCHAR(32), b VARBINARY(32), "
         "n BIGINT);"}};
    database->migrate("kinds", all_kinds).value();
    std::string const awkward("'\0 \xC3\xA4;--", 8);
    commit({{"INSERT INTO kinds (id, t, b, n) VALUES (?, ?, ?, ?)",
             {value(std::int64_t{1}), value("007"), sql::blob(awkward), sql::Value()},
             1},
            {"INSERT INTO kinds (id, t, b, n) VALUES (?, ?, ?, ?)",
             {value(std::int64_t{2}), value(""), sql::blob(""),
              value(std::numeric_limits<std::int64_t>::min())},
             1}})
        .value();
    auto const rows = database->query({"SELECT t, b, n FROM kinds ORDER BY id", {}, {}}).value();
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].text(0), "007");
    EXPECT_EQ(rows[0].bytes(1), awkward);
    EXPECT_TRUE(rows[0].is_null(2));
    EXPECT_EQ(rows[1].text(0), "");
    EXPECT_FALSE(rows[1].is_null(1));
    EXPECT_EQ(rows[1].integer(2), std::numeric_limits<std::int64_t>::min());
    EXPECT_THROW((void)rows[0].integer(0), std::logic_error);
}

TEST_P(WriteTest, IsNotTakenByQuery) {
    EXPECT_EQ(database->query(insert("a", 1)).error().code, SqlErrc::misuse);
    EXPECT_EQ(amount("a"), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Engines, WriteTest, every_engine, engine_name);

}  // namespace
}  // namespace tunnus::tests
