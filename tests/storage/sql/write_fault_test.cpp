// SPDX-License-Identifier: MIT
// A disk that is full or fails, at every write of a commit (threats.md F-06, F-07).
#include "tests/storage/engines.hpp"

#include <gmock/gmock.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <filesystem>

namespace tunnus::tests {
namespace {

using sql::SqlErrc;
using sql::Statement;
using sql::value;

constexpr sql::Migration pairs[] = {
    {1, "0001_pairs.sql",
     "CREATE TABLE one (id BIGINT NOT NULL PRIMARY KEY, filling VARBINARY(9000) NOT NULL);"
     "CREATE TABLE two (id BIGINT NOT NULL PRIMARY KEY, filling VARBINARY(9000) NOT NULL);"},
};

constexpr std::int64_t no_fault = -1;
/// After so many bytes, wherever in a write that is, the disk takes no more: the write is short,
/// and the next one fails with this errno. Then the disk is sound again.
std::atomic<std::int64_t> bytes_until_fault = no_fault;
std::atomic<int> fault = 0;

ssize_t faulty_pwrite(int descriptor, void const* data, std::size_t size, off_t offset) {
    auto const left = bytes_until_fault.load();
    if (left == no_fault) return ::pwrite(descriptor, data, size, offset);
    if (left == 0) {
        bytes_until_fault = no_fault;
        errno = fault;
        return -1;
    }
    auto const taken = std::min<std::int64_t>(left, static_cast<std::int64_t>(size));
    bytes_until_fault = left - taken;
    return ::pwrite(descriptor, data, static_cast<std::size_t>(taken), offset);
}

/// SQLite's own seam for its system calls.
void set_pwrite(sqlite3_syscall_ptr function) {
    auto* const vfs = sqlite3_vfs_find(nullptr);
    for (auto const* name : {"pwrite", "pwrite64"})
        vfs->xSetSystemCall(vfs, name, function);
}

class WriteFaultTest : public testing::Test {
  protected:
    WriteFaultTest() { database->migrate("pairs", pairs).value(); }
    ~WriteFaultTest() override { set_pwrite(nullptr); }

    /// Three pages in each table; both or neither.
    CommitResult insert_pair(std::int64_t id) {
        std::vector<Statement> steps;
        for (std::string_view const sql : {"INSERT INTO one (id, filling) VALUES (?, ?)",
                                           "INSERT INTO two (id, filling) VALUES (?, ?)"})
            steps.push_back({sql, {value(id), sql::blob(std::string(9'000, 'x'))}, 1});
        return database->commit(std::make_unique<sql::Write>("insert", std::move(steps)));
    }
    std::int64_t count(std::string_view sql) {
        return database->find({sql, {}, {}}).value()->integer(0);
    }
    void expect_whole(std::int64_t acknowledged) {
        EXPECT_EQ(count("SELECT COUNT(*) FROM one"), count("SELECT COUNT(*) FROM two"));
        EXPECT_EQ(count("SELECT COUNT(*) FROM one"), acknowledged);
    }
    /// Fails at one place of a commit after another, and after each commits again with a sound
    /// disk.
    void expect_recovery_from(int error, SqlErrc expected) {
        set_pwrite(reinterpret_cast<sqlite3_syscall_ptr>(faulty_pwrite));
        fault = error;
        std::int64_t acknowledged = 0;
        int faults = 0;
        std::int64_t id = 0;
        for (std::int64_t place = 0; place < 60'000; place += 997) {
            bytes_until_fault = place;
            auto const result = insert_pair(++id);
            bool const failed = !result;
            bytes_until_fault = no_fault;
            faults += failed ? 1 : 0;
            acknowledged += failed ? 0 : 1;
            if (failed) {
                EXPECT_EQ(result.error().code, expected) << "after " << place << " bytes";
            }
            ASSERT_TRUE(insert_pair(++id)) << "no restart needed";
            ++acknowledged;
            expect_whole(acknowledged);
            EXPECT_TRUE(database->check());
        }
        EXPECT_GE(faults, 24) << "the commit of six pages is hit in every quarter of a page";
        EXPECT_TRUE(database->verify());
        database.reopen();
        expect_whole(acknowledged);
    }

    TestDatabase database{Engine::sqlite_file};
};

// F-06
TEST_F(WriteFaultTest, FullDiskWritesNothingAndRecovers) {
    expect_recovery_from(ENOSPC, SqlErrc::full);
}

// F-06: a quota is no different.
TEST_F(WriteFaultTest, ExhaustedQuotaWritesNothingAndRecovers) {
    expect_recovery_from(EDQUOT, SqlErrc::full);
}

// F-07: the outcome is unknown to the caller, and the handle is not used again.
TEST_F(WriteFaultTest, FailingDiskLeavesTheOutcomeUnknownAndRecovers) {
    expect_recovery_from(EIO, SqlErrc::unknown_outcome);
}

// F-06, by the operating system's own limit.
TEST_F(WriteFaultTest, FileSizeLimitWritesNothingAndRecovers) {
    auto const previous_handler = std::signal(SIGXFSZ, SIG_IGN);
    ASSERT_TRUE(insert_pair(1));
    auto const wal_bytes = std::filesystem::file_size(database.path() + "-wal");
    rlimit unlimited{};
    ::getrlimit(RLIMIT_FSIZE, &unlimited);
    std::int64_t acknowledged = 1;
    for (rlim_t room = 0; room < 24'000; room += 1'500) {
        rlimit limited = unlimited;
        limited.rlim_cur = wal_bytes + room;
        ::setrlimit(RLIMIT_FSIZE, &limited);
        auto const result = insert_pair(static_cast<std::int64_t>(room) + 2);
        ::setrlimit(RLIMIT_FSIZE, &unlimited);
        ASSERT_FALSE(result) << room;
        EXPECT_EQ(result.error().code, SqlErrc::full) << room;
        expect_whole(acknowledged);
    }
    EXPECT_TRUE(insert_pair(100'000));
    expect_whole(2);
    EXPECT_TRUE(database.log.has("storage.write_recovered"));
    std::signal(SIGXFSZ, previous_handler);
}

}  // namespace
}  // namespace tunnus::tests
