// SPDX-License-Identifier: MIT
#include "storage/grants.hpp"

#include "tests/storage/store.hpp"

namespace tunnus::tests {
namespace {

class GrantsTest : public StorageTest {
  protected:
    GrantsTest() { store.add_person("matti"); }
    storage::Grants grants{*store.database};
};

TEST_P(GrantsTest, AreFoundByTheirCodeAsTheyWereWritten) {
    auto const login = store.log_in("matti");
    auto const found = grants.find_by_code(login.code).value();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, login.grant.id);
    EXPECT_EQ(found->client_id, "service");
    EXPECT_EQ(found->user_id, "matti");
    EXPECT_EQ(found->session_id, login.session.id);
    EXPECT_EQ(found->code_expires_at, login.grant.code_expires_at);
    EXPECT_EQ(found->expires_at, login.grant.expires_at);
    EXPECT_EQ(found->redeemed_at, std::nullopt);
    EXPECT_EQ(found->revoked_at, std::nullopt);
    EXPECT_FALSE(found->offline);
    EXPECT_EQ(found->body, login.grant.body);
}

TEST_P(GrantsTest, AreNotFoundByACodeWithAnotherSecret) {
    auto code = store.log_in("matti").code;
    code.secret[0] = static_cast<char>(code.secret[0] ^ 1);
    EXPECT_EQ(grants.find_by_code(code).value(), std::nullopt);
}

TEST_P(GrantsTest, GiveTokensForACode) {
    auto const login = store.log_in("matti");
    auto const access = store.bearer();
    auto const refresh = store.bearer();
    EXPECT_EQ(store.commit(store.redemption(login.grant.id, access, refresh)), Verdict::won);

    auto const by_access = grants.find_access_token(access).value();
    ASSERT_TRUE(by_access && by_access->grant);
    EXPECT_EQ(by_access->token.grant_id, login.grant.id);
    EXPECT_EQ(by_access->token.scopes, (std::vector<std::string>{"openid", "profile"}));
    EXPECT_EQ(by_access->token.revoked_at, std::nullopt);
    EXPECT_EQ(by_access->grant->redeemed_at, store.now());
    auto const by_refresh = grants.find_refresh_token(refresh).value();
    ASSERT_TRUE(by_refresh);
    EXPECT_EQ(by_refresh->grant.user_id, "matti");
    EXPECT_EQ(by_refresh->token.used_at, std::nullopt);
    EXPECT_EQ(store.audited(AuditKind::code_redeemed), 1);
}

TEST_P(GrantsTest, AreFoundByATokenOfEitherKind) {
    auto const login = store.log_in("matti");
    auto const access = store.bearer();
    auto refresh = store.bearer();
    EXPECT_EQ(store.commit(store.redemption(login.grant.id, access, refresh)), Verdict::won);
    auto const found_access = grants.find_token(access).value();
    auto const* as_access = std::get_if<storage::TokenAndGrant>(&found_access);
    ASSERT_NE(as_access, nullptr);
    EXPECT_EQ(as_access->token.id, access.id);
    EXPECT_EQ(as_access->grant->user_id, "matti");
    auto const found_refresh = grants.find_token(refresh).value();
    auto const* as_refresh = std::get_if<storage::RefreshAndGrant>(&found_refresh);
    ASSERT_NE(as_refresh, nullptr);
    EXPECT_EQ(as_refresh->token.id, refresh.id);
    EXPECT_EQ(as_refresh->grant.id, login.grant.id);
    EXPECT_TRUE(std::holds_alternative<std::monostate>(grants.find_token(store.bearer()).value()));
    refresh.secret[0] = static_cast<char>(refresh.secret[0] ^ 1);
    EXPECT_TRUE(std::holds_alternative<std::monostate>(grants.find_token(refresh).value()));
}

TEST_P(GrantsTest, SayUntilWhenTheSessionOfARefreshTokenLives) {
    auto const login = store.log_in("matti");
    auto const refresh = store.bearer();
    EXPECT_EQ(store.commit(store.redemption(login.grant.id, store.bearer(), refresh)),
              Verdict::won);
    EXPECT_EQ(grants.find_refresh_token(refresh).value()->session_until,
              std::min(login.session.idle_expires_at, login.session.expires_at));
    EXPECT_EQ(store.commit(store.logout(login)), Verdict::won);
    EXPECT_EQ(grants.find_refresh_token(refresh).value()->session_until, std::nullopt);
}

// O-43
TEST_P(GrantsTest, RevokeEverythingWhenACodeComesAgain) {
    auto const login = store.log_in("matti");
    auto const access = store.bearer();
    EXPECT_EQ(store.commit(store.redemption(login.grant.id, access, store.bearer())), Verdict::won);
    store.clock.advance(std::chrono::seconds(30));
    auto const loser = store.bearer();
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(store.commit(store.redemption(login.grant.id, loser, store.bearer())),
                  Verdict::lost);
    EXPECT_EQ(grants.find_access_token(loser).value(), std::nullopt);
    EXPECT_EQ(grants.find_access_token(access).value()->grant->revoked_at, store.now());
    EXPECT_EQ(store.audited(AuditKind::code_reused), 1) << "only the use that revokes is recorded";
}

// O-45
TEST_P(GrantsTest, RefuseACodeAfterItsTime) {
    auto const login = store.log_in("matti");
    store.clock.advance(std::chrono::seconds(60));
    EXPECT_EQ(store.commit(store.redemption(login.grant.id, store.bearer(), store.bearer())),
              Verdict::lost);
    EXPECT_EQ(store.audited(AuditKind::code_reused), 0);
    EXPECT_EQ(grants.find_by_code(login.code).value()->revoked_at, std::nullopt);
}

TEST_P(GrantsTest, RefuseACodeOfARevokedGrant) {
    auto const login = store.log_in("matti");
    EXPECT_EQ(store.commit(storage::revoke_grant({login.grant.id, store.now(), store.event()},
                                                 store.random)),
              Verdict::won);
    EXPECT_EQ(store.commit(store.redemption(login.grant.id, store.bearer(), store.bearer())),
              Verdict::lost);
}

TEST_P(GrantsTest, RotateARefreshToken) {
    auto const login = store.log_in("matti");
    auto const first = store.bearer();
    store.commit(store.redemption(login.grant.id, store.bearer(), first));
    auto const second = store.bearer();
    EXPECT_EQ(store.commit(store.rotation(first.id, login.grant.id, second)), Verdict::won);
    EXPECT_EQ(grants.find_refresh_token(first).value()->token.used_at, store.now());
    EXPECT_EQ(grants.find_refresh_token(second).value()->token.used_at, std::nullopt);
    auto const third = store.bearer();
    EXPECT_EQ(store.commit(store.rotation(second.id, login.grant.id, third)), Verdict::won);
}

// O-63
// O-64: of two rotations at one moment the later loses and is not taken for a theft.
TEST_P(GrantsTest, StayWhenARotatedRefreshTokenComesAgainInTheWindow) {
    auto const login = store.log_in("matti");
    auto const first = store.bearer();
    auto const second = store.bearer();
    auto const window = std::chrono::seconds(10);
    store.commit(store.redemption(login.grant.id, store.bearer(), first));
    store.commit(store.rotation(first.id, login.grant.id, second, window));
    EXPECT_EQ(store.commit(store.rotation(first.id, login.grant.id, store.bearer(), window)),
              Verdict::lost);
    EXPECT_EQ(store.audited(AuditKind::refresh_reuse), 0);
    auto const answer = grants.find_refresh_answer(first.id).value();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->successor_id, second.id);
    EXPECT_EQ(answer->sealed, "sealed");
    EXPECT_EQ(store.commit(store.rotation(second.id, login.grant.id, store.bearer(), window)),
              Verdict::won);
    EXPECT_FALSE(grants.find_refresh_answer(first.id).value());
    EXPECT_EQ(store.commit(store.rotation(first.id, login.grant.id, store.bearer(), window)),
              Verdict::lost);
    EXPECT_EQ(store.audited(AuditKind::refresh_reuse), 1);
}

TEST_P(GrantsTest, AreRevokedWhenARotatedRefreshTokenComesAgain) {
    auto const login = store.log_in("matti");
    auto const first = store.bearer();
    auto const second = store.bearer();
    store.commit(store.redemption(login.grant.id, store.bearer(), first));
    store.commit(store.rotation(first.id, login.grant.id, second));
    EXPECT_EQ(store.commit(store.rotation(first.id, login.grant.id, store.bearer())),
              Verdict::lost);
    EXPECT_EQ(store.audited(AuditKind::refresh_reuse), 1);
    EXPECT_EQ(grants.find_refresh_token(second).value()->grant.revoked_at, store.now());
    EXPECT_EQ(store.commit(store.rotation(second.id, login.grant.id, store.bearer())),
              Verdict::lost)
        << "the honest holder has lost it too";
    EXPECT_EQ(store.audited(AuditKind::refresh_reuse), 1);
}

// O-69
TEST_P(GrantsTest, RefuseARefreshTokenAfterItsTimeWithoutCallingItTheft) {
    auto const login = store.log_in("matti");
    auto const first = store.bearer();
    store.commit(store.redemption(login.grant.id, store.bearer(), first));
    store.clock.advance(std::chrono::hours(12));
    EXPECT_EQ(store.commit(store.rotation(first.id, login.grant.id, store.bearer())),
              Verdict::lost);
    EXPECT_EQ(grants.find_refresh_token(first).value()->grant.revoked_at, std::nullopt);
}

TEST_P(GrantsTest, KeepAClientsOwnTokenWithoutAGrant) {
    auto const bearer = store.bearer();
    EXPECT_EQ(
        store.commit(storage::issue_client_token(
            store.access_token(bearer, {}), store.event(AuditKind::token_issued), store.random)),
        Verdict::won);
    auto const found = grants.find_access_token(bearer).value();
    ASSERT_TRUE(found);
    EXPECT_FALSE(found->grant);
    EXPECT_FALSE(found->token.grant_id);

    auto const revoke = [&] {
        return store.commit(storage::revoke_access_token(
            bearer.id, store.now(), store.event(AuditKind::token_revoked), store.random));
    };
    EXPECT_EQ(revoke(), Verdict::won);
    EXPECT_EQ(grants.find_access_token(bearer).value()->token.revoked_at, store.now());
    EXPECT_EQ(revoke(), Verdict::lost);
    EXPECT_EQ(store.audited(AuditKind::token_revoked), 1);
}

INSTANTIATE_TEST_SUITE_P(Engines, GrantsTest, every_engine_and_a_cluster, engine_name);

}  // namespace
}  // namespace tunnus::tests
