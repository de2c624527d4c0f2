// SPDX-License-Identifier: MIT
// Grants in which somebody acts for another, and accounts that wait for the other.
#include "tests/storage/store.hpp"

namespace tunnus::tests {
namespace {

class ActingGrants : public StorageTest {
  protected:
    ActingGrants() { store.add_person("matti"); }

    /// Matti acts until then.
    storage::Grant act_until(TimePoint end) {
        auto const login = store.log_in("matti");
        storage::FinishLogin data;
        data.used_session = login.session;
        data.grant = store.grant_of(login.session, store.bearer());
        data.grant.acting_until = end;
        data.grant.body["acting_for"] = "sealed";
        EXPECT_EQ(store.commit(storage::finish_login(data, store.sealer, store.random)),
                  Verdict::won);
        return data.grant;
    }
    Verdict end(storage::Grant const& grant, std::optional<AuditEvent> audit = {}) {
        return store.commit(storage::end_acting(
            {grant.id, store.now(), {{"left", 1}}, std::move(audit)}, store.random));
    }
    std::size_t now_acting() { return grants.find_acting("matti", store.now()).value().size(); }
    std::size_t over() { return grants.find_acting_over(store.now(), 10).value().size(); }

    storage::Grants grants{*store.database};
};

TEST_P(ActingGrants, AreThePersonsUntilTheirTimeIsOver) {
    act_until(store.now() + seconds(600));
    EXPECT_EQ(now_acting(), 1U) << "and not the other of the same login";
    EXPECT_EQ(over(), 0U);
    store.clock.advance(seconds(600));
    EXPECT_EQ(now_acting(), 0U);
    EXPECT_EQ(over(), 1U);
}

TEST_P(ActingGrants, AreOverWhenTheyAreRevoked) {
    auto const grant = act_until(store.now() + seconds(600));
    store.commit(storage::revoke_grant({grant.id, store.now(), store.event()}, store.random));
    EXPECT_EQ(now_acting(), 0U);
    EXPECT_EQ(over(), 1U);
}

TEST_P(ActingGrants, EndOnceAndKeepNothing) {
    auto const grant = act_until(store.now() + seconds(600));
    store.clock.advance(seconds(600));
    EXPECT_EQ(end(grant, store.event(AuditKind::token_revoked)), Verdict::won);
    EXPECT_EQ(end(grant, store.event(AuditKind::token_revoked)), Verdict::lost);
    EXPECT_EQ(over(), 0U);
    auto const left = grants.find(grant.id).value();
    EXPECT_EQ(left->revoked_at, store.now()) << "it is nobody's own matter";
    EXPECT_EQ(left->body, (boost::json::object{{"left", 1}}));
    EXPECT_EQ(store.audited(AuditKind::token_revoked), 1);
}

TEST_P(ActingGrants, KeepTheTimeAtWhichTheyWereRevokedBefore) {
    auto const grant = act_until(store.now() + seconds(600));
    auto const revoked_at = store.now();
    store.commit(storage::revoke_grant({grant.id, revoked_at, store.event()}, store.random));
    store.clock.advance(seconds(5));
    EXPECT_EQ(end(grant), Verdict::won);
    EXPECT_EQ(grants.find(grant.id).value()->revoked_at, revoked_at);
}

class UnclaimedAccount : public StorageTest {
  protected:
    UnclaimedAccount() {
        store.add_person("maija");
        store.add_person("matti");
        auto data = login_of("maija");
        data.new_principal = storage::User{"waiting", store.now(), {}, true};
        data.new_identities = {{"suomifi", "code", "waiting", store.now()}};
        EXPECT_EQ(finish(data), Verdict::won);
    }
    storage::FinishLogin login_of(std::string const& user_id) {
        storage::FinishLogin data;
        data.new_session = store.session_of(user_id, store.bearer());
        data.grant = store.grant_of(*data.new_session, store.bearer());
        return data;
    }
    storage::FinishLogin claiming() {
        auto data = login_of("waiting");
        data.claimed_user = "waiting";
        return data;
    }
    storage::FinishLogin joining() {
        auto data = login_of("matti");
        data.joined = {{"waiting", {"suomifi", "code", "matti", store.now()}}};
        return data;
    }
    Verdict finish(storage::FinishLogin const& data) {
        return store.commit(storage::finish_login(data, store.sealer, store.random));
    }
    std::string owner() {
        auto const user = users.find_by_identity("suomifi", "code").value();
        return user ? user->id + (user->unclaimed ? " unclaimed" : "") : "";
    }
    storage::Users users{*store.database};
};

TEST_P(UnclaimedAccount, IsClaimedOnce) {
    EXPECT_EQ(owner(), "waiting unclaimed");
    EXPECT_EQ(finish(claiming()), Verdict::won);
    EXPECT_EQ(owner(), "waiting");
    EXPECT_EQ(finish(claiming()), Verdict::lost);
    EXPECT_EQ(finish(joining()), Verdict::lost) << "an account that is used is merged with none";
    EXPECT_EQ(owner(), "waiting");
}

TEST_P(UnclaimedAccount, BecomesOneWithThePersonsOwn) {
    EXPECT_EQ(finish(joining()), Verdict::won);
    EXPECT_EQ(owner(), "matti");
    EXPECT_FALSE(users.find("waiting").value());
    EXPECT_EQ(users.identities_of("matti").value().size(), 2U);
    EXPECT_EQ(finish(claiming()), Verdict::lost);
    EXPECT_EQ(finish(joining()), Verdict::lost);
}

// threats.md L-36
TEST_P(UnclaimedAccount, L36_IsNotJoinedToOneThatHasAnIdentityOfTheKind) {
    auto other = login_of("matti");
    other.new_identities = {{"suomifi", "another code", "matti", store.now()}};
    EXPECT_EQ(finish(other), Verdict::won);
    EXPECT_EQ(finish(joining()), Verdict::lost);
    EXPECT_EQ(owner(), "waiting unclaimed");
}

TEST_P(UnclaimedAccount, ThatIsDisabledIsNeitherClaimedNorJoined) {
    store.commit(storage::disable_user({"waiting", store.now(), store.event()}, store.random));
    EXPECT_EQ(finish(claiming()), Verdict::lost);
    EXPECT_EQ(finish(joining()), Verdict::lost);
    EXPECT_EQ(owner(), "waiting unclaimed");
}

INSTANTIATE_TEST_SUITE_P(Engines, ActingGrants, every_engine_and_a_cluster, engine_name);
INSTANTIATE_TEST_SUITE_P(Engines, UnclaimedAccount, every_engine_and_a_cluster, engine_name);

}  // namespace
}  // namespace tunnus::tests
