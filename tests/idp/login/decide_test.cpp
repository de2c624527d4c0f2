// SPDX-License-Identifier: MIT
#include "idp/login/decide.hpp"

#include "oidc/protocol/consent_word.hpp"

#include <gtest/gtest.h>

namespace tunnus::login {
namespace {

using oidc::OAuthError;

constexpr TimePoint now{milliseconds(1'893'553'445'000)};

/// A login with two methods: `password` proves "light", `suomifi` proves "substantial" and "high".
class Decide : public testing::Test {
  protected:
    Decide() {
        client.client_id = "library";
        session.id = std::string(16, 's');
        session.user_id = "matti";
        session.acr = "light";
        session.auth_time = now - seconds(600);
        session.idle_expires_at = now + seconds(600);
        session.expires_at = now + seconds(3600);
        consent.scopes = {"email", "profile"};
        consent.text_version = "1";
    }

    Step decide() const {
        Standing const standing{.session = has_session ? &session : nullptr,
                                .consent = has_consent ? &consent : nullptr,
                                .subject = subject,
                                .session_methods = session_methods};
        return login::decide(transaction, standing, client, needed, policy, now);
    }
    template <class T>
    T expect() const {
        auto const step = decide();
        auto const* wanted = std::get_if<T>(&step);
        EXPECT_NE(wanted, nullptr) << "another step: alternative " << step.index();
        return wanted != nullptr ? *wanted : T();
    }
    OAuthError refusal() const { return expect<Refuse>().refusal.error; }

    void prove(std::string acr, std::string authenticator) {
        transaction.proof = Proof{.authenticator = std::move(authenticator),
                                  .subject = Secret("someone"),
                                  .user_id = "matti",
                                  .acr = std::move(acr),
                                  .amr = {},
                                  .auth_time = now,
                                  .attributes = {},
                                  .logout = {}};
    }

    oidc::Client client;
    storage::Session session;
    storage::Consent consent;
    bool has_session = false;
    bool has_consent = false;
    std::string subject = "sub-of-matti";
    std::vector<std::string> session_methods;
    oidc::ConsentNeeded needed;
    Policy policy{.methods = {{"suomifi", {"substantial", "high"}}, {"password", {"light"}}},
                  .levels = {"light", "substantial", "high"},
                  .login_steps = {}};
    LoginTransaction transaction{
        .id = std::string(16, 'l'),
        .version = 0,
        .request = oidc::AuthorizationRequest(
            "library", oidc::RegisteredRedirectUri::from_stored("https://library.example/cb")),
        .locale = "fi",
        .event_id = {},
        .proof = {},
        .also = {},
        .chosen = {},
        .cancelled = false,
        .running = {},
        .settled_steps = {},
        .acting = {},
        .consent = {},
        .session_id = {},
        .session_user_id = {},
        .given_up_as = {},
        .rounds = 0,
        .created_at = now};
};

TEST_F(Decide, OffersEveryMethodToAStranger) {
    EXPECT_EQ(expect<ChooseMethod>().authenticators,
              (std::vector<std::string>{"suomifi", "password"}));
    EXPECT_FALSE(expect<ChooseMethod>().step_up);
}

TEST_F(Decide, RunsTheMethodThatThePersonChose) {
    transaction.chosen = "password";
    EXPECT_EQ(expect<RunAuthenticator>().name, "password");
}

TEST_F(Decide, RunsTheOnlyMethodWithoutAsking) {
    transaction.request.acr_values = {"substantial"};
    EXPECT_EQ(expect<RunAuthenticator>().name, "suomifi");
}

TEST_F(Decide, AsksBeforeTheOnlyMethodIsTriedAgain) {
    transaction.request.acr_values = {"substantial"};
    transaction.cancelled = true;
    EXPECT_EQ(expect<ChooseMethod>().authenticators, std::vector<std::string>{"suomifi"});
}

TEST_F(Decide, IgnoresAChosenMethodThatCannotReachTheLevel) {
    transaction.request.acr_values = {"substantial"};
    transaction.cancelled = true;
    transaction.chosen = "password";
    expect<ChooseMethod>();
}

TEST_F(Decide, FinishesByALiveSession) {
    has_session = true;
    expect<Finish>();
}

TEST_F(Decide, FinishesByAProof) {
    prove("light", "password");
    expect<Finish>();
}

TEST_F(Decide, StepsUpInPlaceWhenTheSessionIsTooLow) {
    has_session = true;
    transaction.request.acr_values = {"high", "substantial"};
    EXPECT_EQ(expect<RunAuthenticator>().name, "suomifi");
    transaction.cancelled = true;
    EXPECT_TRUE(expect<ChooseMethod>().step_up);
}

TEST_F(Decide, AHigherSessionSatisfiesALowerLevel) {
    has_session = true;
    session.acr = "high";
    transaction.request.acr_values = {"light"};
    expect<Finish>();
}

TEST_F(Decide, DoesNotAskAgainTheMethodThatProvedTooLittle) {
    transaction.request.acr_values = {"high"};
    prove("substantial", "suomifi");
    EXPECT_EQ(refusal(), OAuthError::unmet_authentication_requirements);
}

TEST_F(Decide, TreatsUnknownLevelsAsAWish) {
    transaction.request.acr_values = {"urn:unknown"};
    has_session = true;
    expect<Finish>();
}

TEST_F(Decide, O27_RefusesAnEssentialLevelThatNoMethodReaches) {
    transaction.request.acr_values = {"urn:unknown"};
    transaction.request.acr_essential = true;
    EXPECT_EQ(refusal(), OAuthError::unmet_authentication_requirements);
}

TEST_F(Decide, O25_PromptNoneIsRefusedWithoutASession) {
    transaction.request.prompt.none = true;
    EXPECT_EQ(refusal(), OAuthError::login_required);
}

TEST_F(Decide, O25_PromptNoneIsRefusedWhenAStepUpIsNeeded) {
    transaction.request.prompt.none = true;
    has_session = true;
    transaction.request.acr_values = {"high"};
    EXPECT_EQ(refusal(), OAuthError::login_required);
}

TEST_F(Decide, O25_PromptNoneIsRefusedWhenConsentIsMissing) {
    transaction.request.prompt.none = true;
    has_session = true;
    needed.scopes = {"email"};
    EXPECT_EQ(refusal(), OAuthError::consent_required);
}

TEST_F(Decide, PromptNoneFinishesWithASessionAndConsent) {
    transaction.request.prompt.none = true;
    has_session = has_consent = true;
    needed.scopes = {"email"};
    expect<Finish>();
}

TEST_F(Decide, O26_PromptLoginDemandsAProofDespiteASession) {
    has_session = true;
    transaction.request.prompt.login = true;
    expect<ChooseMethod>();
    prove("light", "password");
    expect<Finish>();
}

TEST_F(Decide, PromptSelectAccountOffersTheMethods) {
    has_session = true;
    transaction.request.prompt.select_account = true;
    expect<ChooseMethod>();
}

TEST_F(Decide, O26_MaxAgeCountsFromTheProof) {
    has_session = true;
    transaction.request.max_age = seconds(600);
    expect<Finish>();
    transaction.request.max_age = seconds(599);
    expect<ChooseMethod>();
    transaction.request.max_age = seconds(0);
    session.auth_time = now;
    expect<ChooseMethod>();
}

TEST_F(Decide, ASessionFromTheFutureIsNotFresh) {
    has_session = true;
    session.auth_time = now + seconds(60);
    transaction.request.max_age = seconds(600);
    expect<ChooseMethod>();
}

TEST_F(Decide, AnEndedOrExpiredSessionCountsAsNone) {
    has_session = true;
    session.idle_expires_at = now;
    expect<ChooseMethod>();
    session.idle_expires_at = now + seconds(1);
    session.ended_at = now;
    expect<ChooseMethod>();
}

TEST_F(Decide, AHintForAnotherPersonDemandsAProofOfThatPerson) {
    has_session = true;
    transaction.request.hinted_subject = "sub-of-matti";
    expect<Finish>();
    transaction.request.hinted_subject = "sub-of-maija";
    expect<ChooseMethod>();
    transaction.request.prompt.none = true;
    EXPECT_EQ(refusal(), OAuthError::login_required);
    transaction.request.prompt.none = false;
    prove("light", "password");
    EXPECT_EQ(refusal(), OAuthError::login_required);
}

TEST_F(Decide, RunsEveryLoginStepOnceAfterAProof) {
    policy.login_steps = {"password", "terms"};
    has_session = true;
    expect<Finish>();
    prove("substantial", "suomifi");
    EXPECT_EQ(expect<RunPlugin>().name, "password");
    transaction.settled_steps = {"password"};
    EXPECT_EQ(expect<RunPlugin>().name, "terms");
    transaction.settled_steps = {"password", "terms"};
    expect<Finish>();
}

TEST_F(Decide, AsksConsentForWhatIsNew) {
    has_session = true;
    needed.scopes = {"email", "phone"};
    EXPECT_FALSE(expect<AskConsent>().more);
    has_consent = true;
    EXPECT_TRUE(expect<AskConsent>().more);
    EXPECT_EQ(expect<AskConsent>().scopes, needed.scopes);
    needed.scopes = {"email"};
    expect<Finish>();
}

TEST_F(Decide, AsksConsentAgainWhenItWasWithdrawnOrTheTextIsNew) {
    has_session = has_consent = true;
    needed.scopes = {"email"};
    consent.withdrawn_at = now;
    expect<AskConsent>();
    consent.withdrawn_at.reset();
    client.consent_version = "2";
    expect<AskConsent>();
}

TEST_F(Decide, AsksConsentWhenTheServiceDemandsIt) {
    has_session = has_consent = true;
    needed.scopes = {"email"};
    transaction.request.prompt.consent = true;
    expect<AskConsent>();
}

TEST_F(Decide, AServiceThatTheOperatorVouchesForAsksNothing) {
    has_session = true;
    needed.scopes = {"email"};
    client.skip_consent = true;
    expect<Finish>();
    transaction.request.prompt.consent = true;
    expect<AskConsent>();
}

TEST_F(Decide, NobodyVouchesForWhatAServiceReadsBesideItsTokens) {
    has_session = true;
    needed.scopes = {"email"};
    needed.claims = {oidc::data_field_word({"phone", {"a", "b", "c"}}), "nickname"};
    client.skip_consent = true;
    EXPECT_EQ(expect<AskConsent>().claims, std::vector{needed.claims[0]});
}

TEST_F(Decide, W18_AnAnswerCoversOnlyWhatWasShown) {
    has_session = true;
    needed.scopes = {"email"};
    transaction.consent =
        ConsentAsked{.user_id = "matti", .scopes = {"email"}, .claims = {}, .allowed = true};
    expect<Finish>();
    needed.scopes = {"email", "phone"};
    expect<AskConsent>();
    needed.scopes = {"email"};
    needed.claims = {"birthdate"};
    expect<AskConsent>();
}

TEST_F(Decide, W18_AnAnswerCoversOnlyThePersonWhoWasAsked) {
    has_session = true;
    needed.scopes = {"email"};
    transaction.consent =
        ConsentAsked{.user_id = "maija", .scopes = {"email"}, .claims = {}, .allowed = true};
    expect<AskConsent>();
    transaction.consent->user_id = "matti";
    expect<Finish>();
}

TEST_F(Decide, AProofOlderThanMaxAgeIsRefused) {
    transaction.request.max_age = seconds(60);
    prove("substantial", "suomifi");
    expect<Finish>();
    transaction.proof->auth_time = now - seconds(60);
    expect<Finish>();
    transaction.proof->auth_time = now - seconds(61);
    EXPECT_EQ(refusal(), OAuthError::login_required);
}

TEST_F(Decide, AHintIsJudgedWhenTheLoginStepsMayStillJoinTheAccount) {
    policy.login_steps = {"password"};
    transaction.request.hinted_subject = "sub-of-matti";
    prove("substantial", "suomifi");
    subject.clear();
    EXPECT_EQ(expect<RunPlugin>().name, "password");
    transaction.settled_steps = {"password"};
    EXPECT_EQ(refusal(), OAuthError::login_required);
    subject = "sub-of-matti";
    expect<Finish>();
}

TEST_F(Decide, AsksForWhomThePersonActsAfterTheStepsAndBeforeTheConsent) {
    policy.mandate_sources = {{"mandates", {"mandate:person"}, {"mandate"}}};
    policy.login_steps = {"password"};
    needed.scopes = {"email"};
    prove("substantial", "suomifi");
    transaction.request.scope = {"openid", "email", "mandate:person"};
    expect<RunPlugin>();
    transaction.settled_steps = {"password"};
    EXPECT_EQ(expect<RunMandate>().source, "mandates");
    transaction.acting = ActingChoice{.source = "mandates", .user_id = "matti", .mandate = {}};
    expect<AskConsent>();
    // What another person chose is no answer, and neither is another source's.
    transaction.acting->user_id = "maija";
    expect<RunMandate>();
    transaction.acting = ActingChoice{.source = "other", .user_id = "matti", .mandate = {}};
    expect<RunMandate>();
}

// threats.md M-08: the last thing before the end.
TEST_F(Decide, M08_ACheckThatHasGrownOldIsMadeAgainAfterTheConsent) {
    policy.mandate_sources = {{"mandates", {"mandate:person"}, {"mandate"}}};
    prove("substantial", "suomifi");
    transaction.request.scope = {"openid", "mandate:person"};
    transaction.acting =
        ActingChoice{.source = "mandates", .user_id = "matti", .mandate = plugin::Mandate()};
    auto& checked_at = transaction.acting->mandate->checked_at;
    checked_at = now - policy.mandate_freshness;
    expect<Finish>();
    checked_at -= milliseconds(1);
    EXPECT_EQ(expect<RecheckMandate>().source, "mandates");
    // The request came before the check was made; a clock that was set back is another matter.
    checked_at = now + policy.mandate_freshness;
    expect<Finish>();
    checked_at += milliseconds(1);
    expect<RecheckMandate>();
    needed.scopes = {"email"};
    expect<AskConsent>();
    // In their own matter nothing was checked.
    needed.scopes = {};
    transaction.acting->mandate.reset();
    expect<Finish>();
}

TEST_F(Decide, AsksForWhomOnlyWhereTheRequestWantsIt) {
    policy.mandate_sources = {{"mandates", {"mandate:person"}, {"mandate"}}};
    has_session = true;
    expect<Finish>();
    transaction.request.authorization_details = {boost::json::object{{"type", "other"}}};
    expect<Finish>();
    transaction.request.authorization_details = {boost::json::object{{"type", "mandate"}}};
    expect<ChooseMethod>();  // the session does not say who the person is there
    session.logout.push_back(boost::json::object{{"method", "suomifi"}, {"subject", "someone"}});
    expect<RunMandate>();
    transaction.request.prompt.none = true;
    EXPECT_EQ(refusal(), OAuthError::interaction_required);
}

TEST_F(Decide, ADeniedConsentRefuses) {
    has_session = true;
    needed.scopes = {"email"};
    transaction.consent =
        ConsentAsked{.user_id = "matti", .scopes = {"email"}, .claims = {}, .allowed = false};
    EXPECT_EQ(refusal(), OAuthError::access_denied);
}

TEST_F(Decide, ARequestWrongInTwoWaysIsRefusedForTheProofFirst) {
    transaction.request.prompt.none = true;
    needed.scopes = {"email"};
    EXPECT_EQ(refusal(), OAuthError::login_required);
}

// ---- Linking (threats.md 3.3)

class DecideLink : public Decide {
  protected:
    DecideLink() {
        transaction.request.account_action = "idp_link:suomifi";
        transaction.session_user_id = "matti";
        session_methods = {"password"};
        prove("substantial", "suomifi");
        transaction.proof->user_id.clear();
    }
    void prove_also(std::string user_id) {
        transaction.also = transaction.proof;
        transaction.also->authenticator = "password";
        transaction.also->user_id = std::move(user_id);
    }
};

TEST_F(DecideLink, L31_ProvesTheAccountOfTheSessionByAnotherOfItsMethods) {
    EXPECT_EQ(expect<ProveAccount>().authenticator, "password");
    prove_also("matti");
    expect<Finish>();
}

TEST_F(DecideLink, IsNothingToProveWithoutASessionOrWhereItIsTheSamePerson) {
    transaction.session_user_id.clear();
    expect<Finish>();
    transaction.session_user_id = "matti";
    transaction.proof->user_id = "matti";
    expect<Finish>();
}

TEST_F(DecideLink, L36_RefusesASecondOfAKind) {
    session_methods = {"password", "suomifi"};
    EXPECT_EQ(expect<RefuseLink>().text, "link_has_one");
    session_methods = {};
    EXPECT_EQ(expect<RefuseLink>().text, "link_unprovable");
}

TEST_F(DecideLink, L32_AsksBeforeTwoAccountsBecomeOne) {
    transaction.proof->user_id = "matti-too";
    prove_also("matti");
    expect<ConfirmMerge>();
    transaction.merge =
        MergeAsked{.from = "matti", .into = "matti-too", .moved = {}, .dropped = {}};
    expect<ConfirmMerge>();
    transaction.merge->confirmed = true;
    expect<Finish>();
}

}  // namespace
}  // namespace tunnus::login
