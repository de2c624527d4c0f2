// SPDX-License-Identifier: MIT
// The file of an SQLite database: who may have it, what is refused at start, what is noticed later.
#include "idp/base/limits.hpp"
#include "storage/sql/open.hpp"
#include "tests/storage/engines.hpp"

#include <gmock/gmock.h>
#include <sqlite3.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

namespace tunnus::tests {
namespace {

namespace fs = std::filesystem;
using sql::SqlErrc;
using sql::Statement;
using sql::value;

constexpr sql::Migration things[] = {
    {1, "0001_things.sql",
     "CREATE TABLE things (name VARCHAR(32) NOT NULL PRIMARY KEY, amount BIGINT NOT NULL);"},
};

/// A connection past the façade, as another program has one.
class Stranger {
  public:
    explicit Stranger(std::string const& path) { sqlite3_open(path.c_str(), &handle_); }
    ~Stranger() { sqlite3_close(handle_); }
    Stranger(Stranger const&) = delete;
    Stranger& operator=(Stranger const&) = delete;
    void run(char const* sql) {
        ASSERT_EQ(sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr), SQLITE_OK)
            << sqlite3_errmsg(handle_);
    }

  private:
    sqlite3* handle_ = nullptr;
};

class SqliteFileTest : public testing::Test {
  protected:
    SqliteFileTest() { database->migrate("things", things).value(); }

    CommitResult insert(std::string const& name) {
        std::vector<Statement> steps;
        steps.push_back({"INSERT INTO things (name, amount) VALUES (?, 0)", {value(name)}, 1});
        return database->commit(std::make_unique<sql::Write>("insert", std::move(steps)));
    }
    std::int64_t rows() {
        return database->find({"SELECT COUNT(*) FROM things", {}, {}}).value()->integer(0);
    }
    /// Opens the file once more, beside whoever has it.
    Result<std::unique_ptr<sql::Database>> open_again() {
        return sql::open_database(database.settings, database.log);
    }
    void overwrite(std::streamoff at, std::string const& bytes) {
        std::fstream file(database.path(), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(at);
        file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    }

    TestDatabase database{Engine::sqlite_file};
};

TEST_F(SqliteFileTest, BelongsToItsOwnerAlone) {
    EXPECT_EQ(fs::status(database.path()).permissions(),
              fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_EQ(fs::status(fs::path(database.path()).parent_path()).permissions(),
              fs::perms::owner_all);
    EXPECT_EQ(fs::status(database.path() + "-wal").permissions(),
              fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(SqliteFileTest, IsNarrowedWhenOthersMayReadIt) {
    database.close();
    fs::permissions(database.path(), fs::perms::others_read, fs::perm_options::add);
    database.open();
    EXPECT_EQ(fs::status(database.path()).permissions(),
              fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_TRUE(database.log.has("storage.permissions_narrowed"));
}

TEST_F(SqliteFileTest, KeepsWhatWasAcknowledgedOverARestart) {
    insert("a").value();
    database.reopen();
    EXPECT_EQ(rows(), 1);
}

// F-10
TEST_F(SqliteFileTest, IsRefusedToASecondServer) {
    auto const second = open_again();
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, SqlErrc::busy);
    EXPECT_THAT(second.error().detail, testing::HasSubstr(database.path()));
    database.close();
    EXPECT_TRUE(open_again());
}

TEST_F(SqliteFileTest, IsSharedWithACommand) {
    auto settings = database.settings;
    settings.use = sql::DatabaseSettings::Use::command;
    auto command = sql::open_database(settings, database.log).value();
    std::vector<Statement> steps;
    steps.push_back({"INSERT INTO things (name, amount) VALUES ('command', 0)", {}, 1});
    EXPECT_EQ(command->commit(std::make_unique<sql::Write>("insert", std::move(steps))).value(),
              Verdict::won);
    EXPECT_EQ(rows(), 1);
    insert("server").value();
    command.reset();
    insert("server again").value();
    database.reopen();
    EXPECT_EQ(rows(), 3);
    EXPECT_TRUE(database->verify());
}

// F-08
TEST_F(SqliteFileTest, IsNotReplacedByAnEmptyOneWhenMissing) {
    database.settings.create = false;
    database.close();
    database.open();  // the clean form
    database.close();
    fs::remove(database.path());
    auto const refused = open_again();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, SqlErrc::corrupt);
    EXPECT_FALSE(fs::exists(database.path()));
}

TEST_F(SqliteFileTest, IsNotBegunAnewBesideALeftWal) {
    database.close();
    fs::rename(database.path(), database.path() + "-wal");
    auto const refused = open_again();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, SqlErrc::corrupt);
}

class SqliteFileRemovedTest : public SqliteFileTest,
                              public testing::WithParamInterface<char const*> {};

// F-08: what would be committed into a removed file is not acknowledged.
TEST_P(SqliteFileRemovedTest, IsNoticedWhileInUse) {
    insert("a").value();
    EXPECT_TRUE(database->check());
    fs::remove(database.path() + GetParam());
    auto const refused = insert("b");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, SqlErrc::corrupt);
    EXPECT_FALSE(database->check());
    EXPECT_FALSE(insert("c"));
    auto const lines = database.log.lines();
    EXPECT_EQ(std::count_if(lines.begin(), lines.end(),
                            [](auto const& line) { return line.event == "storage.write_failed"; }),
              1)
        << "told once, however many fail";
}
INSTANTIATE_TEST_SUITE_P(Files, SqliteFileRemovedTest, testing::Values("", "-wal", "-shm"));

// F-09
TEST_F(SqliteFileTest, IsRefusedWhenItIsNoDatabase) {
    database.close();
    overwrite(0, "This is a text, not a database.");
    EXPECT_EQ(open_again().error().code, SqlErrc::corrupt);
}

// F-09
TEST_F(SqliteFileTest, IsRefusedAndLeftAloneWhenAnotherProgramOwnsIt) {
    database.close();
    fs::remove(database.path());
    Stranger(database.path()).run("CREATE TABLE theirs (x); PRAGMA application_id = 7;");
    auto const refused = open_again();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, SqlErrc::corrupt);
    EXPECT_THAT(refused.error().detail, testing::HasSubstr("another program"));
    EXPECT_FALSE(fs::exists(database.path() + "-wal")) << "its journal mode is as it was";
}

// F-09
TEST_F(SqliteFileTest, IsRefusedWhenCutShort) {
    for (int i = 0; i < 200; ++i)
        insert("thing number " + std::to_string(i)).value();
    database.close();
    auto const size = fs::file_size(database.path());
    for (auto const kept : {size - 4'096, size / 2, std::uintmax_t{100}, std::uintmax_t{0}}) {
        fs::resize_file(database.path(), kept);
        auto const refused = open_again();
        ASSERT_FALSE(refused) << kept;
        EXPECT_EQ(refused.error().code, SqlErrc::corrupt) << kept;
    }
}

// F-09
TEST_F(SqliteFileTest, VerifyFindsADamagedPage) {
    for (int i = 0; i < 500; ++i)
        insert("thing number " + std::to_string(i)).value();
    EXPECT_TRUE(database->verify());
    database.close();
    overwrite(3 * 4'096, std::string(2'048, '\x5A'));
    database.open();
    auto const found = database->verify();
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, SqlErrc::corrupt);
}

// F-11
TEST_F(SqliteFileTest, WaitsForAnotherProcessNoLongerThanItsTimeout) {
    database.settings.limits.busy_timeout = milliseconds(200);
    database.reopen();
    Stranger other(database.path());
    other.run("BEGIN IMMEDIATE");
    EXPECT_EQ(rows(), 0) << "readers do not wait";
    auto const before = std::chrono::steady_clock::now();
    auto const refused = insert("a");
    auto const waited = std::chrono::steady_clock::now() - before;
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, SqlErrc::busy);
    EXPECT_GE(waited, milliseconds(150));
    EXPECT_FALSE(database->check());
    other.run("COMMIT");
    EXPECT_TRUE(insert("a"));
    EXPECT_TRUE(database->check());
    EXPECT_TRUE(database.log.has("storage.write_recovered"));
}

// F-11: whatever has queued up behind the lock is answered with the first.
TEST_F(SqliteFileTest, AnswersEveryoneWhoWaitedBehindALock) {
    database.settings.limits.busy_timeout = milliseconds(300);
    database.settings.limits.writer_batch = 1;
    database.reopen();
    Stranger other(database.path());
    other.run("BEGIN IMMEDIATE");
    auto const before = std::chrono::steady_clock::now();
    std::vector<std::jthread> waiting;
    for (int i = 0; i < 20; ++i)
        waiting.emplace_back(
            [this, i] { EXPECT_EQ(insert("n" + std::to_string(i)).error().code, SqlErrc::busy); });
    waiting.clear();
    // One after another they would take 20 timeouts.
    EXPECT_LT(std::chrono::steady_clock::now() - before, milliseconds(3'000));
    other.run("ROLLBACK");
}

// F-12: the writer checkpoints by itself, under load, and the WAL stays small.
TEST_F(SqliteFileTest, IsCheckpointedByTheWriterAsItGrows) {
    database.settings.limits.wal_bytes = 65'536;
    database.reopen();
    for (int i = 0; i < 1'000; ++i)
        database->submit(
            std::make_unique<sql::Write>(
                "insert", std::vector<Statement>{{"INSERT INTO things (name, amount) VALUES (?, 0)",
                                                  {value("thing number " + std::to_string(i))},
                                                  1}}),
            [](CommitResult const& result) { EXPECT_TRUE(result); });
    for (int i = 0; i < 100; ++i)
        insert("more " + std::to_string(i)).value();
    EXPECT_LT(fs::file_size(database.path() + "-wal"), 20U * 65'536);
    EXPECT_GT(fs::file_size(database.path()), 8U * 4'096) << "pages have come home";
    EXPECT_TRUE(database->verify());
}

}  // namespace
}  // namespace tunnus::tests
