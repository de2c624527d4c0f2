// SPDX-License-Identifier: MIT
// A power cut at any moment: every write since a file's last fsync is gone. What was acknowledged
// is there all the same, the rest whole or not at all (threats.md F-02, F-03, M-03, I2, I3).
#include "storage/logins.hpp"
#include "tests/storage/store.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <map>
#include <mutex>
#include <set>

namespace tunnus::tests {
namespace {

using Files = std::map<std::string, std::string>;  ///< name → content

std::string content_of(std::string const& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// What of a folder's files would survive a power cut now.
class Disk {
  public:
    /// From now on this is the disk that fsync() writes to. All that the folder holds is on it.
    explicit Disk(std::string folder) : folder_(std::move(folder)) {
        for (auto const& file : std::filesystem::directory_iterator(folder_))
            if (!file.path().native().ends_with("-shm"))
                durable_[file.path().filename()] = content_of(file.path());
        present = this;
    }
    ~Disk() { present = nullptr; }
    Disk(Disk const&) = delete;

    void synced(int descriptor) {
        auto const path =
            std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(descriptor));
        if (path.parent_path() != folder_) return;
        std::scoped_lock const lock(mutex_);
        durable_[path.filename()] = content_of(path);
    }
    [[nodiscard]] Files durable() {
        std::scoped_lock const lock(mutex_);
        return durable_;
    }
    /// Called with what is durable before each write to a file of the folder.
    std::function<void(Files const&)> before_write;
    void writing(int descriptor) {
        if (!before_write) return;
        auto const path =
            std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(descriptor));
        if (path.parent_path() == folder_ && !path.native().ends_with("-shm"))
            before_write(durable());
    }

    static inline Disk* present = nullptr;

  private:
    std::string folder_;
    std::mutex mutex_;
    Files durable_;
};

ssize_t watched_pwrite(int descriptor, void const* data, std::size_t size, off_t offset) {
    if (Disk::present) Disk::present->writing(descriptor);
    return ::pwrite(descriptor, data, size, offset);
}

}  // namespace
}  // namespace tunnus::tests

// The program's own symbols stand before the C library's, also for SQLite.
extern "C" __attribute__((visibility("default"))) int fsync(int descriptor) {
    if (tunnus::tests::Disk::present) tunnus::tests::Disk::present->synced(descriptor);
    return static_cast<int>(::syscall(SYS_fsync, descriptor));
}
extern "C" __attribute__((visibility("default"))) int fdatasync(int descriptor) {
    if (tunnus::tests::Disk::present) tunnus::tests::Disk::present->synced(descriptor);
    return static_cast<int>(::syscall(SYS_fdatasync, descriptor));
}

namespace tunnus::tests {
namespace {

struct Acknowledged {
    std::set<storage::Id> redeemed;
    std::set<std::string> withdrawn_by;
};
/// What a power cut would leave, and what the callers had been told by then.
struct Cut {
    Files files;
    Acknowledged told;
};

class PowerCut : public testing::Test {
  protected:
    PowerCut() {
        auto* const vfs = sqlite3_vfs_find(nullptr);
        for (auto const* name : {"pwrite", "pwrite64"})
            vfs->xSetSystemCall(vfs, name, reinterpret_cast<sqlite3_syscall_ptr>(watched_pwrite));
    }
    ~PowerCut() override {
        auto* const vfs = sqlite3_vfs_find(nullptr);
        for (auto const* name : {"pwrite", "pwrite64"})
            vfs->xSetSystemCall(vfs, name, nullptr);
    }
    static std::string folder_of(Store& store) {
        return std::filesystem::path(store.database.path()).parent_path();
    }
    static void put_back(Store& store, Files const& files) {
        store.database.close();
        for (auto const& file : std::filesystem::directory_iterator(folder_of(store)))
            if (file.path().native().find("tunnus.db") != std::string::npos)
                std::filesystem::remove(file.path());
        for (auto const& [name, content] : files)
            std::ofstream(folder_of(store) + "/" + name, std::ios::binary) << content;
        for (auto const& [name, content] : files)
            std::filesystem::permissions(folder_of(store) + "/" + name,
                                         std::filesystem::perms(0600));
    }
    /// One person's login, redemption and, for every other one, withdrawal.
    void live(int n, Acknowledged& told) {
        auto const person = "p" + std::to_string(n);
        store.add_person(person);
        auto const login = store.log_in(person);
        ASSERT_EQ(store.commit(store.redemption(login.grant.id, store.bearer(), store.bearer())),
                  Verdict::won);
        told.redeemed.insert(login.grant.id);
        if (n % 2 == 0) return;
        ASSERT_EQ(store.commit(storage::withdraw_consent(
                      {person, "service", store.now(), store.event(AuditKind::consent_withdrawn)},
                      store.random)),
                  Verdict::won);
        told.withdrawn_by.insert(person);
    }
    void expect_whole(Cut const& cut) {
        for (auto const& id : cut.told.redeemed)
            EXPECT_EQ(
                store.count("SELECT COUNT(*) FROM grants WHERE id = ? AND redeemed_at IS NOT NULL",
                            {sql::blob(id)}),
                1);
        for (auto const& person : cut.told.withdrawn_by)
            EXPECT_EQ(
                store.count("SELECT COUNT(*) FROM grants WHERE user_id = ? AND revoked_at IS NULL",
                            {sql::value(person)}),
                0)
                << "M-03";
        auto const redeemed =
            store.count("SELECT COUNT(*) FROM grants WHERE redeemed_at IS NOT NULL");
        EXPECT_EQ(store.count("SELECT COUNT(*) FROM access_tokens"), redeemed);
        EXPECT_EQ(store.count("SELECT COUNT(*) FROM refresh_tokens"), redeemed);
        EXPECT_EQ(store.audited(AuditKind::code_redeemed), redeemed);
        EXPECT_TRUE(store.database->verify());
    }

    Store store{Engine::sqlite_file};
};

TEST_F(PowerCut, F02_F03_M03_LosesNothingThatWasAcknowledged) {
    std::vector<Cut> cuts;
    Acknowledged told;
    {
        Disk disk(folder_of(store));
        disk.before_write = [&](Files const& files) { cuts.push_back({files, told}); };
        for (int n = 0; n < 40; ++n)
            live(n, told);
        cuts.push_back({disk.durable(), told});
    }
    EXPECT_GE(cuts.size(), 100U);
    // Every moment that differs from the one before it in what is durable or was told, about 20.
    std::size_t const step = std::max<std::size_t>(1, cuts.size() / 20);
    for (std::size_t i = cuts.size() - 1; i < cuts.size(); i -= step) {
        put_back(store, cuts[i].files);
        store.database.open();
        expect_whole(cuts[i]);
        if (HasFailure()) FAIL() << "at write " << i << " of " << cuts.size();
        if (i < step) break;
    }
    // The last image goes on.
    put_back(store, cuts.back().files);
    store.database.open();
    auto const& redeemed = *told.redeemed.begin();
    EXPECT_EQ(store.commit(store.redemption(redeemed, store.bearer(), store.bearer())),
              Verdict::lost)
        << "I2";
}

// F-03: the same disk shows why `synchronous=NORMAL` is no setting of ours; so it can show a loss.
TEST_F(PowerCut, F03_TheWeakerSettingWouldLoseACommit) {
    auto const path = store.database.folder.file("data/other.db");
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
    auto const run = [&](char const* sql) {
        ASSERT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sql;
    };
    run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE t (id INTEGER)");
    run("PRAGMA wal_checkpoint(TRUNCATE)");
    Files left;
    {
        Disk disk(folder_of(store));
        run("INSERT INTO t VALUES (1)");
        left = disk.durable();
    }
    sqlite3_close(database);
    std::filesystem::remove(path + "-wal");
    std::ofstream(path, std::ios::binary) << left.at("other.db");
    std::ofstream(path + "-wal", std::ios::binary) << left["other.db-wal"];
    ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
    sqlite3_stmt* statement = nullptr;
    ASSERT_EQ(sqlite3_prepare_v2(database, "SELECT COUNT(*) FROM t", -1, &statement, nullptr),
              SQLITE_OK);
    ASSERT_EQ(sqlite3_step(statement), SQLITE_ROW);
    EXPECT_EQ(sqlite3_column_int(statement, 0), 0) << "acknowledged, and gone";
    sqlite3_finalize(statement);
    sqlite3_close(database);
}

}  // namespace
}  // namespace tunnus::tests
