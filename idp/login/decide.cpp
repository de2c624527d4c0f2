// SPDX-License-Identifier: MIT
#include "idp/login/decide.hpp"

#include "idp/login/acting.hpp"

#include <algorithm>

namespace tunnus::login {
namespace {

using oidc::Delivery;
using oidc::OAuthError;

bool contains(std::vector<std::string> const& list, std::string_view item) {
    return std::find(list.begin(), list.end(), item) != list.end();
}

Refuse refuse(OAuthError error, std::string description) {
    return {{.error = error,
             .description = std::move(description),
             .detail = {},
             .delivery = Delivery::redirect}};
}

/// The levels asked for that this installation knows. A voluntary request for unknown levels asks
/// for nothing (OpenID Connect Core §5.5.1.1).
std::vector<std::string> known_levels(oidc::AuthorizationRequest const& request,
                                      Policy const& policy) {
    std::vector<std::string> known;
    for (auto const& acr : request.acr_values)
        if (contains(policy.levels, acr)) known.push_back(acr);
    return known;
}

/// The method that has just proven too little is not asked again: it would prove the same.
std::vector<std::string> methods_that_satisfy(LoginTransaction const& transaction,
                                              Policy const& policy) {
    auto const& request = transaction.request;
    std::vector<std::string> names;
    for (auto const& method : policy.methods) {
        if (transaction.proof && transaction.proof->authenticator == method.name) continue;
        bool const can =
            std::any_of(method.acr_values.begin(), method.acr_values.end(),
                        [&](std::string const& acr) { return satisfies(request, acr, policy); });
        if (can) names.push_back(method.name);
    }
    return names;
}

/// OpenID Connect Core §3.1.2.2: a hint for another person must not be answered with this one.
bool is_person_hinted(oidc::AuthorizationRequest const& request, Standing const& standing) {
    return !request.hinted_subject || standing.subject == *request.hinted_subject;
}

/// A proof may be older than this login where the other end had a session of its own: then max_age
/// counts, with the time that the login itself has taken.
bool is_recent(LoginTransaction const& transaction) {
    auto const& max_age = transaction.request.max_age;
    return !max_age || transaction.proof->auth_time >= transaction.created_at - *max_age;
}

/// Everybody has a `sub` once the login steps are through; before, an identity without an account
/// may still turn out to belong to the person hinted at.
bool may_still_be_joined(LoginTransaction const& transaction, Standing const& standing,
                         Policy const& policy) {
    return standing.subject.empty() &&
           std::any_of(policy.login_steps.begin(), policy.login_steps.end(), [&](auto const& step) {
               return !contains(transaction.settled_steps, step);
           });
}

/// What must be proven, and how; nothing when the person is known well enough.
std::optional<Step> missing_proof(LoginTransaction const& transaction, Standing const& standing,
                                  Policy const& policy, TimePoint now) {
    auto const& request = transaction.request;
    if (transaction.proof && satisfies(request, transaction.proof->acr, policy)) {
        if (!is_recent(transaction))
            return refuse(OAuthError::login_required, "the identification is older than asked for");
        if (!is_person_hinted(request, standing) &&
            !may_still_be_joined(transaction, standing, policy))
            return refuse(OAuthError::login_required,
                          "another person signed in than the one asked for");
        return std::nullopt;
    }
    bool const session_does =
        !transaction.proof && standing.session != nullptr &&
        session_suffices(request, *standing.session, policy, now) &&
        (asked_mandate_source(request, policy) == nullptr || knows_identity(*standing.session)) &&
        is_person_hinted(request, standing);
    if (session_does) return std::nullopt;

    auto methods = methods_that_satisfy(transaction, policy);
    auto const* action = oidc::find_account_action(policy.account_actions, request.account_action);
    if (action && contains(methods, action->method)) methods = {action->method};
    if (methods.empty())
        return refuse(OAuthError::unmet_authentication_requirements,
                      "no login method reaches the level asked for");
    if (request.prompt.none) return refuse(OAuthError::login_required, "the person must sign in");
    if (contains(methods, transaction.chosen)) return RunAuthenticator{transaction.chosen};
    if (methods.size() == 1 && !transaction.cancelled) return RunAuthenticator{methods.front()};
    return ChooseMethod{.authenticators = std::move(methods),
                        .step_up = standing.session != nullptr && !request.prompt.login};
}

/// A link needs both ends proven in this login: what is new, and the account of the session that it
/// comes to. One identity of a kind per account (threats.md L-30 to L-36).
std::optional<Step> missing_link(LoginTransaction const& transaction, Standing const& standing,
                                 Policy const& policy) {
    if (!is_link(transaction.request) || !transaction.proof || transaction.session_user_id.empty())
        return std::nullopt;
    auto const& fresh = *transaction.proof;
    if (!transaction.has_proven_session_user()) {
        if (contains(standing.session_methods, fresh.authenticator))
            return RefuseLink{"link_has_one"};
        for (auto const& method : policy.methods)
            if (contains(standing.session_methods, method.name)) return ProveAccount{method.name};
        return RefuseLink{"link_unprovable"};
    }
    if (!transaction.also) return std::nullopt;
    auto const& also = *transaction.also;
    bool const two_accounts =
        !fresh.user_id.empty() && !also.user_id.empty() && fresh.user_id != also.user_id;
    if (two_accounts && !(transaction.merge && transaction.merge->confirmed)) return ConfirmMerge{};
    return std::nullopt;
}

std::optional<Step> missing_login_step(LoginTransaction const& transaction, Policy const& policy) {
    if (!transaction.proof) return std::nullopt;
    for (auto const& name : policy.login_steps)
        if (!contains(transaction.settled_steps, name)) return RunPlugin{name};
    return std::nullopt;
}

/// The answer counts only for the person who gave it, and never for another login.
std::optional<Step> missing_mandate(LoginTransaction const& transaction, Standing const& standing,
                                    Policy const& policy) {
    auto const* source = asked_mandate_source(transaction.request, policy);
    if (source == nullptr) return std::nullopt;
    auto const& acting = transaction.acting;
    if (acting && acting->source == source->name &&
        acting->user_id == transaction.known_user(standing.session))
        return std::nullopt;
    if (transaction.request.prompt.none)
        return refuse(OAuthError::interaction_required, "the person must say for whom they act");
    return RunMandate{source->name};
}

/// Nobody gets a token about a mandate that was checked while they still thought about it
/// (threats.md M-08): the last thing before the end is a look that is fresh.
std::optional<Step> stale_mandate(LoginTransaction const& transaction, Policy const& policy,
                                  TimePoint now) {
    auto const& acting = transaction.acting;
    if (!acting || !acting->mandate) return std::nullopt;
    auto const& mandate = *acting->mandate;
    // `now` is when the request came, so the check may be a little newer.
    bool const fresh = std::chrono::abs(now - mandate.checked_at) <= policy.mandate_freshness;
    if (fresh && lasts_long_enough(mandate, policy, now)) return std::nullopt;
    return RecheckMandate{acting->source};
}

bool is_subset(std::vector<std::string> const& wanted, std::vector<std::string> const& had) {
    return std::all_of(wanted.begin(), wanted.end(),
                       [&](std::string const& item) { return contains(had, item); });
}

std::optional<Step> missing_consent(LoginTransaction const& transaction, Standing const& standing,
                                    oidc::Client const& client, oidc::ConsentNeeded const& needed) {
    auto const& request = transaction.request;
    auto const asked = request.prompt.consent ? needed : oidc::asked_of(client, needed);
    // The answer counts only for exactly what was shown.
    bool const answered =
        transaction.consent && transaction.consent->allowed &&
        transaction.consent->user_id == transaction.known_user(standing.session) &&
        is_subset(asked.scopes, transaction.consent->scopes) &&
        is_subset(asked.claims, transaction.consent->claims);
    if (answered) {
        if (!*transaction.consent->allowed)
            return refuse(OAuthError::access_denied, "the person did not allow it");
        return std::nullopt;
    }
    bool const stands =
        standing.consent != nullptr && oidc::is_covered(asked, client, *standing.consent);
    if (!request.prompt.consent && (asked.nothing() || stands)) return std::nullopt;
    if (request.prompt.none)
        return refuse(OAuthError::consent_required, "the person must be asked");
    return AskConsent{.scopes = asked.scopes,
                      .claims = asked.claims,
                      .more = standing.consent != nullptr && !standing.consent->withdrawn_at};
}

}  // namespace

bool Policy::is_strong_method(std::string_view name) const {
    return std::ranges::any_of(methods, [&](Method const& method) {
        return method.name == name && std::ranges::any_of(method.acr_values, [&](auto const& acr) {
                   return contains(strong_levels, acr);
               });
    });
}

bool satisfies(oidc::AuthorizationRequest const& request, std::string_view acr,
               Policy const& policy) {
    auto const asked = known_levels(request, policy);
    if (asked.empty()) return request.acr_values.empty() || !request.acr_essential;
    return std::any_of(asked.begin(), asked.end(), [&](std::string const& level) {
        return oidc::acr_at_least(policy.levels, acr, level);
    });
}

bool session_suffices(oidc::AuthorizationRequest const& request, storage::Session const& session,
                      Policy const& policy, TimePoint now) {
    if (!session.is_live(now) || request.prompt.login || request.prompt.select_account)
        return false;
    // max_age=0 always asks; a session from the future (a stepped clock) is not fresh either.
    if (request.max_age && (*request.max_age == seconds(0) || session.auth_time > now ||
                            now - session.auth_time > *request.max_age))
        return false;
    return satisfies(request, session.acr, policy);
}

Step decide(LoginTransaction const& transaction, Standing const& standing,
            oidc::Client const& client, oidc::ConsentNeeded const& needed, Policy const& policy,
            TimePoint now) {
    if (auto step = missing_proof(transaction, standing, policy, now)) return std::move(*step);
    if (auto step = missing_link(transaction, standing, policy)) return std::move(*step);
    if (auto step = missing_login_step(transaction, policy)) return std::move(*step);
    if (auto step = missing_mandate(transaction, standing, policy)) return std::move(*step);
    if (auto step = missing_consent(transaction, standing, client, needed)) return std::move(*step);
    if (auto step = stale_mandate(transaction, policy, now)) return std::move(*step);
    return Finish{};
}

}  // namespace tunnus::login
