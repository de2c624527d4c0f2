// SPDX-License-Identifier: MIT
// What ends a permission races what makes use of it: once the end is acknowledged, nothing new
// comes of it, ever (threats.md I10, M-01).
#include "tests/storage/store.hpp"

#include <array>
#include <atomic>
#include <latch>
#include <thread>

namespace tunnus::tests {
namespace {

/// What is acknowledged and begun, in one order.
class History {
  public:
    [[nodiscard]] int moment() { return ++counter_; }

  private:
    std::atomic<int> counter_ = 0;
};

class PermissionEndTest : public StorageTest {
  protected:
    static constexpr int interleavings = 60;

    void give_consent(Store::Login const& login) {
        storage::FinishLogin data;
        data.given_consent = storage::Consent{
            login.session.user_id, "service", {"openid"}, {}, "1", "fi", store.now(), {}};
        data.grant = store.grant_of(login.session, store.bearer());
        EXPECT_EQ(store.commit(storage::finish_login(data, store.sealer, store.random)),
                  Verdict::won);
    }
    std::unique_ptr<Intention> withdrawal(std::string const& user_id) {
        return storage::withdraw_consent(
            {user_id, "service", store.now(), store.event(AuditKind::consent_withdrawn)},
            store.random);
    }
    std::unique_ptr<Intention> disabling(std::string const& user_id) {
        return storage::disable_user(
            {user_id, store.now(), store.event(AuditKind::account_disabled)}, store.random);
    }
    /// A login on the remembered consent and the live session.
    std::unique_ptr<Intention> sso(Store::Login const& login) {
        storage::FinishLogin data;
        data.used_session = login.session;
        data.standing_consent = storage::Consent{
            login.session.user_id, "service", {"openid"}, {}, "1", "fi", store.now(), {}};
        data.grant = store.grant_of(login.session, store.bearer());
        return storage::finish_login(data, store.sealer, store.random);
    }

    /// Runs `use` five times from each of three threads while a fourth commits `end`, for many
    /// people; counts the uses that began after the end was acknowledged and still won.
    template <class End, class Use>
    int late_wins(End const& end, Use const& use) {
        std::atomic<int> late = 0;
        for (int i = 0; i < interleavings; ++i) {
            auto const person = "p" + std::to_string(i);
            store.add_person(person);
            auto const login = store.log_in(person);
            give_consent(login);
            History history;
            std::atomic<int> ended_at = std::numeric_limits<int>::max();
            std::latch start(4);
            std::vector<std::jthread> threads;
            threads.emplace_back([&] {
                start.arrive_and_wait();
                EXPECT_EQ(store.commit(end(login)), Verdict::won);
                ended_at = history.moment();
            });
            for (int user = 0; user < 3; ++user)
                threads.emplace_back([&] {
                    start.arrive_and_wait();
                    for (int n = 0; n < 5; ++n) {
                        int const began_at = history.moment();
                        bool const won = store.commit(use(login)) == Verdict::won;
                        if (won && began_at > ended_at) ++late;
                    }
                });
        }
        return late;
    }
    /// Grants that would still give something.
    std::int64_t live_grants() {
        return store.count("SELECT COUNT(*) FROM grants WHERE revoked_at IS NULL");
    }
};

// M-01
TEST_P(PermissionEndTest, WithdrawalStopsLoginsThatRestOnTheConsent) {
    EXPECT_EQ(late_wins([&](auto const& login) { return withdrawal(login.session.user_id); },
                        [&](auto const& login) { return sso(login); }),
              0);
    EXPECT_EQ(live_grants(), 0);
}

// M-01, O-59
TEST_P(PermissionEndTest, WithdrawalStopsTheRedemptionOfACode) {
    EXPECT_EQ(late_wins([&](auto const& login) { return withdrawal(login.session.user_id); },
                        [&](auto const& login) {
                            return store.redemption(login.grant.id, store.bearer(), store.bearer());
                        }),
              0);
    EXPECT_EQ(live_grants(), 0);
}

TEST_P(PermissionEndTest, DisablingAUserStopsLogins) {
    EXPECT_EQ(late_wins([&](auto const& login) { return disabling(login.session.user_id); },
                        [&](auto const& login) { return sso(login); }),
              0);
    EXPECT_EQ(live_grants(), 0);
}

TEST_P(PermissionEndTest, LogoutStopsLogins) {
    EXPECT_EQ(late_wins([&](auto const& login) { return store.logout(login); },
                        [&](auto const& login) { return sso(login); }),
              0);
    EXPECT_EQ(live_grants(), 0);
}

// O-67
TEST_P(PermissionEndTest, StopsTheRotationOfARefreshToken) {
    auto const ends = std::to_array<std::function<std::unique_ptr<Intention>(Store::Login const&)>>(
        {[&](auto const& login) { return withdrawal(login.session.user_id); },
         [&](auto const& login) { return disabling(login.session.user_id); },
         [&](auto const& login) { return store.logout(login); }});
    for (std::size_t i = 0; i < ends.size(); ++i) {
        auto const person = "p" + std::to_string(i);
        store.add_person(person);
        auto const login = store.log_in(person);
        auto const refresh = store.bearer();
        store.commit(store.redemption(login.grant.id, store.bearer(), refresh));
        auto const next = store.bearer();
        EXPECT_EQ(store.commit(store.rotation(refresh.id, login.grant.id, next)), Verdict::won);
        EXPECT_EQ(store.commit(ends[i](login)), Verdict::won);
        EXPECT_EQ(store.commit(store.rotation(next.id, login.grant.id, store.bearer())),
                  Verdict::lost);
    }
    EXPECT_EQ(store.audited(AuditKind::refresh_reuse), 0) << "an ended permission is no theft";
}

// What was granted for offline use outlives the session, but not the person's other ways to end it.
TEST_P(PermissionEndTest, LogoutLeavesOfflineAccess) {
    store.add_person("matti");
    auto login = store.log_in("matti");
    auto const code = store.bearer();
    auto const refresh = store.bearer();
    storage::FinishLogin data;
    data.used_session = login.session;
    data.grant = store.grant_of(login.session, code);
    data.grant.offline = true;
    store.commit(storage::finish_login(data, store.sealer, store.random));
    EXPECT_EQ(store.commit(store.redemption(code.id, store.bearer(), refresh)), Verdict::won);
    EXPECT_EQ(store.commit(store.logout(login)), Verdict::won);
    auto const next = store.bearer();
    EXPECT_EQ(store.commit(store.rotation(refresh.id, code.id, next)), Verdict::won);
    EXPECT_EQ(store.commit(withdrawal("matti")), Verdict::won);
    EXPECT_EQ(store.commit(store.rotation(next.id, code.id, store.bearer())), Verdict::lost);
}

INSTANTIATE_TEST_SUITE_P(Engines, PermissionEndTest, every_engine_and_a_cluster, engine_name);

}  // namespace
}  // namespace tunnus::tests
