// SPDX-License-Identifier: MIT
#include "idp/login/finish.hpp"

#include "idp/base/encoding.hpp"
#include "idp/login/accounts.hpp"

#include <algorithm>

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
/// counts.
void remember_logout(boost::json::array& logout, Proof const& proof) {
    for (auto it = logout.begin(); it != logout.end();)
        it = it->as_object().at("method").as_string() == proof.authenticator ? logout.erase(it)
                                                                             : it + 1;
    boost::json::object entry = proof.logout;
    entry["method"] = proof.authenticator;
    logout.push_back(std::move(entry));
}

storage::Session new_session(Parts const& parts, HttpRequest const& request, Proof const& proof,
                             std::string_view user_id, storage::Bearer const& cookie,
                             TimePoint now) {
    std::string agent(request.headers.find("User-Agent").value_or(""));
    agent.resize(std::min(agent.size(), parts.provider.limits.user_agent_bytes));
    storage::Session session{.id = cookie.id,
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
                             .user_agent = is_valid_utf8(agent) ? std::move(agent) : std::string(),
                             .logout = {}};
    remember_logout(session.logout, proof);
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
    remember_logout(session.logout, proof);
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

}  // namespace

Outcome finish(Parts const& parts, HttpRequest const& request, LoginTransaction const& transaction,
               std::optional<storage::Session> const& session,
               std::optional<storage::Consent> const& consent, oidc::ConsentNeeded const& needed,
               oidc::Client const& client, TimePoint now) {
    auto const& provider = parts.provider;
    storage::FinishLogin login;
    login.sessions_per_user = provider.limits.sessions_per_user;
    if (transaction.version > 0) {
        login.login_id = transaction.id;
        login.login_version = transaction.version;
    }

    oidc::Authenticated authenticated;
    std::optional<storage::Bearer> new_cookie;
    if (transaction.proof) {
        auto const& proof = *transaction.proof;
        auto account = settle_account(parts, request, transaction, now);
        if (auto* refusal = std::get_if<oidc::Refusal>(&account))
            return oidc::refuse_authorization(provider, transaction.request, *refusal);
        if (std::holds_alternative<StorageFailed>(account)) return unavailable(parts, request);
        auto const& user_id = std::get<SettledAccount>(account).user_id;

        new_cookie = storage::make_bearer(provider.random, now);
        if (session && session->user_id == user_id) {
            new_cookie->id = session->id;
            login.replaces = session->id;
            login.new_session = raised_session(parts, *session, proof, *new_cookie, now);
        } else {
            // Another person's session in this browser ends before this one begins.
            if (session && !end_session(parts, request, *session, "another person signed in", now))
                return unavailable(parts, request);
            login.new_session = new_session(parts, request, proof, user_id, *new_cookie, now);
        }
        authenticated = {.user_id = user_id,
                         .session_id = new_cookie->id,
                         .session_expires_at = login.new_session->expires_at,
                         .acr = proof.acr,
                         .amr = proof.amr,
                         .auth_time = proof.auth_time,
                         .granted_scopes = {},
                         .granted_claims = {},
                         .locale = transaction.locale};
        auto event = audit_event(AuditKind::login_finished, request, transaction, user_id, now);
        event.fields = {{"method", proof.authenticator},
                        {"acr", proof.acr},
                        {"raised", login.replaces.has_value()}};
        login.audit.push_back(std::move(event));
    } else {
        login.used_session = session;
        login.used_session->last_used_at = now;
        login.used_session->idle_expires_at = now + parts.session_lifetimes.idle;
        authenticated = {.user_id = session->user_id,
                         .session_id = session->id,
                         .session_expires_at = session->expires_at,
                         .acr = session->acr,
                         .amr = session->amr,
                         .auth_time = session->auth_time,
                         .granted_scopes = {},
                         .granted_claims = {},
                         .locale = transaction.locale};
    }
    authenticated.granted_scopes = transaction.request.scope;
    authenticated.granted_claims = needed.claims;

    bool const something_needed = !needed.scopes.empty() || !needed.claims.empty();
    if (transaction.consent && transaction.consent->allowed.value_or(false)) {
        login.given_consent = storage::Consent{.user_id = authenticated.user_id,
                                               .client_id = client.client_id,
                                               .scopes = transaction.consent->scopes,
                                               .claims = transaction.consent->claims,
                                               .text_version = client.consent_version,
                                               .locale = transaction.locale,
                                               .given_at = now,
                                               .withdrawn_at = {}};
        if (consent && !consent->withdrawn_at && consent->text_version == client.consent_version) {
            login.given_consent->scopes = united(login.given_consent->scopes, consent->scopes);
            login.given_consent->claims = united(login.given_consent->claims, consent->claims);
        }
        auto event =
            audit_event(AuditKind::consent_given, request, transaction, authenticated.user_id, now);
        event.fields["scopes"] = boost::json::array(login.given_consent->scopes.begin(),
                                                    login.given_consent->scopes.end());
        login.audit.push_back(std::move(event));
    } else {
        login.needs_standing_consent = something_needed && !client.skip_consent;
    }

    auto finished =
        oidc::finish_authorization(provider, client, transaction.request, authenticated, now);
    login.grant = std::move(finished.grant);
    finished.audit.request_id = request.request_id;
    finished.audit.event_id = transaction.event_id;
    login.audit.push_back(std::move(finished.audit));
    if (new_cookie)
        parts.cookies.set(finished.response,
                          {.name = "sid", .value = new_cookie->text(), .max_age = {}});
    return PendingCommit{
        .intention = storage::finish_login(login, parts.sealer, provider.random),
        .if_won = std::move(finished.response),
        .if_lost = transaction.request.prompt.none || transaction.version == 0
                       ? refused(parts, transaction, OAuthError::login_required,
                                 "the session or permission ended")
                       : provider.pages.error(409, "invalid_request", "error_login_over",
                                              transaction.event_id, transaction.locale)};
}

}  // namespace tunnus::login
