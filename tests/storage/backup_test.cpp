// SPDX-License-Identifier: MIT
// A backup under load, and what of it may live (threats.md F-41, F-42, M-15).
#include "storage/backup_mark.hpp"
#include "storage/sql/sqlite_backup.hpp"
#include "tests/storage/store.hpp"

#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <iterator>
#include <thread>

namespace tunnus::tests {
namespace {

class BackupTest : public testing::Test {
  protected:
    Result<> back_up() {
        return sql::back_up_sqlite(store.database.path(), copy, storage::mark_backup(store.now()),
                                   milliseconds(2'000));
    }
    std::unique_ptr<sql::Database> open_copy() {
        sql::DatabaseSettings settings;
        settings.url = "sqlite:" + copy;
        settings.create = false;
        return sql::open_database(settings, store.database.log).value();
    }
    static std::int64_t count(sql::Database& database, std::string_view sql) {
        return database.find({sql, {}, {}}).value()->integer(0);
    }
    static std::string bytes_of(std::string const& path) {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    Store store{Engine::sqlite_file};
    TemporaryFolder elsewhere;
    std::string const copy = elsewhere.file("copy.db");
};

TEST_F(BackupTest, F41_IsTheWholeOfOneMomentWhileOthersWrite) {
    store.add_person("matti");
    std::atomic<bool> stop = false;
    std::atomic<int> logins = 0;
    std::thread writer([&] {
        while (!stop) {
            store.log_in("matti");
            ++logins;
        }
    });
    while (logins < 20)
        std::this_thread::yield();
    auto const before = logins.load();
    auto const made = back_up();
    stop = true;
    writer.join();
    ASSERT_TRUE(made) << made.error().text();

    auto const database = open_copy();
    EXPECT_TRUE(database->verify());
    auto const sessions = count(*database, "SELECT COUNT(*) FROM sessions");
    EXPECT_GE(sessions, before) << "what was acknowledged before is in it";
    EXPECT_LE(sessions, logins);
    EXPECT_EQ(count(*database, "SELECT COUNT(*) FROM grants"), sessions) << "no half login";
    EXPECT_EQ(count(*database, "SELECT COUNT(*) FROM audit_events WHERE kind = 'login.finished'"),
              sessions);
    struct stat status {};
    ASSERT_EQ(::stat(copy.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    EXPECT_FALSE(storage::find_backup_mark(*store.database).value()) << "the original is none";
}

TEST_F(BackupTest, F42_KeepsNothingAliveWhenItIsAccepted) {
    store.add_person("matti");
    store.log_in("matti");
    ASSERT_TRUE(back_up());
    store.database.close();
    auto const database = open_copy();
    EXPECT_EQ(storage::find_backup_mark(*database).value(), store.now());
    auto const accept = [&] {
        return database
            ->commit(
                storage::accept_restore({.now = store.now(), .audit = store.event()}, store.random))
            .value();
    };
    EXPECT_EQ(accept(), Verdict::won);
    EXPECT_FALSE(storage::find_backup_mark(*database).value());
    EXPECT_EQ(count(*database, "SELECT COUNT(*) FROM sessions WHERE ended_at IS NULL"), 0);
    EXPECT_EQ(count(*database, "SELECT COUNT(*) FROM grants WHERE revoked_at IS NULL"), 0);
    EXPECT_EQ(count(*database, "SELECT COUNT(*) FROM logout_deliveries"), 1);
    EXPECT_EQ(count(*database, "SELECT COUNT(*) FROM users"), 1) << "people stay";
    EXPECT_EQ(accept(), Verdict::lost) << "once";
}

TEST_F(BackupTest, M15_HoldsNoPersonalValueInTheOpenAndNothingThatWasDeleted) {
    store.add_person("matti");
    storage::FinishLogin data;
    auto const cookie = store.bearer();
    auto session = store.session_of("matti", cookie);
    session.logout = {{"suomifi", {{"subject", "210281-9988"}}}};
    data.new_session = session;
    data.grant = store.grant_of(session, store.bearer());
    data.audit = {store.event(AuditKind::login_finished)};
    ASSERT_EQ(store.commit(storage::finish_login(data, store.sealer, store.random)), Verdict::won);
    std::string const gone = "a text that was deleted before the backup";
    for (auto const* deed : {"INSERT INTO facts (name, value) VALUES ('gone', ?)",
                             "DELETE FROM facts WHERE name = 'gone' AND value = ?"}) {
        std::vector<sql::Statement> steps;
        steps.push_back({deed, {sql::blob(gone)}, 1});
        ASSERT_EQ(store.commit(std::make_unique<sql::Write>("test", std::move(steps))),
                  Verdict::won);
    }
    ASSERT_TRUE(back_up());
    auto const bytes = bytes_of(copy);
    EXPECT_NE(bytes.find("login.finished"), std::string::npos) << "this finds what is there";
    EXPECT_EQ(bytes.find("210281-9988"), std::string::npos);
    EXPECT_EQ(bytes.find("a sealing key of at least"), std::string::npos);
    EXPECT_EQ(bytes.find(gone), std::string::npos);
}

TEST_F(BackupTest, ReplacesNothingAndLeavesNothingHalf) {
    std::ofstream(copy) << "something of somebody else";
    EXPECT_EQ(back_up().error().code, sql::SqlErrc::full);
    EXPECT_EQ(bytes_of(copy), "something of somebody else");
    auto const nowhere = elsewhere.file("missing/copy.db");
    EXPECT_EQ(sql::back_up_sqlite(store.database.path(), nowhere, {}, milliseconds(1)).error().code,
              sql::SqlErrc::full);
    auto const another = elsewhere.file("another.db");
    std::vector<sql::Statement> const bad{{"INSERT INTO no_table VALUES (1)", {}, {}}};
    EXPECT_FALSE(sql::back_up_sqlite(store.database.path(), another, bad, milliseconds(1)));
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(elsewhere.path()), {}), 1)
        << "the other's file alone";
}

}  // namespace
}  // namespace tunnus::tests
