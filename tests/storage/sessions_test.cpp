// SPDX-License-Identifier: MIT
#include "storage/sessions.hpp"

#include "tests/storage/store.hpp"

namespace tunnus::tests {
namespace {

class SessionsTest : public StorageTest {
  protected:
    SessionsTest() { store.add_person("matti"); }
    storage::Sessions sessions{*store.database, store.sealer};
    storage::LogoutDeliveries deliveries{*store.database};
};

TEST_P(SessionsTest, AreFoundByTheirCookieAsTheyWereWritten) {
    auto const cookie = store.bearer();
    auto session = store.session_of("matti", cookie);
    session.amr = {"pwd", "otp"};
    session.user_agent = std::string("Mozilla\n\xFF") + std::string(300, 'x');
    session.logout = {{{"method", "suomifi"}, {"name_id", "AAdzZWNyZXQ"}}};
    storage::FinishLogin data;
    data.new_session = session;
    data.grant = store.grant_of(session, store.bearer());
    store.commit(storage::finish_login(data, store.sealer, store.random));

    auto const found = sessions.find(cookie).value();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->sid(), session.sid());
    EXPECT_EQ(found->user_id, "matti");
    EXPECT_EQ(found->acr, "light");
    EXPECT_EQ(found->amr, session.amr);
    EXPECT_EQ(found->auth_time, session.auth_time);
    EXPECT_EQ(found->idle_expires_at, session.idle_expires_at);
    EXPECT_EQ(found->expires_at, session.expires_at);
    EXPECT_EQ(found->logout, session.logout);
    EXPECT_EQ(found->user_agent, "Mozilla??" + std::string(246, 'x'));
    EXPECT_TRUE(found->is_live(store.now()));
    EXPECT_EQ(sessions.find_by_id(session.id).value()->secret_hash, session.secret_hash);
}

TEST_P(SessionsTest, KeepWhatLogoutNeedsSealed) {
    auto const login = store.log_in("matti");
    EXPECT_TRUE(sessions.find(login.cookie));
    Sealer const other(Secret("another sealing key of at least 32 bytes"));
    EXPECT_FALSE(storage::Sessions(*store.database, other).find(login.cookie));
}

TEST_P(SessionsTest, AreNotFoundByAnotherSecret) {
    auto cookie = store.log_in("matti").cookie;
    cookie.secret[5] = static_cast<char>(cookie.secret[5] ^ 4);
    EXPECT_FALSE(sessions.find(cookie).value());
}

// I10
TEST_P(SessionsTest, AreNotFoundWhenTheirUserIsDisabled) {
    auto const login = store.log_in("matti");
    store.commit(storage::disable_user({"matti", store.now(), store.event()}, store.random));
    EXPECT_FALSE(sessions.find(login.cookie).value());
    EXPECT_FALSE(sessions.find_by_id(login.session.id).value());
}

TEST_P(SessionsTest, OfAUserAreListedNewestFirstWhileTheyLive) {
    auto const first = store.log_in("matti");
    store.clock.advance(std::chrono::minutes(10));
    auto const second = store.log_in("matti");
    auto const ended = store.log_in("matti");
    store.commit(store.logout(ended));
    auto const listed = sessions.find_by_user("matti", store.now()).value();
    ASSERT_EQ(listed.size(), 2U);
    EXPECT_EQ(listed[0].id, second.session.id);
    EXPECT_EQ(listed[1].id, first.session.id);
    store.clock.advance(std::chrono::minutes(55));
    EXPECT_EQ(sessions.find_by_user("matti", store.now()).value().size(), 1U);
}

TEST_P(SessionsTest, KnowTheServicesThatTookPart) {
    auto const login = store.log_in("matti", "b");
    store.log_in_again(login, "a");
    store.log_in_again(login, "b");
    EXPECT_EQ(sessions.clients_of(login.session.id).value(), (std::vector<std::string>{"a", "b"}));
}

TEST_P(SessionsTest, EndOnceAndTellTheServices) {
    auto const login = store.log_in("matti");
    EXPECT_EQ(store.commit(store.logout(login)), Verdict::won);
    EXPECT_EQ(sessions.find(login.cookie).value()->ended_at, store.now());
    auto const due = deliveries.due(store.now(), 10).value();
    ASSERT_EQ(due.size(), 1U);
    EXPECT_EQ(due[0].client_id, "service");
    EXPECT_EQ(due[0].user_id, "matti");
    EXPECT_EQ(due[0].session_id, login.session.id);

    EXPECT_EQ(store.commit(store.logout(login)), Verdict::lost);
    EXPECT_EQ(deliveries.due(store.now(), 10).value().size(), 1U);
    EXPECT_EQ(store.audited(AuditKind::session_ended), 1);
}

TEST_P(SessionsTest, EndTogetherWhenOneOfThemIsStillLive) {
    auto const one = store.log_in("matti");
    auto const two = store.log_in("matti");
    store.commit(store.logout(one));
    storage::EndSessions data;
    data.session_ids = {one.session.id, two.session.id};
    data.user_id = "matti";
    data.now = store.now();
    data.audit = store.event(AuditKind::session_ended);
    EXPECT_EQ(store.commit(storage::end_sessions(data, store.random)), Verdict::won);
    EXPECT_FALSE(sessions.find(two.cookie).value()->is_live(store.now()));
    EXPECT_EQ(deliveries.due(store.now(), 10).value().size(), 2U)
        << "the one that had ended before is told nothing more";
}

TEST_P(SessionsTest, OfAnotherUserAreNotEnded) {
    store.add_person("maija");
    auto login = store.log_in("matti");
    login.session.user_id = "maija";
    EXPECT_EQ(store.commit(store.logout(login)), Verdict::lost);
    EXPECT_TRUE(sessions.find(login.cookie).value()->is_live(store.now()));
}

TEST_P(SessionsTest, WaitForTheirDeliveryUntilItIsDone) {
    store.commit(store.logout(store.log_in("matti")));
    auto const delivery = deliveries.due(store.now(), 10).value().at(0);
    auto const next = store.now() + std::chrono::minutes(1);
    EXPECT_TRUE(deliveries.claim(delivery, next).value());
    EXPECT_FALSE(deliveries.claim(delivery, next).value()) << "another node was first";
    EXPECT_TRUE(deliveries.due(store.now(), 10).value().empty());
    store.clock.advance(std::chrono::minutes(1));
    EXPECT_EQ(deliveries.due(store.now(), 10).value().at(0).attempts, 1);
    deliveries.done(delivery).value();
    EXPECT_TRUE(deliveries.due(store.now(), 10).value().empty());
}

INSTANTIATE_TEST_SUITE_P(Engines, SessionsTest, every_engine_and_a_cluster, engine_name);

}  // namespace
}  // namespace tunnus::tests
