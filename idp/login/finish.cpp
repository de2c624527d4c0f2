// SPDX-License-Identifier: MIT
#include "idp/login/finish.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"
#include "idp/login/accounts.hpp"
#include "idp/login/acting.hpp"
#include "oidc/protocol/scope.hpp"
#include "storage/finish_login.hpp"

#include <algorithm>
#include <iterator>

namespace tunnus::login {
namespace {

using oidc::OAuthError;

std::vector<std::string> united(std::vector<std::string> a, std::vector<std::string> const& b) {
    a.insert(a.end(), b.begin(), b.end());
    std::sort(a.begin(), a.end());
    a.erase(std::unique(a.begin(), a.end()), a.end());
    return a;
}

HttpResponse refused(Parts const& parts, LoginTransaction const& transaction, OAuthError error,
                     std::string description) {
    return oidc::refuse_authorization(parts.provider, transaction.request,
                                      {.error = error,
                                       .description = std::move(description),
                                       .detail = {},
                                       .delivery = oidc::Delivery::redirect});
}

/// What single logout will need, one object per proof, each once per authenticator: the newest
/// counts. Where people may act for others, with it who they are there: the register asks for it at
/// each login that rests on this session.
void remember_logout(Parts const& parts, boost::json::array& logout, Proof const& proof) {
    for (auto it = logout.begin(); it != logout.end();)
        it = it->as_object().at("method").as_string() == proof.authenticator ? logout.erase(it)
                                                                             : it + 1;
    boost::json::object entry = proof.logout;
    entry["method"] = proof.authenticator;
    if (!parts.policy.mandate_sources.empty() &&
        oidc::contains(parts.policy.strong_levels, proof.acr))
        entry["subject"] = proof.subject.reveal();
    logout.push_back(std::move(entry));
}

storage::Session new_session(Parts const& parts, HttpRequest const& request, Proof const& proof,
                             std::string_view user_id, storage::Bearer const& cookie,
                             TimePoint now) {
    storage::Session session{
        .id = cookie.id,
        .secret_hash = cookie.secret_hash(),
        .user_id = std::string(user_id),
        .acr = proof.acr,
        .amr = proof.amr,
        .auth_time = proof.auth_time,
        .created_at = now,
        .last_used_at = now,
        .idle_expires_at = now + parts.session_lifetimes.idle,
        .expires_at = now + parts.session_lifetimes.absolute,
        .ended_at = {},
        .client_address = request.client_address,
        .user_agent = std::string(request.headers.find("User-Agent").value_or("")),
        .logout = {}};
    remember_logout(parts, session.logout, proof);
    return session;
}

/// The session after a further proof by the same person. A lower proof does not lower it, and is
/// stated by its own token only (threats.md I11); the cookie changes in any case (W-01).
storage::Session raised_session(Parts const& parts, storage::Session session, Proof const& proof,
                                storage::Bearer const& cookie, TimePoint now) {
    session.secret_hash = cookie.secret_hash();
    if (oidc::acr_at_least(parts.policy.levels, proof.acr, session.acr)) {
        session.acr = proof.acr;
        session.amr = proof.amr;
        session.auth_time = proof.auth_time;
    }
    session.last_used_at = now;
    session.idle_expires_at = now + parts.session_lifetimes.idle;
    remember_logout(parts, session.logout, proof);
    return session;
}

AuditEvent audit_event(AuditKind kind, HttpRequest const& request,
                       LoginTransaction const& transaction, std::string_view user_id,
                       TimePoint now) {
    return {.kind = kind,
            .at = now,
            .event_id = transaction.event_id,
            .request_id = request.request_id,
            .user_id = std::string(user_id),
            .client_id = transaction.request.client_id,
            .fields = {}};
}

/// The end of one login, put together part by part.
struct Ending {
    storage::FinishLogin login;
    oidc::Authenticated authenticated;
    std::optional<storage::Bearer> new_cookie;
};

/// The account, and the session that the proof makes or raises.
void add_proof(Parts const& parts, HttpRequest const& request, LoginTransaction const& transaction,
               std::optional<storage::Session> const& session, SettledAccount account,
               storage::Bearer const& new_cookie, TimePoint now, Ending& ending) {
    auto const& proof = *transaction.proof;
    auto& login = ending.login;
    auto& cookie = ending.new_cookie.emplace(new_cookie);
    if (account.created) login.new_user = storage::User{account.user_id, now, {}};
    if (account.claimed) login.claimed_user = account.user_id;
    login.joined = std::move(account.joined);
    login.merged = std::move(account.merged);
    login.new_identities = std::move(account.new_identities);
    login.plugin_writes = std::move(account.writes.steps);
    login.audit = std::move(account.writes.audit);
    login.renews_session = session && session->user_id == account.user_id;
    if (login.renews_session) {
        cookie.id = session->id;
        login.new_session = raised_session(parts, *session, proof, cookie, now);
    } else {
        if (session)
            login.gives_way =
                ending_of({*session}, "another person signed in", request.request_id, now);
        login.new_session = new_session(parts, request, proof, account.user_id, cookie, now);
    }
    ending.authenticated = {.user_id = account.user_id,
                            .session_id = cookie.id,
                            .session_expires_at = login.new_session->expires_at,
                            .acr = proof.acr,
                            .amr = proof.amr,
                            .auth_time = proof.auth_time,
                            .granted_scopes = {},
                            .granted_claims = {},
                            .locale = transaction.locale};
    auto event = audit_event(AuditKind::login_finished, request, transaction, account.user_id, now);
    event.fields = {
        {"method", proof.authenticator}, {"acr", proof.acr}, {"raised", login.renews_session}};
    login.audit.push_back(std::move(event));
}

/// Nothing was proven anew: the login rests on the live session.
void add_session(Parts const& parts, LoginTransaction const& transaction,
                 storage::Session const& session, TimePoint now, Ending& ending) {
    auto& used = ending.login.used_session.emplace(session);
    used.last_used_at = now;
    used.idle_expires_at = now + parts.session_lifetimes.idle;
    ending.authenticated = {.user_id = session.user_id,
                            .session_id = session.id,
                            .session_expires_at = session.expires_at,
                            .acr = session.acr,
                            .amr = session.amr,
                            .auth_time = session.auth_time,
                            .granted_scopes = {},
                            .granted_claims = {},
                            .locale = transaction.locale};
}

/// For whom the person acts, with an account for them.
oidc::Checked<> add_acting(Parts const& parts, LoginTransaction const& transaction, TimePoint now,
                           Ending& ending) {
    auto settled = settle_acting(parts, transaction, ending.authenticated.user_id, now);
    if (!settled) return settled.error();
    auto& login = ending.login;
    login.new_principal = std::move(settled->new_principal);
    std::ranges::move(settled->new_identities, std::back_inserter(login.new_identities));
    std::ranges::move(settled->audit, std::back_inserter(login.audit));
    ending.authenticated.acting = std::move(settled->acting);
    return {};
}

/// What the person permitted now, together with what they permitted before under the same text; or
/// what they permitted before, which must still stand.
void add_consent(HttpRequest const& request, LoginTransaction const& transaction,
                 std::optional<storage::Consent> const& before, oidc::ConsentNeeded const& needed,
                 oidc::Client const& client, TimePoint now, Ending& ending) {
    auto& login = ending.login;
    if (!transaction.consent || !transaction.consent->allowed.value_or(false)) {
        if (!oidc::asked_of(client, needed).nothing()) login.standing_consent = before;
        return;
    }
    auto& given =
        login.given_consent.emplace(storage::Consent{.user_id = ending.authenticated.user_id,
                                                     .client_id = client.client_id,
                                                     .scopes = transaction.consent->scopes,
                                                     .claims = transaction.consent->claims,
                                                     .text_version = client.consent_version,
                                                     .locale = transaction.locale,
                                                     .given_at = now,
                                                     .withdrawn_at = {}});
    login.replaced_consent = before;
    if (before && !before->withdrawn_at && before->text_version == client.consent_version) {
        // A data field that is not shown any more, or was shown for another purpose, is not kept.
        auto earlier = before->claims;
        std::erase_if(earlier, [&](std::string const& claim) {
            return oidc::is_data_field_word(claim) && !oidc::contains(needed.claims, claim);
        });
        given.scopes = united(given.scopes, before->scopes);
        given.claims = united(given.claims, earlier);
    }
    auto event = audit_event(AuditKind::consent_given, request, transaction, given.user_id, now);
    event.fields["scopes"] = boost::json::array(given.scopes.begin(), given.scopes.end());
    login.audit.push_back(std::move(event));
}

/// The code, and the response with it.
oidc::Checked<HttpResponse> add_grant(Parts const& parts, HttpRequest const& request,
                                      LoginTransaction const& transaction,
                                      oidc::ConsentNeeded const& needed, oidc::Client const& client,
                                      TimePoint now, Ending& ending) {
    narrow_to_mandate(transaction, parts.policy, ending.authenticated);
    ending.authenticated.granted_claims = needed.claims;
    auto finished = oidc::finish_authorization(parts.provider, client, transaction.request,
                                               ending.authenticated, now);
    if (!finished) return finished.error();
    ending.login.grant = std::move(finished->grant);
    ending.login.pushed_request = std::move(finished->pushed_request);
    ending.login.access_token = std::move(finished->access_token);
    ending.login.decoupled_request = std::move(finished->decoupled_request);
    ending.login.audit.push_back(std::move(finished->audit));
    if (ending.new_cookie)
        parts.cookies.set(finished->response,
                          {.name = "sid", .value = ending.new_cookie->text(), .max_age = {}});
    show_browser_state(parts, request, ending.authenticated.session_id, finished->response);
    return std::move(finished->response);
}

/// Another request was first. What a person has just allowed is asked again where it rested on a
/// permission that changed meanwhile; a login that is over says so at the same address.
HttpResponse answer_lost(Parts const& parts, LoginTransaction const& transaction,
                         Ending const& ending) {
    if (transaction.request.prompt.none || transaction.version == 0)
        return refused(parts, transaction, OAuthError::login_required,
                       "the session or permission ended");
    if (ending.login.given_consent)
        return redirect_response(parts.provider.issuer + "/login?login=" + transaction.handle());
    return parts.provider.pages.error(409, "invalid_request", "error_login_over",
                                      transaction.event_id, transaction.locale);
}

}  // namespace

std::variant<Outcome, oidc::Refusal> finish(Parts const& parts, HttpRequest const& request,
                                            LoginTransaction const& transaction,
                                            std::optional<storage::Session> const& session,
                                            std::optional<storage::Consent> const& consent,
                                            oidc::ConsentNeeded const& needed,
                                            oidc::Client const& client, TimePoint now) {
    auto const& provider = parts.provider;
    Ending ending;
    ending.login.sessions_per_user = provider.limits.sessions_per_user;
    if (transaction.version > 0) {
        ending.login.login_id = transaction.id;
        ending.login.login_version = transaction.version;
    }
    if (transaction.proof) {
        auto const cookie = storage::make_bearer(provider.random, now);
        auto account =
            settle_account(parts, transaction,
                           {.new_id = cookie.id, .present = session ? &*session : nullptr}, now);
        if (auto* refusal = std::get_if<oidc::Refusal>(&account)) return std::move(*refusal);
        if (std::holds_alternative<StorageFailed>(account))
            return Outcome(unavailable(parts, request));
        add_proof(parts, request, transaction, session,
                  std::get<SettledAccount>(std::move(account)), cookie, now, ending);
    } else {
        add_session(parts, transaction, *session, now, ending);
    }
    if (auto added = add_acting(parts, transaction, now, ending); !added) return added.error();
    auto const* action =
        oidc::find_account_action(parts.policy.account_actions, transaction.request.account_action);
    // For whoever was signed in here, and for nobody else who came meanwhile.
    auto const& merged = ending.login.merged;
    bool const same_person = transaction.session_user_id.empty() ||
                             transaction.session_user_id == ending.authenticated.user_id ||
                             (merged && merged->user_id == transaction.session_user_id);
    auto const is_by_action = [&](std::optional<Proof> const& one) {
        return one && action && one->authenticator == action->method;
    };
    ending.authenticated.account_action_done =
        same_person && (is_by_action(transaction.proof) || is_by_action(transaction.also));
    add_consent(request, transaction, consent, needed, client, now, ending);
    auto response = add_grant(parts, request, transaction, needed, client, now, ending);
    for (auto& event : ending.login.audit) {
        if (event.event_id.empty()) event.event_id = transaction.event_id;
        if (event.request_id.empty()) event.request_id = request.request_id;
        if (event.client_id.empty()) event.client_id = client.client_id;
    }
    if (!response) return response.error();
    return Outcome(PendingCommit{
        .intention = storage::finish_login(ending.login, parts.sealer, provider.random),
        .if_won = std::move(*response),
        .if_lost = answer_lost(parts, transaction, ending)});
}

}  // namespace tunnus::login
