// SPDX-License-Identifier: MIT
// The vocabulary of the storage tests: people, services, sessions, codes, and what became of them.
#pragma once

#include "storage/audit_log.hpp"
#include "storage/clients.hpp"
#include "storage/facts.hpp"
#include "storage/finish_login.hpp"
#include "storage/grants.hpp"
#include "storage/keys.hpp"
#include "storage/logins.hpp"
#include "storage/one_time.hpp"
#include "storage/outbox.hpp"
#include "storage/schema.hpp"
#include "storage/sessions.hpp"
#include "storage/users.hpp"
#include "tests/fakes/clock.hpp"
#include "tests/fakes/random.hpp"
#include "tests/storage/engines.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace tunnus::tests {

/// A migrated database and short words for what happens in it.
class Store {
  public:
    explicit Store(Engine engine, Limits const& limits = {})
        : database(engine, limits), sealer(Secret("a sealing key of at least 32 bytes for tests")) {
        storage::migrate_core(*database).value();
    }

    [[nodiscard]] TimePoint now() const { return clock.now(); }
    Verdict commit(std::unique_ptr<Intention> intention) {
        return database->commit(std::move(intention)).value();
    }
    [[nodiscard]] AuditEvent event(AuditKind kind = AuditKind::administration) const {
        AuditEvent event;
        event.kind = kind;
        event.at = now();
        return event;
    }
    std::int64_t count(std::string_view sql, std::vector<sql::Value> parameters = {}) {
        return database->find({sql, std::move(parameters), {}}).value()->integer(0);
    }
    std::int64_t audited(AuditKind kind) {
        return count("SELECT COUNT(*) FROM audit_events WHERE kind = ?",
                     {sql::value(to_string(kind))});
    }

    /// A person whose identity is their name.
    void add_person(std::string const& id) {
        ASSERT_EQ(commit(storage::create_user(
                      {{id, now(), {}},
                       {"password", sealer.blind_index("identity.password", id), id, now()},
                       {},
                       {event(AuditKind::account_created)}},
                      random)),
                  Verdict::won);
    }
    [[nodiscard]] storage::Session session_of(std::string const& user_id,
                                              storage::Bearer const& cookie) const {
        storage::Session session;
        session.id = cookie.id;
        session.secret_hash = cookie.secret_hash();
        session.user_id = user_id;
        session.acr = "light";
        session.amr = {"pwd"};
        session.auth_time = session.created_at = session.last_used_at = now();
        session.idle_expires_at = now() + std::chrono::hours(1);
        session.expires_at = now() + std::chrono::hours(8);
        session.client_address = "192.0.2.1";
        session.user_agent = "Browser";
        return session;
    }
    [[nodiscard]] storage::Grant grant_of(storage::Session const& session,
                                          storage::Bearer const& code,
                                          std::string const& client_id = "service") const {
        storage::Grant grant;
        grant.id = code.id;
        grant.client_id = client_id;
        grant.user_id = session.user_id;
        grant.session_id = session.id;
        grant.code_secret_hash = code.secret_hash();
        grant.code_expires_at = now() + std::chrono::seconds(60);
        grant.created_at = now();
        grant.expires_at = now() + std::chrono::hours(24);
        grant.body = {{"nonce", "n-0S6_WzA2Mj"}};
        return grant;
    }
    [[nodiscard]] storage::Bearer bearer() { return storage::make_bearer(random, now()); }

    /// What a first login leaves: a session and a code.
    struct Login {
        storage::Bearer cookie;
        storage::Session session;
        storage::Bearer code;
        storage::Grant grant;
    };
    Login log_in(std::string const& user_id, std::string const& client_id = "service") {
        Login login{bearer(), {}, bearer(), {}};
        login.session = session_of(user_id, login.cookie);
        login.grant = grant_of(login.session, login.code, client_id);
        storage::FinishLogin data;
        data.new_session = login.session;
        data.grant = login.grant;
        data.audit = {event(AuditKind::login_finished)};
        EXPECT_EQ(commit(storage::finish_login(data, sealer, random)), Verdict::won);
        return login;
    }
    /// One more code in the session of `login`.
    storage::Bearer log_in_again(Login const& login, std::string const& client_id = "service") {
        auto const code = bearer();
        storage::FinishLogin data;
        data.used_session = login.session;
        data.grant = grant_of(login.session, code, client_id);
        EXPECT_EQ(commit(storage::finish_login(data, sealer, random)), Verdict::won);
        return code;
    }

    [[nodiscard]] storage::AccessToken access_token(storage::Bearer const& bearer_text,
                                                    std::optional<storage::Id> grant_id) const {
        storage::AccessToken token;
        token.id = bearer_text.id;
        token.secret_hash = bearer_text.secret_hash();
        token.grant_id = std::move(grant_id);
        token.client_id = "service";
        token.scopes = {"openid", "profile"};
        token.created_at = now();
        token.expires_at = now() + std::chrono::minutes(10);
        return token;
    }
    [[nodiscard]] storage::RefreshToken refresh_token(storage::Bearer const& bearer_text,
                                                      storage::Id grant_id) const {
        return {.id = bearer_text.id,
                .secret_hash = bearer_text.secret_hash(),
                .grant_id = std::move(grant_id),
                .created_at = now(),
                .expires_at = now() + std::chrono::hours(12),
                .used_at = {}};
    }
    /// Redeems the code for an access token and a refresh token.
    [[nodiscard]] std::unique_ptr<Intention> redemption(storage::Id const& grant_id,
                                                        storage::Bearer const& access,
                                                        storage::Bearer const& refresh) {
        return storage::redeem_code({.grant_id = grant_id,
                                     .now = now(),
                                     .access_token = access_token(access, grant_id),
                                     .refresh_token = refresh_token(refresh, grant_id),
                                     .audit = event(AuditKind::code_redeemed),
                                     .reuse_audit = event(AuditKind::code_reused)},
                                    random);
    }
    [[nodiscard]] std::unique_ptr<Intention> rotation(storage::Id const& used,
                                                      storage::Id const& grant_id,
                                                      storage::Bearer const& successor,
                                                      milliseconds window = milliseconds(0)) {
        return storage::rotate_refresh_token(
            {.used_id = used,
             .grant_id = grant_id,
             .now = now(),
             .successor = refresh_token(successor, grant_id),
             .access_token = {},
             .audit = event(AuditKind::token_refreshed),
             .reuse_audit = event(AuditKind::refresh_reuse),
             .answer = storage::RefreshAnswer{used, successor.id, "sealed", now() + window}},
            random);
    }
    [[nodiscard]] std::unique_ptr<Intention> logout(Login const& login) {
        storage::EndSessions data;
        data.session_ids = {login.session.id};
        data.user_id = login.session.user_id;
        data.now = now();
        data.audit = event(AuditKind::session_ended);
        return storage::end_sessions(data, random);
    }

    /// Who is to be told of the end of which session.
    std::vector<std::pair<storage::Id, std::string>> to_be_told() {
        std::vector<std::pair<storage::Id, std::string>> told;
        for (auto const& one : storage::LogoutDeliveries(*database).due(now(), 1'000).value())
            told.emplace_back(one.session_id, one.client_id);
        std::sort(told.begin(), told.end());
        return told;
    }

    TestDatabase database;
    fakes::ManualClock clock;
    fakes::SeededRandom random;
    Sealer sealer;
};

inline auto const every_engine_and_a_cluster =
    testing::Values(Engine::sqlite_file, Engine::sqlite_memory, Engine::mariadb, Engine::galera);

class StorageTest : public testing::TestWithParam<Engine> {
  protected:
    Store store{GetParam()};
};

}  // namespace tunnus::tests
