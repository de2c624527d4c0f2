// SPDX-License-Identifier: MIT
// Database::endings(): the count by which what was read may be remembered (threats.md I10).
#include "storage/sql/open.hpp"
#include "storage/sql/sqlite_endings.hpp"
#include "tests/storage/engines.hpp"

namespace tunnus::tests {
namespace {

using sql::Statement;
using sql::value;
using sql::Write;

constexpr sql::Migration things[] = {
    {1, "0001_things.sql",
     "CREATE TABLE things (name VARCHAR(32) NOT NULL PRIMARY KEY, amount BIGINT NOT NULL);"},
};

Statement insert(std::string const& name) {
    return {"INSERT INTO things (name, amount) VALUES (?, 0)", {value(name)}, 1};
}
Statement remove(std::string const& name) {
    return {"DELETE FROM things WHERE name = ?", {value(name)}, {}};
}

class EndingsTest : public testing::TestWithParam<Engine> {
  protected:
    EndingsTest() {
        database->migrate("things", things).value();
        count = database->endings().value().value();
    }
    void commit(std::unique_ptr<Write> write) {
        EXPECT_TRUE(database->commit(std::move(write)).has_value());
    }
    /// Since the last look.
    bool has_moved() {
        auto const before = count;
        count = database->endings().value().value();
        EXPECT_GE(count, before);
        return count != before;
    }

    TestDatabase database{GetParam()};
    std::uint64_t count = 0;
};

TEST_P(EndingsTest, MoveWithEveryWriteThatDoesNotSayWhatItEnds) {
    commit(std::make_unique<Write>("test", std::vector{insert("a")}));
    EXPECT_TRUE(has_moved());
    EXPECT_FALSE(has_moved());
}

TEST_P(EndingsTest, StayWhileThingsAreAdded) {
    commit(Write::adding("test", {insert("a")}));
    commit(Write::adding("test", {insert("b"), remove("b")}));
    EXPECT_FALSE(has_moved());
}

TEST_P(EndingsTest, MoveWithAStatementThatEndsSomethingAndFindsIt) {
    commit(Write::adding("test", {insert("a"), sql::ending(remove("nothing"))}));
    EXPECT_FALSE(has_moved());
    commit(Write::adding("test", {insert("b"), sql::ending(remove("a"))}));
    EXPECT_TRUE(has_moved());
}

TEST_P(EndingsTest, MoveWithWhatALostWriteLeaves) {
    commit(Write::adding("test", {insert("a")}));
    commit(Write::adding("test", {insert("a")}, {sql::ending(remove("nothing"))}));
    EXPECT_FALSE(has_moved());
    commit(Write::adding("test", {insert("a")}, {sql::ending(remove("a"))}));
    EXPECT_TRUE(has_moved());
}

TEST_P(EndingsTest, HaveMovedBeforeAnybodyIsTold) {
    std::optional<std::uint64_t> when_told;
    database->submit(std::make_unique<Write>("test", std::vector{insert("a")}),
                     [&](CommitResult const&) { when_told = database->endings().value(); });
    commit(Write::adding("test", {}));  // the writer has come to the end
    ASSERT_TRUE(when_told);
    EXPECT_GT(*when_told, count);
}

INSTANTIATE_TEST_SUITE_P(Engines, EndingsTest, every_engine, engine_name);

// What `tunnus users …` does beside a running server.
TEST(SqliteEndings, AreCommonToTheProcessesOfAFile) {
    TestDatabase server(Engine::sqlite_file);
    server->migrate("things", things).value();
    auto settings = server.settings;
    settings.use = sql::DatabaseSettings::Use::command;
    auto const command = sql::open_database(settings, server.log).value();
    auto const before = server->endings().value();
    EXPECT_EQ(command->endings().value(), before);
    command->commit(std::make_unique<Write>("test", std::vector{insert("a")})).value();
    EXPECT_GT(server->endings().value(), before);
    EXPECT_EQ(command->endings().value(), server->endings().value());
}

TEST(SqliteEndings, AreUnknownWhileOneIsCommitted) {
    TestDatabase server(Engine::sqlite_file);
    auto other = sql::SqliteEndings::open(server.path()).value();
    other.begin();
    EXPECT_FALSE(server->endings().value());
    other.finish();
    EXPECT_TRUE(server->endings().value());
}

TEST(SqliteEndings, StayUnknownAfterAProcessDiedUntilTheServerStartsAlone) {
    TestDatabase server(Engine::sqlite_file);
    server.close();
    sql::SqliteEndings::open(server.path()).value().begin();
    auto settings = server.settings;
    settings.use = sql::DatabaseSettings::Use::command;
    {
        auto const command = sql::open_database(settings, server.log).value();
        server.open();
        EXPECT_FALSE(server->endings().value()) << "the command may be the one that is committing";
        server.close();
    }
    server.open();
    EXPECT_TRUE(server->endings().value());
}

}  // namespace
}  // namespace tunnus::tests
