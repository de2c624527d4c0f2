// SPDX-License-Identifier: MIT
#include "storage/logins.hpp"

#include "tests/storage/store.hpp"

namespace tunnus::tests {
namespace {

class LoginsTest : public StorageTest {
  protected:
    LoginsTest() { store.add_person("matti"); }

    storage::LoginRecord begin(std::string const& browser = "browser", std::size_t keep = 5,
                               std::size_t in_all = 100'000) {
        storage::LoginRecord record;
        record.id = storage::make_id(store.random, store.now());
        record.browser_hash = sha256(browser);
        record.body = {{"client_id", "service"}, {"state", "af0ifjsldkj"}};
        record.created_at = store.now();
        record.expires_at = store.now() + std::chrono::minutes(30);
        EXPECT_EQ(store.commit(storage::begin_login(record, {.per_browser = keep, .in_all = in_all},
                                                    store.sealer, store.random)),
                  Verdict::won);
        return record;
    }
    Verdict update(storage::LoginRecord const& record) {
        return store.commit(storage::update_login(record, store.sealer, store.random,
                                                  {store.event(AuditKind::password_failed)}));
    }
    auto find(storage::LoginRecord const& record, std::string const& browser = "browser") {
        return logins.find(record.id, sha256(browser), store.now()).value();
    }
    Verdict finish(storage::FinishLogin const& data) {
        return store.commit(storage::finish_login(data, store.sealer, store.random));
    }
    /// The login of somebody who has no account yet.
    storage::FinishLogin newcomer(std::string const& user_id, std::string const& identity_code) {
        auto data = finished();
        data.new_user = storage::User{user_id, store.now(), {}};
        data.new_identities = {{"suomifi", identity_code, user_id, store.now()},
                               {"password", user_id, user_id, store.now()}};
        data.plugin_writes = {{"INSERT INTO facts (name, value) VALUES (?, ?)",
                               {sql::value(user_id), sql::blob("kept")},
                               {}}};
        data.new_session->user_id = user_id;
        data.grant.user_id = user_id;
        data.audit = {store.event(AuditKind::account_created)};
        return data;
    }
    /// A login that has come to its end.
    storage::FinishLogin finished() {
        storage::FinishLogin data;
        auto const cookie = store.bearer();
        data.new_session = store.session_of("matti", cookie);
        data.grant = store.grant_of(*data.new_session, store.bearer());
        return data;
    }

    storage::Logins logins{*store.database, store.sealer};
    storage::Consents consents{*store.database};
    storage::Users users{*store.database};
    storage::Sessions sessions{*store.database, store.sealer};
};

TEST_P(LoginsTest, AreFoundInTheirBrowserUntilTheyExpire) {
    auto const record = begin();
    auto const found = find(record);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->body, record.body);
    EXPECT_EQ(found->version, 0);
    EXPECT_EQ(found->expires_at, record.expires_at);
    EXPECT_FALSE(find(record, "another browser"));
    store.clock.advance(std::chrono::minutes(30));
    EXPECT_FALSE(find(record));
}

TEST_P(LoginsTest, AreKeptToTheNewestOfABrowser) {
    std::vector<storage::LoginRecord> records;
    for (int i = 0; i < 4; ++i) {
        records.push_back(begin("browser", 3));
        store.clock.advance(std::chrono::seconds(1));
    }
    auto const other = begin("other", 3);
    EXPECT_FALSE(find(records[0]));
    for (int i = 1; i < 4; ++i)
        EXPECT_TRUE(find(records[static_cast<std::size_t>(i)]));
    EXPECT_TRUE(find(other, "other"));
}

TEST_P(LoginsTest, GoOnlyOneStepFromEachVersion) {
    auto record = begin();
    record.body["user_id"] = "matti";
    EXPECT_EQ(update(record), Verdict::won);
    EXPECT_EQ(find(record)->version, 1);
    EXPECT_EQ(find(record)->body, record.body);
    EXPECT_EQ(update(record), Verdict::lost) << "a second tab with the stale version";
    EXPECT_EQ(store.audited(AuditKind::password_failed), 1);
}

TEST_P(LoginsTest, FinishOnceAndAreGone) {
    auto const record = begin();
    auto data = finished();
    data.login_id = record.id;
    data.login_version = 0;
    data.audit = {store.event(AuditKind::login_finished), store.event(AuditKind::code_issued)};
    EXPECT_EQ(finish(data), Verdict::won);
    EXPECT_FALSE(find(record));
    auto again = finished();
    again.login_id = record.id;
    EXPECT_EQ(finish(again), Verdict::lost);
    EXPECT_FALSE(sessions.find_by_id(again.new_session->id).value()) << "nothing of it is left";
    EXPECT_EQ(store.audited(AuditKind::code_issued), 1);
}

TEST_P(LoginsTest, DoNotFinishFromAStaleVersion) {
    auto const record = begin();
    EXPECT_EQ(update(record), Verdict::won);
    auto data = finished();
    data.login_id = record.id;
    data.login_version = 0;
    EXPECT_EQ(finish(data), Verdict::lost);
    data.login_version = 1;
    EXPECT_EQ(finish(data), Verdict::won);
}

TEST_P(LoginsTest, DoNotFinishForADisabledUser) {
    store.commit(storage::disable_user({"matti", store.now(), store.event()}, store.random));
    EXPECT_EQ(finish(finished()), Verdict::lost);
    EXPECT_EQ(store.count("SELECT COUNT(*) FROM sessions"), 0);
}

TEST_P(LoginsTest, UseALiveSessionAndMoveItsIdleEnd) {
    auto login = store.log_in("matti");
    store.clock.advance(std::chrono::minutes(50));
    storage::FinishLogin data;
    data.used_session = login.session;
    data.used_session->last_used_at = store.now();
    data.used_session->idle_expires_at = store.now() + std::chrono::hours(1);
    data.grant = store.grant_of(login.session, store.bearer());
    EXPECT_EQ(finish(data), Verdict::won);
    auto const found = sessions.find(login.cookie).value();
    EXPECT_EQ(found->last_used_at, store.now());
    EXPECT_EQ(found->idle_expires_at, store.now() + std::chrono::hours(1));
}

// I10
TEST_P(LoginsTest, DoNotUseASessionAfterItsIdleEnd) {
    auto const login = store.log_in("matti");
    store.clock.advance(std::chrono::hours(1));
    storage::FinishLogin data;
    data.used_session = login.session;
    data.grant = store.grant_of(login.session, store.bearer());
    EXPECT_EQ(finish(data), Verdict::lost);
}

// W-01
TEST_P(LoginsTest, RenewASessionInPlaceUnderANewSecret) {
    auto const login = store.log_in("matti");
    auto renewed = store.bearer();
    renewed.id = login.session.id;
    storage::FinishLogin data;
    data.new_session = store.session_of("matti", renewed);
    data.new_session->acr = "strong";
    data.renews_session = true;
    data.grant = store.grant_of(*data.new_session, store.bearer());
    EXPECT_EQ(finish(data), Verdict::won);
    EXPECT_FALSE(sessions.find(login.cookie).value()) << "the old cookie is dead";
    auto const found = sessions.find(renewed).value();
    EXPECT_EQ(found->acr, "strong");
    EXPECT_EQ(found->sid(), login.session.sid());
    EXPECT_EQ(found->created_at, login.session.created_at);

    store.commit(store.logout(login));
    data.grant = store.grant_of(*data.new_session, store.bearer());
    EXPECT_EQ(finish(data), Verdict::lost) << "an ended session does not rise";
}

TEST_P(LoginsTest, EndTheSessionOfAnotherPersonThatGivesWay) {
    store.add_person("maija");
    auto const login = store.log_in("maija");
    auto data = finished();
    data.gives_way = storage::EndSessions{
        {login.session.id}, "maija", store.now(), store.event(AuditKind::session_ended)};
    EXPECT_EQ(finish(data), Verdict::won);
    EXPECT_EQ(sessions.find(login.cookie).value()->ended_at, store.now());
    EXPECT_EQ(store.commit(store.redemption(login.grant.id, store.bearer(), store.bearer())),
              Verdict::lost);
    EXPECT_THAT(store.to_be_told(), testing::ElementsAre(std::pair(login.session.id, "service")));

    auto again = finished();
    again.gives_way = data.gives_way;
    EXPECT_EQ(finish(again), Verdict::won) << "it had ended already";
    EXPECT_EQ(store.audited(AuditKind::session_ended), 1);
}

// ---- The account is part of the login

TEST_P(LoginsTest, MakeTheAccountWithTheSession) {
    auto data = newcomer("maija", "maija's code");
    EXPECT_EQ(finish(data), Verdict::won);
    EXPECT_TRUE(users.find("maija").value());
    EXPECT_EQ(users.identities_of("maija").value().size(), 2U);
    EXPECT_EQ(store.count("SELECT COUNT(*) FROM facts"), 1) << "what plugins write";
}

TEST_P(LoginsTest, MakeNothingOfAnAccountWhenLost) {
    auto const record = begin();
    auto data = newcomer("maija", "maija's code");
    data.login_id = record.id;
    data.login_version = 1;  // another request was first
    EXPECT_EQ(finish(data), Verdict::lost);
    EXPECT_FALSE(users.find("maija").value());
    EXPECT_TRUE(users.identities_of("maija").value().empty());
    EXPECT_EQ(store.count("SELECT COUNT(*) FROM facts"), 0);
    EXPECT_EQ(store.audited(AuditKind::account_created), 1) << "matti's";
}

// L-32
TEST_P(LoginsTest, LoseWhenTheIdentityGotAnOwnerMeanwhile) {
    auto const record = begin();
    ASSERT_EQ(finish(newcomer("maija", "one code")), Verdict::won);
    auto data = newcomer("other", "one code");
    data.login_id = record.id;
    EXPECT_EQ(finish(data), Verdict::lost);
    EXPECT_FALSE(users.find("other").value());
    EXPECT_TRUE(find(record)) << "the login itself is still there";
}

// L-36
TEST_P(LoginsTest, LoseWhenTheAccountGotAnIdentityOfTheKindMeanwhile) {
    auto data = finished();
    data.new_identities = {{"suomifi", "one code", "matti", store.now()}};
    EXPECT_EQ(finish(data), Verdict::won);
    auto again = finished();
    again.new_identities = {{"suomifi", "another code", "matti", store.now()}};
    EXPECT_EQ(finish(again), Verdict::lost);
    EXPECT_EQ(users.identities_of("matti").value().size(), 2U);
}

TEST_P(LoginsTest, LinkNothingToADisabledOrUnknownUser) {
    auto data = finished();
    data.new_identities = {{"suomifi", "code", "nobody", store.now()}};
    EXPECT_EQ(finish(data), Verdict::lost);
    store.commit(storage::disable_user({"matti", store.now(), store.event()}, store.random));
    data.new_identities[0].user_id = "matti";
    EXPECT_EQ(finish(data), Verdict::lost);
}

TEST_P(LoginsTest, EndTheOldestSessionsOfAPersonWithTooMany) {
    auto const oldest = store.log_in("matti");
    for (int i = 0; i < 2; ++i) {
        store.clock.advance(std::chrono::seconds(1));
        store.log_in("matti");
    }
    store.clock.advance(std::chrono::seconds(1));
    auto data = finished();
    data.sessions_per_user = 3;
    EXPECT_EQ(finish(data), Verdict::won);
    EXPECT_EQ(sessions.find_by_user("matti", store.now()).value().size(), 3U);
    EXPECT_TRUE(sessions.find(oldest.cookie).value()->ended_at);
    EXPECT_THAT(store.to_be_told(), testing::ElementsAre(std::pair(oldest.session.id, "service")));
    EXPECT_EQ(store.commit(store.redemption(oldest.grant.id, store.bearer(), store.bearer())),
              Verdict::lost);
}

TEST_P(LoginsTest, WriteTheConsentThatWasGiven) {
    auto data = finished();
    data.given_consent = storage::Consent{"matti", "service", {"email", "openid"}, {"birthdate"},
                                          "v1",    "fi",      store.now(),         {}};
    EXPECT_EQ(finish(data), Verdict::won);
    auto const found = consents.find("matti", "service").value();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->scopes, (std::vector<std::string>{"email", "openid"}));
    EXPECT_EQ(found->claims, std::vector<std::string>{"birthdate"});
    EXPECT_EQ(found->text_version, "v1");
    EXPECT_EQ(found->withdrawn_at, std::nullopt);
    EXPECT_EQ(consents.find_by_user("matti").value().size(), 1U);
}

// M-01
TEST_P(LoginsTest, RestOnAConsentOnlyWhileItStands) {
    storage::Consent const given{"matti", "service", {"openid"}, {}, "v1", "fi", store.now(), {}};
    auto first = finished();
    first.given_consent = given;
    EXPECT_EQ(finish(first), Verdict::won);
    auto second = finished();
    second.standing_consent = given;
    EXPECT_EQ(finish(second), Verdict::won);

    auto const withdraw = storage::WithdrawConsent{"matti", "service", store.now(),
                                                   store.event(AuditKind::consent_withdrawn)};
    EXPECT_EQ(store.commit(storage::withdraw_consent(withdraw, store.random)), Verdict::won);
    EXPECT_EQ(consents.find("matti", "service").value()->withdrawn_at, store.now());
    auto third = finished();
    third.standing_consent = given;
    EXPECT_EQ(finish(third), Verdict::lost);

    third.standing_consent.reset();
    third.given_consent = given;
    third.replaced_consent = consents.find("matti", "service").value();
    EXPECT_EQ(finish(third), Verdict::won) << "given anew";
    EXPECT_EQ(consents.find("matti", "service").value()->withdrawn_at, std::nullopt);
}

TEST_P(LoginsTest, OverwriteNoConsentThatAnotherGaveMeanwhile) {
    auto const gives = [&](std::vector<std::string> scopes, std::optional<storage::Consent> read) {
        auto data = finished();
        data.given_consent = storage::Consent{"matti", "service", std::move(scopes), {},
                                              "v1",    "fi",      store.now(),       {}};
        data.replaced_consent = std::move(read);
        return finish(data);
    };
    auto const stored = [&] { return consents.find("matti", "service").value(); };
    EXPECT_EQ(gives({"openid"}, {}), Verdict::won);
    EXPECT_EQ(gives({"email"}, {}), Verdict::lost) << "there was none when it was read";
    auto const read = stored();
    EXPECT_EQ(gives({"email", "openid"}, read), Verdict::won);
    EXPECT_EQ(gives({"openid", "phone"}, read), Verdict::lost);
    EXPECT_EQ(stored()->scopes, (std::vector<std::string>{"email", "openid"}));

    auto const standing = stored();
    auto const withdraw = storage::WithdrawConsent{"matti", "service", store.now(),
                                                   store.event(AuditKind::consent_withdrawn)};
    EXPECT_EQ(store.commit(storage::withdraw_consent(withdraw, store.random)), Verdict::won);
    EXPECT_EQ(gives({"email", "openid", "phone"}, standing), Verdict::lost);
    EXPECT_EQ(gives({"openid"}, stored()), Verdict::won);
}

// M-01
TEST_P(LoginsTest, RestOnAConsentOnlyAsItWasRead) {
    storage::Consent const given{"matti", "service", {"email", "openid"}, {"birthdate"},
                                 "v1",    "fi",      store.now(),         {}};
    auto login = finished();
    login.given_consent = given;
    ASSERT_EQ(finish(login), Verdict::won);
    auto const rests_on = [&](storage::Consent const& read) {
        auto data = finished();
        data.standing_consent = read;
        return finish(data);
    };
    auto other = given;
    EXPECT_EQ(rests_on(other), Verdict::won);
    other.scopes = {"address", "email", "openid"};
    EXPECT_EQ(rests_on(other), Verdict::lost) << "it was narrowed meanwhile";
    other = given;
    other.claims = {"birthdate", "gender"};
    EXPECT_EQ(rests_on(other), Verdict::lost);
    other = given;
    other.text_version = "v0";
    EXPECT_EQ(rests_on(other), Verdict::lost) << "another text was agreed to meanwhile";
}

// S-125
TEST_P(LoginsTest, OfAllBrowsersTogetherAreBounded) {
    auto const oldest = begin("browser");
    for (int i = 0; i < 40; ++i) {
        store.clock.advance(std::chrono::seconds(1));
        begin("client without cookies " + std::to_string(i), 5, 10);
    }
    EXPECT_EQ(store.count("SELECT COUNT(*) FROM login_transactions"), 10);
    EXPECT_FALSE(find(oldest)) << "the oldest went";
    auto const newest = begin("browser", 5, 10);
    EXPECT_TRUE(find(newest));
}

// S-125: the bound is looked after by one new login in in_all / 16, told by its id.
TEST_P(LoginsTest, OfAllBrowsersTogetherStayNearALargeBound) {
    for (int i = 0; i < 400; ++i)
        begin("client without cookies " + std::to_string(i), 5, 160);
    EXPECT_LT(store.count("SELECT COUNT(*) FROM login_transactions"), 260);
    EXPECT_GE(store.count("SELECT COUNT(*) FROM login_transactions"), 160);
}

INSTANTIATE_TEST_SUITE_P(Engines, LoginsTest, every_engine_and_a_cluster, engine_name);

}  // namespace
}  // namespace tunnus::tests
