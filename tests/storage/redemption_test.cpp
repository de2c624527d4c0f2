// SPDX-License-Identifier: MIT
// What may happen once happens once, however many try at the same moment (threats.md I2, 8.4).
#include "tests/storage/store.hpp"

#include <atomic>
#include <functional>
#include <latch>
#include <thread>

namespace tunnus::tests {
namespace {

constexpr std::size_t workers = 64;

/// Of ten things one is contested by 64 workers, three by 16 and six by 2.
std::size_t rivals_of(std::size_t thing) {
    switch (thing % 10) {
        case 0:
            return 64;
        case 1:
        case 2:
        case 3:
            return 16;
        default:
            return 2;
    }
}

/// How often each of the contested things was won, as those who tried were told.
class Contest {
  public:
    explicit Contest(std::size_t things) : wins_(things) {}

    /// `attempt(i)` is called for every thing by each of its rivals; it returns whether it won. All
    /// 64 workers run at once and take the things in the same order.
    void run(std::function<bool(std::size_t)> const& attempt) {
        std::latch start(workers);
        std::vector<std::jthread> threads;
        for (std::size_t worker = 0; worker < workers; ++worker)
            threads.emplace_back([&, worker] {
                start.arrive_and_wait();
                for (std::size_t thing = 0; thing < wins_.size(); ++thing) {
                    // The rivals of neighbouring things are different workers.
                    bool const takes_part = (worker + thing * 7) % workers < rivals_of(thing);
                    if (takes_part && attempt(thing)) ++wins_[thing];
                }
            });
    }
    [[nodiscard]] std::size_t won_once() const {
        return won([](int n) { return n == 1; });
    }
    [[nodiscard]] std::size_t won_twice_or_more() const {
        return won([](int n) { return n > 1; });
    }

  private:
    [[nodiscard]] std::size_t won(bool (*fits)(int)) const {
        return static_cast<std::size_t>(
            std::count_if(wins_.begin(), wins_.end(), [fits](auto const& n) { return fits(n); }));
    }
    std::vector<std::atomic<int>> wins_;
};

class RedemptionTest : public StorageTest {
  protected:
    RedemptionTest() { store.add_person("matti"); }

    /// Codes of one session, gathered by the writer like those of as many people.
    std::vector<storage::Id> make_codes(std::size_t count) {
        auto const login = store.log_in("matti");
        std::vector<storage::Id> ids;
        std::atomic<std::size_t> failed = 0;
        for (std::size_t i = 0; i < count; ++i) {
            auto const code = store.bearer();
            ids.push_back(code.id);
            storage::FinishLogin data;
            data.grant = store.grant_of(login.session, code);
            auto intention = storage::finish_login(data, store.sealer, store.random);
            if (i % 256 == 255)
                failed += store.commit(std::move(intention)) == Verdict::won ? 0 : 1;
            else
                store.database->submit(std::move(intention), [&failed](CommitResult result) {
                    failed += result && *result == Verdict::won ? 0 : 1;
                });
        }
        store.commit(std::make_unique<sql::Write>("wait", std::vector<sql::Statement>{}));
        EXPECT_EQ(failed, 0U);
        return ids;
    }
    bool redeem(storage::Id const& grant_id) {
        return store.commit(store.redemption(grant_id, store.bearer(), store.bearer())) ==
               Verdict::won;
    }
    /// The mutant (F-18): it selects, finds the code unused, and then updates.
    bool select_then_update(storage::Id const& grant_id) {
        auto const unused =
            store.database->find({"SELECT id FROM grants WHERE id = ? AND redeemed_at IS NULL",
                                  {sql::blob(grant_id)},
                                  {}});
        if (!*unused) return false;
        auto const token = store.access_token(store.bearer(), grant_id);
        std::vector<sql::Statement> steps;
        steps.push_back({"UPDATE grants SET redeemed_at = ? WHERE id = ?",
                         {sql::value(store.now()), sql::blob(grant_id)},
                         1});
        steps.push_back(
            {"INSERT INTO access_tokens (id, secret_hash, grant_id, client_id, "
             "scopes, created_at, expires_at) VALUES (?, ?, ?, ?, '', 0, 0)",
             {sql::blob(token.id), sql::blob(token.secret_hash), sql::blob(grant_id),
              sql::value(token.client_id)},
             1});
        return store.commit(std::make_unique<sql::Write>("mutant", std::move(steps))) ==
               Verdict::won;
    }
    /// The checker: codes with more tokens than the one that a single redemption leaves.
    std::int64_t codes_with_several_tokens() {
        return store.count(
            "SELECT COUNT(*) FROM (SELECT grant_id FROM access_tokens "
            "GROUP BY grant_id HAVING COUNT(*) > 1) AS several");
    }
};

// O-44, F-13: 10,000 codes, each from 2, 16 or 64 connections at one moment.
TEST_P(RedemptionTest, OfACodeSucceedsOnceAmong64Workers) {
    std::size_t const codes = GetParam() == Engine::sqlite_file     ? 10'000
                              : GetParam() == Engine::sqlite_memory ? 1'000
                              : GetParam() == Engine::mariadb       ? 500
                                                                    : 100;
    auto const number = static_cast<std::int64_t>(codes);
    Contest contest(codes);
    auto const ids = make_codes(codes);
    contest.run([&](std::size_t i) { return redeem(ids[i]); });
    EXPECT_EQ(contest.won_once(), codes);
    EXPECT_EQ(contest.won_twice_or_more(), 0U);
    EXPECT_EQ(codes_with_several_tokens(), 0);
    EXPECT_EQ(store.count("SELECT COUNT(*) FROM access_tokens"), number);
    EXPECT_EQ(store.count("SELECT COUNT(*) FROM refresh_tokens"), number);
    EXPECT_EQ(store.audited(AuditKind::code_redeemed), number);
    EXPECT_EQ(store.audited(AuditKind::code_reused), number);
}

// O-64: at most one live descendant; here none, because the losers' reuse revokes the family.
TEST_P(RedemptionTest, OfARefreshTokenSucceedsOnceAmong64Workers) {
    constexpr std::size_t families = 400;
    Contest contest(families);
    auto const ids = make_codes(families);
    std::vector<storage::Bearer> first;
    for (auto const& id : ids) {
        first.push_back(store.bearer());
        store.commit(store.redemption(id, store.bearer(), first.back()));
    }
    contest.run([&](std::size_t i) {
        return store.commit(store.rotation(first[i].id, ids[i], store.bearer())) == Verdict::won;
    });
    EXPECT_EQ(contest.won_once(), families);
    EXPECT_EQ(store.count("SELECT COUNT(*) FROM refresh_tokens"), std::int64_t{2 * families});
    EXPECT_EQ(store.count("SELECT COUNT(*) FROM refresh_tokens r JOIN grants g "
                          "ON g.id = r.grant_id WHERE r.used_at IS NULL AND g.revoked_at IS NULL"),
              0);
    EXPECT_EQ(store.audited(AuditKind::refresh_reuse), std::int64_t{families});
}

// O-55: assertion ids, jti and request ids.
TEST_P(RedemptionTest, OfAOneTimeIdSucceedsOnceAmong64Workers) {
    constexpr std::size_t assertions = 400;
    Contest contest(assertions);
    auto const until = store.now() + std::chrono::hours(1);
    contest.run([&](std::size_t i) {
        return storage::use_once(*store.database, "saml", "_" + std::to_string(i), until).value();
    });
    EXPECT_EQ(contest.won_once(), assertions);
}

// L-06: of many at one moment no more than the limit get through.
TEST_P(RedemptionTest, OfAttemptsStopsAtTheLimitAmong64Workers) {
    Contest contest(10);
    std::atomic<std::size_t> reserved = 0;
    contest.run([&](std::size_t) {
        bool const mine = storage::reserve_attempt(*store.database, "matti", 10,
                                                   std::chrono::minutes(15), store.now())
                              .value();
        reserved += mine ? 1 : 0;
        return mine;
    });
    EXPECT_EQ(reserved, 10U);
}

// F-18: a checker that cannot see the mutant's double wins proves nothing.
TEST_P(RedemptionTest, BySelectThenUpdateIsCaughtByTheChecker) {
    constexpr std::size_t contested = 100;
    Contest contest(contested);
    auto const ids = make_codes(contested);
    contest.run([&](std::size_t i) { return select_then_update(ids[i]); });
    EXPECT_GT(contest.won_twice_or_more(), 0U);
    EXPECT_GT(codes_with_several_tokens(), 0);
}

INSTANTIATE_TEST_SUITE_P(Engines, RedemptionTest, every_engine_and_a_cluster, engine_name);

}  // namespace
}  // namespace tunnus::tests
