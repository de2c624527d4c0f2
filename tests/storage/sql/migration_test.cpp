// SPDX-License-Identifier: MIT
// Migrations: applied once, in order, whole or not at all (threats.md F-39).
#include "storage/sql/migration_plan.hpp"
#include "storage/sql/open.hpp"
#include "tests/storage/engines.hpp"

#include <gmock/gmock.h>

#include <thread>

namespace tunnus::tests {
namespace {

using sql::Migration;
using sql::SqlErrc;

constexpr Migration first{1, "0001_a.sql", "CREATE TABLE a (x INT) /*sqlite STRICT */;"};
constexpr Migration second{2, "0002_b.sql", "-- two\nCREATE TABLE b (x BIGINT);\nDROP TABLE a;\n"};

class MigrationTest : public testing::TestWithParam<Engine> {
  protected:
    Result<> migrate(std::vector<Migration> const& migrations) {
        return database->migrate("things", migrations);
    }
    bool has_table(std::string_view name) {
        constexpr std::string_view in_sqlite =
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name = ?";
        constexpr std::string_view in_mariadb =
            "SELECT TABLE_NAME FROM information_schema.TABLES "
            "WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?";
        return database->find({is_mariadb() ? in_mariadb : in_sqlite, {sql::value(name)}, {}})
            .value()
            .has_value();
    }
    static bool is_mariadb() { return GetParam() == Engine::mariadb; }
    std::int64_t applied() {
        return database->find({"SELECT COUNT(*) FROM schema_migrations", {}, {}})
            .value()
            ->integer(0);
    }
    TestDatabase database{GetParam()};
};

TEST_P(MigrationTest, RunsInOrderAndOnce) {
    EXPECT_TRUE(migrate({first}));
    EXPECT_TRUE(has_table("a"));
    EXPECT_TRUE(migrate({first, second}));
    EXPECT_FALSE(has_table("a"));
    EXPECT_TRUE(has_table("b"));
    EXPECT_TRUE(migrate({first, second}));
    EXPECT_EQ(applied(), 2);
}

TEST_P(MigrationTest, ReadsWhatIsMeantForThisEngineAlone) {
    EXPECT_TRUE(migrate({first}));
    if (is_mariadb()) return;  // it would have refused the word
    EXPECT_TRUE(
        database
            ->find({"SELECT 1 FROM sqlite_schema WHERE name = 'a' AND sql LIKE '%STRICT%'", {}, {}})
            .value());
}

TEST_P(MigrationTest, KeepsSchemasApart) {
    EXPECT_TRUE(migrate({first}));
    Migration const of_plugin{1, "0001_p.sql", "CREATE TABLE p_things (x BIGINT);"};
    EXPECT_TRUE(database->migrate("p", {&of_plugin, 1}));
    EXPECT_EQ(applied(), 2);
}

// F-09, F-39
TEST_P(MigrationTest, RefusesADatabaseThatIsNewer) {
    EXPECT_TRUE(migrate({first, second}));
    auto const refused = migrate({first});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, SqlErrc::schema);
    EXPECT_THAT(refused.error().detail, testing::HasSubstr("is at 2, this program knows 1"));
}

// F-39
TEST_P(MigrationTest, RefusesATextThatHasChanged) {
    EXPECT_TRUE(migrate({first}));
    auto changed = first;
    changed.text = "CREATE TABLE a (x BIGINT NOT NULL);";
    auto const refused = migrate({changed, second});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, SqlErrc::schema);
    EXPECT_THAT(refused.error().detail, testing::HasSubstr("0001_a.sql"));
    EXPECT_FALSE(has_table("b"));
}

// F-39: a statement that fails, like a kill, leaves nothing of its migration. On MariaDB, whose DDL
// commits by itself, it is resumed instead: mariadb_server_test.
class TransactionalMigrationTest : public MigrationTest {};

TEST_P(TransactionalMigrationTest, IsUndoneWholeAndCanBeResumed) {
    Migration const broken{2, "0002_b.sql",
                           "CREATE TABLE b (x BIGINT); CREATE TABLE b (x BIGINT);"};
    auto const failed = migrate({first, broken});
    ASSERT_FALSE(failed);
    EXPECT_THAT(failed.error().detail, testing::HasSubstr("0002_b.sql"));
    EXPECT_TRUE(has_table("a"));
    EXPECT_FALSE(has_table("b"));
    EXPECT_TRUE(migrate({first, second}));
    EXPECT_TRUE(has_table("b"));
}

TEST_P(MigrationTest, RefusesAListWithAGap) {
    EXPECT_THROW((void)migrate({second}), std::logic_error);
}

INSTANTIATE_TEST_SUITE_P(Engines, MigrationTest, every_engine, engine_name);
INSTANTIATE_TEST_SUITE_P(Engines, TransactionalMigrationTest,
                         testing::Values(Engine::sqlite_file, Engine::sqlite_memory), engine_name);

// F-39: two processes start it at once; one does the work, the other finds it done.
TEST(SqliteMigration, RunsOnceWhenTwoProcessesBeginIt) {
    TestDatabase server(Engine::sqlite_file);
    auto settings = server.settings;
    settings.use = sql::DatabaseSettings::Use::command;
    std::vector<Migration> const all{first, second};
    auto const migrate = [&all](sql::Database& database) {
        EXPECT_TRUE(database.migrate("things", all));
    };
    auto command = sql::open_database(settings, server.log).value();
    {
        std::jthread const one([&] { migrate(*server); });
        std::jthread const two([&] { migrate(*command); });
    }
    EXPECT_EQ(server->find({"SELECT COUNT(*) FROM schema_migrations", {}, {}}).value()->integer(0),
              2);
}

}  // namespace
}  // namespace tunnus::tests
