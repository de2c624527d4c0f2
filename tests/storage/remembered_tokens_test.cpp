// SPDX-License-Identifier: MIT
// Access tokens in memory: looked up once, and never live for longer than in storage (I10).
#include "storage/clock_mark.hpp"
#include "tests/storage/counting_database.hpp"
#include "tests/storage/store.hpp"

#include <atomic>
#include <functional>
#include <latch>
#include <thread>

namespace tunnus::tests {
namespace {

class RememberedTokensTest : public StorageTest {
  protected:
    /// A redeemed code with its tokens.
    struct Held {
        Store::Login login;
        storage::Bearer access;
        storage::Bearer refresh;
    };
    Held hold(std::string const& person) {
        store.add_person(person);
        Held held{store.log_in(person), store.bearer(), store.bearer()};
        EXPECT_EQ(store.commit(store.redemption(held.login.grant.id, held.access, held.refresh)),
                  Verdict::won);
        return held;
    }
    std::optional<storage::TokenAndGrant> find(storage::Bearer const& token) {
        return grants.find_access_token(token).value();
    }
    bool is_live(storage::Bearer const& token) {
        auto const found = find(token);
        return found && !found->token.revoked_at && !found->grant->revoked_at &&
               (!found->consent || !found->consent->withdrawn_at);
    }
    int reads_for(storage::Bearer const& token) {
        counted.reads = 0;
        EXPECT_TRUE(is_live(token));
        return counted.reads;
    }
    std::unique_ptr<Intention> rotation(Held const& held) {
        storage::RotateRefreshToken data;
        data.used_id = held.refresh.id;
        data.grant_id = held.login.grant.id;
        data.now = store.now();
        data.successor = store.refresh_token(store.bearer(), held.login.grant.id);
        data.audit = store.event(AuditKind::token_refreshed);
        data.reuse_audit = store.event(AuditKind::refresh_reuse);
        return storage::rotate_refresh_token(data, store.random);
    }
    std::unique_ptr<Intention> revocation(Held const& held) {
        return storage::revoke_access_token(held.access.id, store.now(), store.event(),
                                            store.random);
    }

    CountingDatabase counted{*store.database};
    storage::Grants grants{counted};
};

TEST_P(RememberedTokensTest, AreLookedUpOnce) {
    auto const held = hold("matti");
    EXPECT_EQ(reads_for(held.access), 1);
    EXPECT_EQ(reads_for(held.access), 0);
    EXPECT_EQ(find(held.access)->grant->user_id, "matti");
}

TEST_P(RememberedTokensTest, StayWhileOthersComeSignInAndRefresh) {
    auto const held = hold("matti");
    EXPECT_EQ(reads_for(held.access), 1);
    auto const other = hold("liisa");
    store.log_in_again(other.login);
    store.commit(rotation(other));
    store.commit(storage::issue_client_token(store.access_token(store.bearer(), std::nullopt),
                                             store.event(), store.random));
    EXPECT_TRUE(storage::use_once(*store.database, "test", "id", store.now()).value());
    EXPECT_EQ(reads_for(held.access), 0);
}

TEST_P(RememberedTokensTest, AreForTheirSecretAlone) {
    auto const held = hold("matti");
    EXPECT_TRUE(is_live(held.access));
    auto forged = held.access;
    forged.secret.back() ^= 1;
    EXPECT_FALSE(find(forged));
    EXPECT_TRUE(is_live(held.access));
}

TEST_P(RememberedTokensTest, AnUnknownOneIsLookedUpEachTime) {
    auto const token = store.bearer();
    EXPECT_FALSE(find(token));
    EXPECT_FALSE(find(token));
    EXPECT_EQ(counted.reads, 2);
}

TEST_P(RememberedTokensTest, AreBoundedAndKeepWhatIsUsed) {
    storage::Grants few(counted, 4);
    auto const used = hold("matti");
    for (int i = 0; i < 8; ++i) {
        ASSERT_TRUE(few.find_access_token(used.access).value());
        ASSERT_TRUE(few.find_access_token(hold("p" + std::to_string(i)).access).value());
    }
    counted.reads = 0;
    ASSERT_TRUE(few.find_access_token(used.access).value());
    EXPECT_EQ(counted.reads, 0);
    storage::Grants none(counted, 0);
    ASSERT_TRUE(none.find_access_token(used.access).value());
    ASSERT_TRUE(none.find_access_token(used.access).value());
    EXPECT_EQ(counted.reads, 2);
}

TEST_P(RememberedTokensTest, I10_EveryEndIsSeenAtOnce) {
    using End = std::function<std::unique_ptr<Intention>(Held const&)>;
    auto const now = store.now();
    std::vector<std::pair<std::string, End>> const ends{
        {"the token", [&](Held const& held) { return revocation(held); }},
        {"the grant",
         [&](Held const& held) {
             return storage::revoke_grant({held.login.grant.id, now, store.event()}, store.random);
         }},
        {"all grants",
         [&](Held const& held) {
             return storage::revoke_grants_of_user({held.login.session.user_id, now, store.event()},
                                                   store.random);
         }},
        {"the consent",
         [&](Held const& held) {
             return storage::withdraw_consent(
                 {held.login.session.user_id, "service", now, store.event()}, store.random);
         }},
        {"the session",
         [&](Held const& held) {
             storage::EndSessions data;
             data.session_ids = {held.login.session.id};
             data.user_id = held.login.session.user_id;
             data.now = now;
             data.audit = store.event();
             return storage::end_sessions(data, store.random);
         }},
        {"the clock",
         [&](Held const&) {
             return storage::accept_clock({now - seconds(1), store.event()}, store.random);
         }},
        {"the account", [&](Held const& held) {
             return storage::disable_user({held.login.session.user_id, now, store.event()},
                                          store.random);
         }}};
    for (auto const& [what, end] : ends) {
        auto const held = hold(what);
        ASSERT_TRUE(is_live(held.access)) << what;
        EXPECT_EQ(reads_for(held.access), 0) << what;
        ASSERT_EQ(store.commit(end(held)), Verdict::won) << what;
        EXPECT_FALSE(is_live(held.access)) << what;
    }
}

TEST_P(RememberedTokensTest, I10_SoIsAReuseThatEndsTheGrant) {
    auto const by_code = hold("matti");
    EXPECT_TRUE(is_live(by_code.access));
    EXPECT_EQ(
        store.commit(store.redemption(by_code.login.grant.id, store.bearer(), store.bearer())),
        Verdict::lost);
    EXPECT_FALSE(is_live(by_code.access));

    auto const by_refresh = hold("liisa");
    EXPECT_EQ(store.commit(rotation(by_refresh)), Verdict::won);
    EXPECT_TRUE(is_live(by_refresh.access));
    EXPECT_EQ(store.commit(rotation(by_refresh)), Verdict::lost);
    EXPECT_FALSE(is_live(by_refresh.access));
}

TEST_P(RememberedTokensTest, I10_AnotherConsentIsSeenAtOnce) {
    auto const held = hold("matti");
    auto const consent_to = [&](std::vector<std::string> scopes) {
        storage::FinishLogin data;
        data.used_session = held.login.session;
        data.given_consent =
            storage::Consent{"matti", "service", std::move(scopes), {}, "1", "fi", store.now(), {}};
        data.replaced_consent = storage::Consents(*store.database).find("matti", "service").value();
        data.grant = store.grant_of(held.login.session, store.bearer());
        EXPECT_EQ(store.commit(storage::finish_login(data, store.sealer, store.random)),
                  Verdict::won);
    };
    consent_to({"openid", "profile"});
    EXPECT_EQ(find(held.access)->consent->scopes.size(), 2U);
    consent_to({"openid"});
    EXPECT_EQ(find(held.access)->consent->scopes.size(), 1U);
}

// Many look while one ends it: who begins to look after the end was acknowledged never sees it
// live.
TEST_P(RememberedTokensTest, I10_NobodySeesItLiveAfterTheEnd) {
    for (int i = 0; i < 100; ++i) {
        auto const held = hold("p" + std::to_string(i));
        std::atomic<bool> ended = false;
        std::atomic<int> late = 0;
        std::latch start(4);
        std::vector<std::jthread> threads;
        for (int looker = 0; looker < 3; ++looker)
            threads.emplace_back([&] {
                start.arrive_and_wait();
                for (bool last = false; !last;) {
                    last = ended;
                    if (is_live(held.access) && last) ++late;
                }
            });
        threads.emplace_back([&] {
            start.arrive_and_wait();
            EXPECT_EQ(store.commit(revocation(held)), Verdict::won);
            ended = true;
        });
        threads.clear();
        ASSERT_EQ(late, 0);
    }
}

INSTANTIATE_TEST_SUITE_P(Engines, RememberedTokensTest, every_engine_and_a_cluster, engine_name);

}  // namespace
}  // namespace tunnus::tests
