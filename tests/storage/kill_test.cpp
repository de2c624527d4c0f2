// SPDX-License-Identifier: MIT
// kill -9 at any moment: what was acknowledged is there, the rest is there whole or not at all
// (threats.md F-01, F-39, I2, I3).
#include "tests/storage/store.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <random>
#include <set>
#include <thread>

namespace tunnus::tests {
namespace {

/// What the child tells after each acknowledgement, in one write that is smaller than PIPE_BUF.
struct Acknowledged {
    enum class What : char { logged_in = 'L', redeemed = 'R' } what;
    std::array<char, 16> grant_id;
};

class KillTest : public testing::Test {
  protected:
    /// The child's whole life: logins and redemptions from four threads until it is killed.
    [[noreturn]] void log_in_and_redeem_for_ever(std::string const& person, int report) {
        store.database.open();
        store.add_person(person);
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] {
                for (;;) {
                    auto const login = store.log_in(person);
                    tell(report, Acknowledged::What::logged_in, login.grant.id);
                    if (store.commit(store.redemption(login.grant.id, store.bearer(),
                                                      store.bearer())) == Verdict::won)
                        tell(report, Acknowledged::What::redeemed, login.grant.id);
                }
            });
        threads.clear();
        ::_exit(1);  // never: the loops do not end
    }
    static void tell(int report, Acknowledged::What what, storage::Id const& grant_id) {
        Acknowledged record{what, {}};
        std::copy(grant_id.begin(), grant_id.end(), record.grant_id.begin());
        if (::write(report, &record, sizeof record) != sizeof record) ::_exit(1);
    }

    /// Runs the child until it has acknowledged `limit` things, kills it, and returns all that it
    /// had acknowledged by then.
    std::vector<Acknowledged> run_and_kill(std::string const& person, std::size_t limit) {
        store.database.close();
        int ends[2];
        EXPECT_EQ(::pipe(ends), 0);
        pid_t const child = ::fork();
        if (child == 0) {
            ::close(ends[0]);
            log_in_and_redeem_for_ever(person, ends[1]);
        }
        ::close(ends[1]);
        std::vector<Acknowledged> acknowledged;
        Acknowledged record{};
        while (::read(ends[0], &record, sizeof record) == sizeof record) {
            acknowledged.push_back(record);
            if (acknowledged.size() == limit) ::kill(child, SIGKILL);
        }
        ::close(ends[0]);
        int status = 0;
        ::waitpid(child, &status, 0);
        EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        return acknowledged;
    }
    void expect_all_of(std::vector<Acknowledged> const& acknowledged) {
        for (auto const& record : acknowledged) {
            auto const grant = store.database
                                   ->find({"SELECT redeemed_at FROM grants WHERE id = ?",
                                           {sql::blob({record.grant_id.data(), 16})},
                                           {}})
                                   .value();
            ASSERT_TRUE(grant);
            if (record.what == Acknowledged::What::redeemed) {
                EXPECT_FALSE(grant->is_null(0));
            }
        }
    }
    /// Each write left all of its rows or none.
    void expect_wholes() {
        auto const redeemed =
            store.count("SELECT COUNT(*) FROM grants WHERE redeemed_at IS NOT NULL");
        EXPECT_EQ(store.count("SELECT COUNT(*) FROM access_tokens"), redeemed);
        EXPECT_EQ(store.count("SELECT COUNT(*) FROM refresh_tokens"), redeemed);
        EXPECT_EQ(store.audited(AuditKind::code_redeemed), redeemed);
        EXPECT_EQ(store.count("SELECT COUNT(*) FROM grants"),
                  store.audited(AuditKind::login_finished));
        EXPECT_EQ(store.count("SELECT COUNT(*) FROM access_tokens t "
                              "JOIN grants g ON g.id = t.grant_id WHERE g.redeemed_at IS NULL"),
                  0);
    }

    Store store{Engine::sqlite_file};
};

TEST_F(KillTest, LosesNothingThatWasAcknowledged) {
    std::mt19937 random(20'261'121);
    for (int round = 0; round < 30; ++round) {
        store.clock.advance(std::chrono::hours(1));  // ids of their own in each round
        auto const acknowledged = run_and_kill("p" + std::to_string(round), 1 + random() % 120);
        auto const before = std::chrono::steady_clock::now();
        store.database.open();
        EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(2));
        expect_all_of(acknowledged);
        expect_wholes();
        auto const& last = acknowledged.back();
        if (last.what == Acknowledged::What::redeemed) {
            EXPECT_EQ(store.commit(store.redemption({last.grant_id.data(), 16}, store.bearer(),
                                                    store.bearer())),
                      Verdict::lost)
                << "a code does not come back to life";
            store.commit(storage::disable_user(
                {"p" + std::to_string(round), store.now(), store.event()}, store.random));
        }
    }
    EXPECT_TRUE(store.database->verify());
}

// F-39: a first start that is cut off anywhere is followed by one that works.
TEST(KillAtFirstStart, IsFollowedByAStartThatWorks) {
    std::mt19937 random(7);
    for (int round = 0; round < 15; ++round) {
        TestDatabase database(Engine::sqlite_memory);
        database.close();
        database.settings.url = "sqlite:" + database.path();
        pid_t const child = ::fork();
        if (child == 0) {
            database.open();
            (void)storage::migrate_core(*database);
            ::pause();
        }
        // Any moment will do: the fault is what is random here, nothing is waited for.
        ::usleep(static_cast<useconds_t>(random() % 40'000));
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        database.open();
        ASSERT_TRUE(storage::migrate_core(*database));
        EXPECT_TRUE(database->verify());
    }
}

}  // namespace
}  // namespace tunnus::tests
