// SPDX-License-Identifier: MIT
// Three nodes of Galera, each written by a process of its own: what holds on one server holds
// across them (threats.md 8.4).
#include "tests/storage/store.hpp"

#include <atomic>
#include <latch>
#include <set>
#include <thread>

namespace tunnus::tests {
namespace {

using sql::SqlErrc;

constexpr std::size_t nodes = fakes::GaleraCluster::size;

class GaleraTest : public testing::Test {
  protected:
    GaleraTest() {
        for (std::size_t i = 0; i < nodes; ++i) {
            auto settings = store.database.settings;
            settings.url = fakes::galera_cluster().url(store.database.name(), i);
            databases.push_back(sql::open_database(settings, store.database.log).value());
        }
        store.add_person("matti");
    }
    /// Codes of one session, in one batch.
    std::vector<storage::Id> make_codes(std::size_t count) {
        auto const login = store.log_in("matti");
        std::vector<storage::Id> ids;
        for (std::size_t i = 0; i < count; ++i)
            ids.push_back(store.log_in_again(login).id);
        return ids;
    }
    /// Calls `attempt(database, i)` for each thing from several threads on every node at once; how
    /// often each was won.
    std::vector<int> contest(std::size_t things,
                             std::function<bool(sql::Database&, std::size_t)> const& attempt) {
        constexpr std::size_t on_each = 2;
        std::vector<std::atomic<int>> wins(things);
        std::latch start(static_cast<std::ptrdiff_t>(nodes * on_each));
        std::vector<std::jthread> threads;
        for (std::size_t worker = 0; worker < nodes * on_each; ++worker)
            threads.emplace_back([&, worker] {
                start.arrive_and_wait();
                for (std::size_t thing = 0; thing < things; ++thing)
                    if (attempt(*databases[worker % nodes], thing)) ++wins[thing];
            });
        threads.clear();
        return {wins.begin(), wins.end()};
    }
    static std::int64_t conflicts() {
        std::int64_t sum = 0;
        for (std::size_t i = 0; i < nodes; ++i)
            sum += std::stoll(fakes::galera_cluster().node(i).admin().run(
                "SELECT CAST(SUM(VARIABLE_VALUE) AS SIGNED) FROM information_schema.GLOBAL_STATUS "
                "WHERE "
                "VARIABLE_NAME IN ('wsrep_local_cert_failures', 'wsrep_local_bf_aborts')"));
        return sum;
    }

    Store store{Engine::galera};
    std::vector<std::unique_ptr<sql::Database>> databases;
};

// F-17, F-16: conflicts at statements and at COMMIT are there, and are retried whole.
TEST_F(GaleraTest, F17_RedemptionOfACodeSucceedsOnceAmongAllNodes) {
    constexpr std::size_t codes = 150;
    auto const ids = make_codes(codes);
    auto const before = conflicts();
    std::atomic<int> errors = 0;
    auto const wins = contest(codes, [&](sql::Database& database, std::size_t i) {
        auto const result =
            database.commit(store.redemption(ids[i], store.bearer(), store.bearer()));
        errors += result ? 0 : 1;
        return result && *result == Verdict::won;
    });
    EXPECT_EQ(wins, std::vector<int>(codes, 1));
    EXPECT_EQ(errors, 0);
    EXPECT_EQ(store.count("SELECT COUNT(*) FROM access_tokens"), std::int64_t{codes});
    EXPECT_EQ(store.count("SELECT COUNT(DISTINCT grant_id) FROM access_tokens"),
              std::int64_t{codes});
    EXPECT_GT(conflicts(), before) << "a contest without a conflict proves nothing";
}

// O-55, I2: insert-once among all nodes.
TEST_F(GaleraTest, OneTimeIdsAreUsedOnceAmongAllNodes) {
    constexpr std::size_t ids = 100;
    auto const until = store.now() + std::chrono::hours(1);
    auto const wins = contest(ids, [&](sql::Database& database, std::size_t i) {
        return storage::use_once(database, "saml", "_" + std::to_string(i), until).value();
    });
    EXPECT_EQ(wins, std::vector<int>(ids, 1));
}

// F-18: the mutant that selects and then updates is caught here too.
TEST_F(GaleraTest, F18_SelectThenUpdateIsCaughtAmongAllNodes) {
    constexpr std::size_t codes = 60;
    auto const ids = make_codes(codes);
    auto const wins = contest(codes, [&](sql::Database& database, std::size_t i) {
        auto const unused =
            database.find({"SELECT id FROM grants WHERE id = ? AND redeemed_at IS NULL",
                           {sql::blob(ids[i])},
                           {}});
        if (!*unused) return false;
        std::vector<sql::Statement> steps;
        steps.push_back({"UPDATE grants SET redeemed_at = ? WHERE id = ?",
                         {sql::value(store.now()), sql::blob(ids[i])},
                         1});
        auto const result =
            database.commit(std::make_unique<sql::Write>("mutant", std::move(steps)));
        return result && *result == Verdict::won;
    });
    EXPECT_GT(std::count_if(wins.begin(), wins.end(), [](int n) { return n > 1; }), 0);
}

// F-25, O-74: what was acknowledged by one node is seen on the others by the next read.
TEST_F(GaleraTest, F25_O74_WhatOneNodeAcknowledgedIsReadOnAllOthers) {
    for (std::size_t round = 0; round < 60; ++round) {
        auto const login = store.log_in("matti");
        auto const access = store.bearer();
        auto& here = *databases[round % nodes];
        ASSERT_EQ(here.commit(store.redemption(login.grant.id, access, store.bearer())).value(),
                  Verdict::won);
        std::vector<std::unique_ptr<storage::Grants>> readers;
        for (auto const& database : databases)
            readers.push_back(std::make_unique<storage::Grants>(*database));
        for (auto const& reader : readers)
            ASSERT_TRUE(reader->find_access_token(access).value()) << round;
        ASSERT_EQ(here.commit(storage::revoke_access_token(access.id, store.now(), store.event(),
                                                           store.random))
                      .value(),
                  Verdict::won);
        for (auto const& reader : readers)
            ASSERT_TRUE(reader->find_access_token(access).value()->token.revoked_at)
                << round << ": it was remembered by one of them";
    }
}

// F-20, F-24: the node that is written is killed; the others have all that it acknowledged, and it
// comes back.
TEST_F(GaleraTest, F20_KilledNodeIsReplacedByAnotherAndNothingAcknowledgedIsLost) {
    auto const until = store.now() + std::chrono::hours(1);
    std::atomic<int> number = 0;
    std::atomic<bool> stop = false;
    std::mutex mutex;
    std::vector<std::string> acknowledged;
    std::vector<std::jthread> writers;
    for (int i = 0; i < 6; ++i)
        writers.emplace_back([&] {
            while (!stop) {
                auto const id = std::to_string(++number);
                auto const used = storage::use_once(*databases[0], "test", id, until);
                if (!used) {
                    // The nodes that are left need the processor to find each other.
                    std::this_thread::sleep_for(std::chrono::milliseconds(10));
                    continue;
                }
                EXPECT_TRUE(*used) << id;
                std::scoped_lock const lock(mutex);
                acknowledged.push_back(id);
            }
        });
    auto const wait_for = [&](std::size_t more) {
        auto const count = [&] {
            std::scoped_lock const lock(mutex);
            return acknowledged.size();
        };
        auto const begin = std::chrono::steady_clock::now();
        for (auto const wanted = count() + more;
             count() < wanted &&
             std::chrono::steady_clock::now() - begin < std::chrono::seconds(60);)
            std::this_thread::yield();
        return std::chrono::steady_clock::now() - begin;
    };
    wait_for(200);
    fakes::galera_cluster().node(0).stop(SIGKILL);
    EXPECT_LT(wait_for(200), std::chrono::seconds(50));
    fakes::galera_cluster().rejoin(0);
    wait_for(50);
    stop = true;
    writers.clear();
    EXPECT_TRUE(store.database.log.has("storage.host_lost"));
    for (std::size_t i = 0; i < nodes; ++i) {
        auto const rows = databases[i]
                              ->query({"SELECT id_hash FROM one_time WHERE space = 'test'", {}, {}})
                              .value();
        std::set<std::string> known;
        for (auto const& row : rows)
            known.insert(row.bytes(0));
        for (auto const& id : acknowledged)
            ASSERT_TRUE(known.contains(sha256(id)))
                << id << " was acknowledged, and node " << i << " knows nothing of it";
    }
}

// F-19: the minority serves nothing, in bounded time, until the others are back.
TEST_F(GaleraTest, F19_NodeWithoutQuorumAnswersBusy) {
    auto const until = store.now() + std::chrono::hours(1);
    ASSERT_TRUE(storage::use_once(*databases[0], "test", "before", until).value());
    auto& cluster = fakes::galera_cluster();
    cluster.node(1).stop(SIGKILL);
    cluster.node(2).stop(SIGKILL);
    // Until the node has noticed, a write may hang at COMMIT.
    for (int i = 0; i < 4; ++i) {
        auto const begin = std::chrono::steady_clock::now();
        auto const used =
            storage::use_once(*databases[0], "test", "during" + std::to_string(i), until);
        EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(8));
        ASSERT_FALSE(used);
        EXPECT_TRUE(used.error().code == SqlErrc::busy ||
                    used.error().code == SqlErrc::unknown_outcome)
            << used.error().text();
    }
    auto const read = databases[0]->query({"SELECT 1 FROM one_time", {}, {}});
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, SqlErrc::busy);
    EXPECT_FALSE(databases[0]->check());
    cluster.node(0).admin().run("SET GLOBAL wsrep_provider_options = 'pc.bootstrap=YES'");
    cluster.rejoin(1);
    cluster.rejoin(2);
    auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!storage::use_once(*databases[0], "test", "after", until) &&
           std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_FALSE(storage::use_once(*databases[2], "test", "before", until).value());
}

}  // namespace
}  // namespace tunnus::tests
