// SPDX-License-Identifier: MIT
// No statement of a repository reads a table from end to end: everything is found by an index.
#include "storage/assertion_grant.hpp"
#include "storage/audit_log.hpp"
#include "storage/decoupled_requests.hpp"
#include "storage/pushed_requests.hpp"
#include "storage/sql/sqlite_connection.hpp"
#include "storage/token_exchange.hpp"
#include "tests/storage/passing_database.hpp"
#include "tests/storage/store.hpp"

#include <sqlite3.h>

#include <set>

namespace tunnus::tests {
namespace {

/// Remembers the texts of all statements.
class RecordingDatabase final : public PassingDatabase {
  public:
    using PassingDatabase::PassingDatabase;

    void submit(std::unique_ptr<Intention> intention,
                std::function<void(CommitResult)> done) override {
        auto const& write = dynamic_cast<sql::Write const&>(*intention);
        for (auto const* steps : {&write.steps, &write.if_lost})
            for (auto const& step : *steps)
                texts.emplace(step.sql);
        PassingDatabase::submit(std::move(intention), std::move(done));
    }
    [[nodiscard]] Result<sql::Rows> query(sql::Statement const& statement) override {
        texts.emplace(statement.sql);
        return PassingDatabase::query(statement);
    }

    std::set<std::string, std::less<>> texts;
};

struct QueryPlan : testing::Test {
    Store store{Engine::sqlite_file};
    RecordingDatabase database{*store.database};
    fakes::SeededRandom& random = store.random;
    Sealer const& sealer = store.sealer;
    TimePoint const now = store.now();
    AuditEvent const event = store.event();

    void commit(std::unique_ptr<Intention> intention) {
        (void)database.commit(std::move(intention)).value();
    }
    void use_everything();
    void use_further_grants();
};

/// Uses every repository and intention once, whatever comes of it.
void QueryPlan::use_everything() {
    using namespace storage;
    Bearer const bearer = store.bearer();
    auto session = store.session_of("matti", bearer);
    auto const grant = store.grant_of(session, store.bearer());
    Consent const consent{"matti", "service", {"openid"}, {}, "1", "fi", now, {}};

    commit(create_user({{"matti", now, {}}, {"password", "i", "matti", now}, {}, {event}}, random));
    LoginRecord login;
    login.id = bearer.id;
    commit(begin_login(login, {.per_browser = 5, .in_all = 10}, sealer, random));
    commit(update_login(login, sealer, random, {event}));
    FinishLogin finish;
    finish.login_id = login.id;
    finish.login_version = 1;
    finish.new_user = User{"maija", now, {}};
    finish.new_identities = {{"suomifi", "j", "matti", now}};
    finish.gives_way = EndSessions{{make_id(random, now)}, "maija", now, event};
    finish.new_session = session;
    finish.given_consent = consent;
    finish.replaced_consent = consent;
    finish.grant = grant;
    finish.audit = {event};
    PushedRequest const pushed{bearer.id, bearer.secret_hash(), "service", {}, now, now, now};
    commit(push_request(pushed, 10, sealer, random));
    finish.pushed_request = bearer.id;
    finish.access_token = store.access_token(store.bearer(), grant.id);
    commit(finish_login(finish, sealer, random));
    finish.claimed_user = "matti";
    finish.joined = {{"matti", {"suomifi", "j", "maija", now}}};
    finish.renews_session = true;
    finish.used_session = session;
    finish.standing_consent = consent;
    commit(finish_login(finish, sealer, random));
    commit(store.redemption(grant.id, store.bearer(), store.bearer()));
    commit(store.rotation(bearer.id, grant.id, store.bearer()));
    (void)Grants(database).find_refresh_answer(bearer.id);
    commit(revoke_grant({grant.id, now, event}, random));
    commit(issue_client_token(store.access_token(bearer, {}), event, random));
    commit(revoke_access_token(bearer.id, now, event, random));
    commit(store.logout({bearer, session, bearer, grant}));
    commit(withdraw_consent({"matti", "service", now, event}, random));
    commit(disable_user({"matti", now, event}, random));
    ClientRecord const client{"service", {}, now, 0};
    commit(add_client(client, event, sealer, random));
    commit(register_client(client, 1, event, sealer, random));
    commit(replace_client(client, event, sealer, random));
    commit(remove_client("service", now, event, random));
    SigningKey const key{"k", "ES256", Secret("jwk"), now, now, {}, {}};
    commit(change_keys({{key}, {{"k", now}}, {{"k", now}}, event}, sealer, random));

    (void)Users(database).find("matti").value();
    (void)Users(database).find_by_identity("password", "i").value();
    (void)Users(database).identities_of("matti").value();
    (void)Sessions(database, sealer).find(bearer).value();
    (void)Sessions(database, sealer).find_by_user("matti", now).value();
    (void)Sessions(database, sealer).clients_of(session.id).value();
    (void)Logins(database, sealer).find(login.id, "", now).value();
    (void)PushedRequests(database, sealer).find(bearer).value();
    commit(drop_login(login.id, 1, event, random, bearer.id));
    (void)Consents(database).find("matti", "service").value();
    (void)Consents(database).find_by_user("matti").value();
    (void)find_audit_events(database, "matti", {}, 10).value();
    (void)Grants(database).find_by_code(bearer).value();
    (void)Grants(database).find_access_token(bearer).value();
    (void)Grants(database).find_acting("matti", now).value();
    (void)Grants(database).find_acting_over(now, 10).value();
    commit(end_acting({grant.id, now, {}, event}, random));
    (void)Grants(database).find_refresh_token(bearer).value();
    (void)Grants(database).find_token(bearer).value();
    (void)Clients(database, sealer).find("service").value();
    (void)Clients(database, sealer).list("", 10).value();
    (void)Keys(database, sealer).all().value();
    (void)Keys(database, sealer).all_with_retired().value();

    Outbox outbox(database, sealer, random, store.clock);
    outbox.send({"to", "subject", "text"}).value();
    struct Broken final : MailTransport {
        Result<> deliver(Mail const&) override { return Error(answer, ""); }
        BaseErrc answer = BaseErrc::unavailable;
    } transport;
    (void)outbox.deliver_due(transport, store.database.log).value();
    store.clock.advance(std::chrono::hours(1));
    transport.answer = BaseErrc::denied;
    (void)outbox.deliver_due(transport, store.database.log).value();
    LogoutDeliveries deliveries(database);
    (void)deliveries.due(now, 10).value();
    (void)deliveries.claim({bearer.id, "service", "matti", 0}, now).value();
    (void)deliveries.waiting_for(bearer.id).value();
    deliveries.done({bearer.id, "service", "matti", 0}).value();

    (void)use_once(database, "space", "id", now).value();
    (void)reserve_attempt(database, "bucket", 1, std::chrono::minutes(1), now).value();
    (void)settle_fact(database, "fact", "value").value();
    (void)settle_fact(database, "fact", "value").value();
    commit(use_refresh_token({bearer.id, grant.id, now, now, {}, event}, random));
    AuditLog(database, random).record(event).value();
    store.clock.advance(std::chrono::hours(24 * 365));
    (void)delete_expired(database, store.now(), 1'000).value();
    reset_attempts(database, "bucket").value();
}

/// What a person is asked elsewhere, and what rests on another token or another issuer's word.
void QueryPlan::use_further_grants() {
    using namespace storage;
    Bearer const bearer = store.bearer();
    AddDecoupledRequest add;
    add.request.id = bearer.id;
    add.request.secret_hash = bearer.secret_hash();
    add.request.client_id = "service";
    add.request.user_id = "matti";
    add.request.created_at = now;
    add.request.expires_at = now + std::chrono::minutes(1);
    add.request.pings = true;
    add.attempt = Attempt{"bucket", 9, std::chrono::minutes(1), now};
    add.once = OneTimeUse{"space", "once", now};
    add.mail = Mail{"to", "subject", "text"};
    add.audit = event;
    commit(add_decoupled_request(add, sealer, random));
    commit(note_decoupled_question(bearer.id, std::chrono::seconds(5), now));
    DecoupledRequests requests(database, sealer);
    (void)requests.find(bearer).value();
    (void)requests.find_by_user_code("index").value();
    EXPECT_EQ(requests.pending_of("matti", now).value().size(), 1U);
    commit(deny_decoupled_request({bearer.id, "matti", {}, 0, now, event}, random));
    auto const due = requests.due_pings(now, 10).value();
    EXPECT_EQ(due.size(), 1U);
    EXPECT_TRUE(requests.claim_ping(due.at(0), now).value());
    EXPECT_FALSE(requests.claim_ping(due.at(0), now).value()) << "another node was first";
    requests.end_pings(bearer.id).value();

    auto const session = store.session_of("matti", bearer);
    RedeemAssertion assertion;
    assertion.once = OneTimeUse{"space", "jti", now};
    assertion.grant = store.grant_of(session, store.bearer());
    assertion.access_token = store.access_token(store.bearer(), assertion.grant.id);
    assertion.audit = event;
    commit(redeem_assertion(assertion, random));
    assertion.standing_consent = Consent{"matti", "service", {}, {}, "1", "fi", now, {}};
    commit(redeem_assertion(assertion, random));
    commit(exchange_token(assertion.access_token, bearer.id, event, random));
    commit(choose_approval_code({"matti", "index", now, event}, random));
    (void)Users(database).find_asked("matti").value();
    commit(reserve_attempt({"bucket", 9, std::chrono::minutes(1), now}));
}

std::vector<std::string> plan_of(std::string const& path, std::string const& text) {
    sqlite3* handle = nullptr;
    EXPECT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
    std::vector<std::string> steps;
    auto const note = [](void* out, int, char** columns, char**) {
        static_cast<std::vector<std::string>*>(out)->emplace_back(columns[3]);
        return 0;
    };
    auto const explain = "EXPLAIN QUERY PLAN " + sql::for_sqlite(text);
    EXPECT_EQ(sqlite3_exec(handle, explain.c_str(), note, &steps, nullptr), SQLITE_OK) << text;
    sqlite3_close(handle);
    return steps;
}

/// Signing keys are a handful and are read together. All logins are counted in an index by one new
/// login in many. The other names are those of inner SELECTs that an index has bounded already.
bool may_be_scanned(std::string_view step) {
    for (std::string_view const name :
         {"SCAN signing_keys",
          "SCAN login_transactions USING COVERING INDEX login_transactions_by_expiry",
          "SCAN expired", "SCAN newest", "SCAN oldest", "SCAN few", "SCAN counted",
          "SCAN CONSTANT ROW"})
        if (step.starts_with(name)) return true;
    return false;
}

TEST_F(QueryPlan, OfEveryStatementUsesAnIndex) {
    use_further_grants();
    use_everything();
    EXPECT_GT(database.texts.size(), 60U);

    for (auto const& text : database.texts)
        for (auto const& step : plan_of(store.database.path(), text))
            EXPECT_FALSE(step.starts_with("SCAN") && !may_be_scanned(step)) << step << "\n" << text;
}

}  // namespace
}  // namespace tunnus::tests
