// SPDX-License-Identifier: MIT
// What only an engine behind a server does: it looks at the server, and lives with one that goes
// away.
#include "storage/sql/mariadb_text.hpp"
#include "storage/sql/migration_plan.hpp"
#include "tests/storage/engines.hpp"

#include <gmock/gmock.h>

#include <future>
#include <latch>
#include <thread>

namespace tunnus::tests {
namespace {

using fakes::MariadbServer;
using sql::SqlErrc;
using sql::Statement;
using sql::value;
using sql::Write;
using testing::HasSubstr;

constexpr sql::Migration things[] = {
    {1, "0001_things.sql",
     "CREATE TABLE things (name VARCHAR(32) NOT NULL PRIMARY KEY, amount BIGINT NOT NULL);"},
};

Statement insert(std::string const& name) {
    return {"INSERT INTO things (name, amount) VALUES (?, 0)", {value(name)}, 1};
}
Statement add(std::string const& name) {
    return {"UPDATE things SET amount = amount + 1 WHERE name = ?", {value(name)}, 1};
}
CommitResult commit(sql::Database& database, std::vector<Statement> steps) {
    return database.commit(std::make_unique<Write>("test", std::move(steps)));
}
Result<std::int64_t> amount(sql::Database& database, std::string const& name) {
    auto const row = database.find({"SELECT amount FROM things WHERE name = ?", {value(name)}, {}});
    if (!row) return row.error();
    return *row ? (*row)->integer(0) : -1;
}

/// A server with a database, for tests that change the server or end it.
class MariadbServerTest : public testing::Test {
  protected:
    explicit MariadbServerTest(std::vector<std::string> options = {})
        : server(std::move(options)), name(server.create_database()) {
        settings.url = server.url(name);
    }
    [[nodiscard]] Result<std::unique_ptr<sql::Database>> open() {
        return sql::open_database(settings, log);
    }
    [[nodiscard]] std::unique_ptr<sql::Database> open_with_things() {
        auto database = open().value();
        database->migrate("things", things).value();
        return database;
    }
    [[nodiscard]] std::string refusal() {
        auto const opened = open();
        if (opened) return "";
        EXPECT_EQ(opened.error().code, SqlErrc::misuse);
        return opened.error().detail;
    }

    MariadbServer server;
    std::string name;
    sql::DatabaseSettings settings;
    fakes::RecordingLog log;
};

/// With a binary log, whose settings count too.
class MariadbSettingsTest : public MariadbServerTest {
  protected:
    MariadbSettingsTest()
        : MariadbServerTest({"--log-bin=bin", "--sync-binlog=1", "--binlog-format=ROW"}) {}
};

// F-21, 8.3: a server that may lose what it acknowledged is not used at all.
TEST_F(MariadbSettingsTest, F21_RefuseAServerThatIsNotDurableByName) {
    EXPECT_EQ(refusal(), "");
    struct Case {
        std::string name;
        std::string wrong;
        std::string right;
    };
    for (auto const& [setting, wrong, right] :
         {Case{"innodb_flush_log_at_trx_commit", "0", "1"},
          Case{"innodb_flush_log_at_trx_commit", "2", "1"}, Case{"sync_binlog", "0", "1"},
          Case{"binlog_format", "'STATEMENT'", "'ROW'"},
          Case{"max_allowed_packet", "1048576", "16777216"}}) {
        server.admin().run("SET GLOBAL " + setting + " = " + wrong);
        EXPECT_THAT(refusal(), HasSubstr("MariaDB setting " + setting + " is ")) << wrong;
        server.admin().run("SET GLOBAL " + setting + " = " + right);
        EXPECT_EQ(refusal(), "") << setting;
    }
}

// F-28
TEST_F(MariadbSettingsTest, F28_RefuseADatabaseInAnotherCollation) {
    server.admin().run("ALTER DATABASE " + name + " COLLATE utf8mb4_general_ci");
    EXPECT_THAT(refusal(), HasSubstr("collation_database is utf8mb4_general_ci"));
}

TEST_F(MariadbSettingsTest, DoNotUseAServerThatTakesNoWrites) {
    server.admin().run("SET GLOBAL read_only = ON");
    auto const opened = open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, SqlErrc::busy);
}

TEST_F(MariadbSettingsTest, F08_AnEmptyDatabaseIsMadeOnlyWhereThatIsAsked) {
    settings.create = false;
    auto const opened = open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, SqlErrc::corrupt);
    settings.create = true;
    EXPECT_TRUE(open());
    settings.create = false;
    EXPECT_TRUE(open());
}

// F-14
TEST_F(MariadbServerTest, F14_KilledUnderLoadLosesNothingAcknowledgedAndComesBack) {
    settings.limits.busy_timeout = std::chrono::seconds(1);
    auto const database = open_with_things();
    std::atomic<bool> stop = false;
    std::atomic<int> number = 0;
    std::mutex mutex;
    std::vector<std::string> acknowledged;
    std::vector<std::jthread> writers;
    for (int i = 0; i < 8; ++i)
        writers.emplace_back([&] {
            while (!stop) {
                auto const one = "n" + std::to_string(++number);
                auto const result = commit(*database, {insert(one)});
                if (result) {
                    EXPECT_EQ(*result, Verdict::won) << one;
                    std::scoped_lock const lock(mutex);
                    acknowledged.push_back(one);
                } else {
                    auto const code = result.error().code;
                    EXPECT_TRUE(code == SqlErrc::busy || code == SqlErrc::unknown_outcome)
                        << result.error().text();
                    std::this_thread::yield();
                }
            }
        });
    auto const count = [&] {
        std::scoped_lock const lock(mutex);
        return acknowledged.size();
    };
    auto const wait_for = [&](std::size_t more) {
        auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        for (auto const wanted = count() + more;
             count() < wanted && std::chrono::steady_clock::now() < deadline;)
            std::this_thread::yield();
    };
    for (int round = 0; round < 3; ++round) {
        wait_for(200);
        server.stop(SIGKILL);
        server.start();
        auto const restarted = std::chrono::steady_clock::now();
        wait_for(1);
        EXPECT_LT(std::chrono::steady_clock::now() - restarted, std::chrono::seconds(10));
    }
    stop = true;
    writers.clear();
    EXPECT_GT(acknowledged.size(), 600U);
    for (auto const& one : acknowledged)
        EXPECT_EQ(amount(*database, one).value(), 0) << one << " was acknowledged";
    EXPECT_TRUE(log.has("storage.write_failed"));
    EXPECT_TRUE(log.has("storage.write_recovered"));
    EXPECT_TRUE(database->check());
    EXPECT_TRUE(database->verify());
}

// F-15: the server has the COMMIT, and then nothing is heard of it.
TEST_F(MariadbServerTest, F15_LostAtCommitLeavesTheOutcomeUnknown) {
    settings.limits.busy_timeout = std::chrono::seconds(1);
    auto const database = open_with_things();
    auto admin = server.admin();
    for (auto const* stage : {"START", "FLUSH", "BLOCK_DDL", "BLOCK_COMMIT"})
        admin.run(std::string("BACKUP STAGE ") + stage);
    auto const result = commit(*database, {insert("a")});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, SqlErrc::unknown_outcome);
    admin.run("BACKUP STAGE END");
    EXPECT_TRUE(commit(*database, {insert("b")})) << "the next one is written";
}

// F-19, F-23: a server that hangs costs a bounded time, and serves again when it wakes.
TEST_F(MariadbServerTest, F23_StoppedAnswersBusyInBoundedTime) {
    settings.limits.busy_timeout = std::chrono::seconds(1);
    auto const database = open_with_things();
    commit(*database, {insert("a")}).value();
    EXPECT_EQ(amount(*database, "a").value(), 0);
    server.send(SIGSTOP);
    auto const begin = std::chrono::steady_clock::now();
    auto const written = commit(*database, {add("a")});
    auto const read = amount(*database, "a");
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(8));
    server.send(SIGCONT);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, SqlErrc::busy);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, SqlErrc::busy);
    auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!commit(*database, {insert("b")}) && std::chrono::steady_clock::now() < deadline)
        std::this_thread::yield();
    EXPECT_EQ(amount(*database, "b").value(), 0);
    EXPECT_EQ(amount(*database, "a").value(), 0) << "what was given up was not written";
}

// F-16: two processes take the same rows in opposite order.
TEST(MariadbConflict, F16_DeadlocksAreRetriedWhole) {
    Limits limits;
    limits.busy_timeout = std::chrono::seconds(20);  // the retry is meant, not its end
    TestDatabase one(Engine::mariadb, limits);
    one->migrate("things", things).value();
    auto const two = sql::open_database(one.settings, one.log).value();
    commit(*one, {insert("a"), insert("b")}).value();
    constexpr std::int64_t rounds = 200;
    std::atomic<int> failed = 0;
    auto const run = [&](sql::Database& database, std::string const& first,
                         std::string const& second) {
        for (std::int64_t i = 0; i < rounds; ++i) {
            auto const result = commit(database, {add(first), add(second)});
            failed += result && *result == Verdict::won ? 0 : 1;
        }
    };
    {
        std::jthread const there([&] { run(*one, "a", "b"); });
        std::jthread const back([&] { run(*two, "b", "a"); });
    }
    EXPECT_EQ(failed, 0);
    EXPECT_EQ(amount(*one, "a").value(), 2 * rounds);
    EXPECT_EQ(amount(*one, "b").value(), 2 * rounds);
}

// F-29: 1205, and nothing of the batch is left to be committed by the next one.
TEST(MariadbConflict, F29_ALockThatIsHeldForLongIsGivenUpWhole) {
    Limits limits;
    limits.busy_timeout = std::chrono::seconds(1);
    TestDatabase database(Engine::mariadb, limits);
    database->migrate("things", things).value();
    commit(*database, {insert("a"), insert("b")}).value();
    auto admin = fakes::mariadb_server().admin();
    auto const schema = database->find({"SELECT DATABASE()", {}, {}}).value()->text(0);
    admin.run("START TRANSACTION");
    admin.run("UPDATE " + schema + ".things SET amount = amount WHERE name = 'b'");
    auto const result = commit(*database, {add("a"), add("b")});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, SqlErrc::conflict);
    EXPECT_TRUE(commit(*database, {insert("c")}));
    EXPECT_EQ(amount(*database, "a").value(), 0);
    admin.run("ROLLBACK");
    EXPECT_TRUE(commit(*database, {add("a"), add("b")}));
    EXPECT_EQ(amount(*database, "a").value(), 1);
}

// F-28
TEST(MariadbCollation, F28_TellsKeysApartByEveryByte) {
    TestDatabase database(Engine::mariadb);
    database->migrate("things", things).value();
    for (auto const* name : {"abc", "abc ", "ABC",
                             "\xC3\xA4"
                             "bc",
                             "ss", "\xC3\x9F", "\xF0\x9F\x98\x80"})
        EXPECT_EQ(commit(*database, {insert(name)}).value(), Verdict::won) << name;
    EXPECT_EQ(amount(*database, "abc  ").value(), -1);
    EXPECT_EQ(amount(*database, "Abc").value(), -1);
}

// The first host is a port where nobody listens.
TEST(MariadbHosts, AreTriedInTheirOrder) {
    auto const port = fakes::free_port();
    auto const nobody = fakes::free_port();
    MariadbServer server({"--port=" + std::to_string(port), "--bind-address=127.0.0.1"});
    auto const name = server.create_database();
    server.admin().run("CREATE USER tunnus@'127.0.0.1' IDENTIFIED BY 'correct horse'");
    server.admin().run("GRANT ALL ON " + name + ".* TO tunnus@'127.0.0.1'");
    fakes::RecordingLog log;
    sql::DatabaseSettings settings;
    settings.url = "mariadb://tunnus@127.0.0.1:" + std::to_string(nobody) +
                   ",127.0.0.1:" + std::to_string(port) + "/" + name;
    settings.password = Secret("correct horse");
    {
        auto const database = sql::open_database(settings, log).value();
        database->migrate("things", things).value();
        EXPECT_EQ(commit(*database, {insert("a")}).value(), Verdict::won);
        EXPECT_EQ(amount(*database, "a").value(), 0);
    }
    EXPECT_TRUE(log.has("storage.host_lost"));
    settings.password = Secret("wrong");
    auto const refused = sql::open_database(settings, log);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().detail, testing::Not(HasSubstr("wrong")));
}

// What `tunnus users …` does beside a server, and one node beside another.
TEST(MariadbEndings, AreCommonToAllProcesses) {
    TestDatabase one(Engine::mariadb);
    one->migrate("things", things).value();
    auto const two = sql::open_database(one.settings, one.log).value();
    auto const before = one->endings().value();
    EXPECT_EQ(two->endings().value(), before);
    commit(*two, {insert("a")}).value();
    EXPECT_GT(one->endings().value(), before);
    EXPECT_EQ(two->endings().value(), one->endings().value());
}

constexpr sql::Migration steps[] = {
    {1, "0001_steps.sql",
     "CREATE TABLE a (x BIGINT NOT NULL PRIMARY KEY);\n"
     "INSERT INTO a (x) VALUES (1);\n"
     "CREATE TABLE b (x BIGINT, y BIGINT); -- two\n"
     "CREATE INDEX b_by_x ON b (x);\n"
     "ALTER TABLE b ADD COLUMN z BIGINT;\n"
     "DROP INDEX b_by_x ON b;\n"
     "CREATE TABLE c (x BIGINT);\n"
     "DROP TABLE c;"},
};

/// Left as by a process that was killed while it ran statement `under_way`, which the server had
/// finished or not.
void leave_half_done(TestDatabase& database, std::size_t under_way, bool finished) {
    auto admin = fakes::mariadb_server().admin();
    admin.run("USE " + database->find({"SELECT DATABASE()", {}, {}}).value()->text(0));
    auto const statements = sql::split_statements(steps[0].text);
    for (std::size_t i = 0; i < under_way + (finished ? 1 : 0); ++i)
        admin.run(std::string(statements[i]));
    admin.run(
        "INSERT INTO schema_progress (schema_name, number, checksum, statement) VALUES "
        "('steps', 1, '" +
        sql::migration_checksum(steps[0]) + "', " + std::to_string(under_way) + ")");
}

// F-39: killed at each statement of DDL, before the server had run it or after.
TEST(MariadbMigration, F39_TakesUpWhereAKillLeftIt) {
    constexpr std::size_t statements = 8;
    constexpr std::size_t of_data = 1;  // in one transaction with its note
    for (std::size_t at = 0; at < statements; ++at)
        for (bool const finished : {false, true}) {
            if (at == of_data && finished) continue;
            TestDatabase database(Engine::mariadb);
            leave_half_done(database, at, finished);
            auto const done = database->migrate("steps", steps);
            ASSERT_TRUE(done) << at << " " << finished << " " << done.error().text();
            EXPECT_TRUE(database->query({"SELECT x, y, z FROM b", {}, {}}));
            EXPECT_EQ(database->query({"SELECT x FROM a", {}, {}}).value().size(), 1U);
            EXPECT_FALSE(database->query({"SELECT x FROM c", {}, {}}));
            EXPECT_TRUE(database->migrate("steps", steps));
        }
}

TEST(MariadbMigration, F39_RefusesToGoOnWithAnotherText) {
    TestDatabase database(Engine::mariadb);
    leave_half_done(database, 2, true);
    auto other = steps[0];
    other.text = "CREATE TABLE other (x BIGINT);";
    auto const refused = database->migrate("steps", {&other, 1});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, SqlErrc::schema);
}

// An error that nothing explains is one, also where it is taken up.
TEST(MariadbMigration, StopsAtAStatementThatFails) {
    constexpr sql::Migration broken[] = {
        {1, "0001_broken.sql", "CREATE TABLE b (x BIGINT); CREATE TABLE b (x BIGINT);"}};
    TestDatabase database(Engine::mariadb);
    auto const failed = database->migrate("things", broken);
    ASSERT_FALSE(failed);
    EXPECT_THAT(failed.error().detail, HasSubstr("0001_broken.sql"));
}

// F-39: four processes start it at once; one does the work.
TEST(MariadbMigration, F39_RunsOnceWhenSeveralProcessesBeginIt) {
    TestDatabase first(Engine::mariadb);
    std::vector<std::unique_ptr<sql::Database>> processes;
    for (int i = 0; i < 4; ++i)
        processes.push_back(sql::open_database(first.settings, first.log).value());
    {
        std::vector<std::jthread> threads;
        for (auto const& process : processes)
            threads.emplace_back([&process] { EXPECT_TRUE(process->migrate("steps", steps)); });
    }
    EXPECT_EQ(first->query({"SELECT x FROM a", {}, {}}).value().size(), 1U);
    EXPECT_TRUE(first->query({"SELECT 1 FROM schema_progress", {}, {}}).value().empty());
}

}  // namespace
}  // namespace tunnus::tests
