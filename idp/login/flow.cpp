// SPDX-License-Identifier: MIT
#include "idp/login/flow.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"
#include "idp/login/acting.hpp"
#include "idp/login/finish.hpp"
#include "idp/login/own_pages.hpp"
#include "idp/login/walk.hpp"
#include "oidc/protocol/authorization_response.hpp"

namespace tunnus::login {
using oidc::OAuthError;

std::optional<HttpResponse> Walk::read_standing() {
    auto session = find_session(parts_, request_);
    if (auto* answer = std::get_if<HttpResponse>(&session)) return std::move(*answer);
    session_ = std::move(std::get<std::optional<storage::Session>>(session));
    if (transaction_.version == 0 && session_) {
        transaction_.session_id = session_->id;
        transaction_.session_user_id = session_->user_id;
    }
    return std::nullopt;
}

std::optional<HttpResponse> Walk::recall_session() {
    if (session_ || transaction_.session_id.empty()) return std::nullopt;
    auto session = provider_.sessions.find_by_id(transaction_.session_id);
    if (!session) return unavailable(parts_, request_);
    if (*session && (*session)->is_live(now_)) session_ = std::move(*session);
    return std::nullopt;
}

std::optional<HttpResponse> Walk::read_consent(std::string const& user_id) {
    if (user_id == standing_of_) return std::nullopt;
    consent_.reset();
    standing_of_ = user_id;
    if (user_id.empty()) return std::nullopt;
    auto consent = parts_.consents.find(user_id, client_->client_id);
    if (!consent) return unavailable(parts_, request_);
    consent_ = std::move(*consent);
    return std::nullopt;
}

std::optional<HttpResponse> Walk::read_session_methods() {
    if (session_methods_ || !is_link(transaction_.request) || transaction_.session_user_id.empty())
        return std::nullopt;
    auto const links = provider_.users.identities_of(transaction_.session_user_id);
    if (!links) return unavailable(parts_, request_);
    session_methods_.emplace();
    for (auto const& link : *links)
        session_methods_->push_back(link.authenticator);
    return std::nullopt;
}

std::optional<Outcome> Walk::run_step(std::string const& name) {
    auto const needed = parts_.plugins.step_needed(name, view(), transaction_.proof->authenticator,
                                                   transaction_.proof->acr);
    if (auto const* failure = std::get_if<plugin::Failure>(&needed)) return fail(*failure);
    auto const& answer = std::get<Result<bool>>(needed);
    if (!answer) return unavailable(parts_, request_);
    if (*answer) return take(parts_.plugins.begin_step(name, view()), name);
    transaction_.settled_steps.push_back(name);
    return std::nullopt;
}

Outcome Walk::advance() {
    while (true) {
        std::string const user_id = transaction_.known_user(session_ ? &*session_ : nullptr);
        if (auto answer = read_consent(user_id)) return std::move(*answer);
        if (auto answer = read_session_methods()) return std::move(*answer);
        Standing const standing{
            .session = session_ ? &*session_ : nullptr,
            .consent = consent_ ? &*consent_ : nullptr,
            .subject =
                user_id.empty() ? std::string() : oidc::subject_for(provider_, *client_, user_id),
            .session_methods = session_methods_.value_or(std::vector<std::string>())};
        auto const step = decide(transaction_, standing, *client_, needed_, parts_.policy, now_);

        if (auto const* choose = std::get_if<ChooseMethod>(&step)) return ask_method(*choose);
        if (auto const* run = std::get_if<RunAuthenticator>(&step))
            return take(parts_.plugins.begin_authenticator(run->name, view()), run->name);
        if (auto const* prove = std::get_if<ProveAccount>(&step))
            return prove_account(prove->authenticator);
        if (std::holds_alternative<ConfirmMerge>(step)) return ask_merge();
        if (auto const* no = std::get_if<RefuseLink>(&step)) return refuse_link(no->text);
        if (auto const* run = std::get_if<RunPlugin>(&step)) {
            auto outcome = run_step(run->name);
            if (outcome) return std::move(*outcome);
            continue;
        }
        if (auto const* run = std::get_if<RunMandate>(&step))
            return take(
                parts_.plugins.begin_mandate(
                    run->source, view(),
                    mandate_request(transaction_, session_ ? &*session_ : nullptr, parts_.policy)),
                run->source);
        if (auto const* ask = std::get_if<AskConsent>(&step)) return ask_consent(*ask);
        if (auto const* recheck = std::get_if<RecheckMandate>(&step))
            return Continuation{Lane::outbound, [walk = *this, source = recheck->source]() mutable {
                                    return walk.recheck_mandate(source);
                                }};
        if (auto const* no = std::get_if<Refuse>(&step)) return let_go_and_refuse(no->refusal);
        auto ended =
            finish(parts_, request_, transaction_, session_, consent_, needed_, *client_, now_);
        if (auto const* refusal = std::get_if<oidc::Refusal>(&ended))
            return let_go_and_refuse(*refusal);
        return std::get<Outcome>(std::move(ended));
    }
}

plugin::LoginView Walk::view() const {
    bool const proves_session =
        is_link(transaction_.request) && transaction_.proof && !transaction_.also;
    return {
        .login_id = transaction_.handle(),
        .event_id = transaction_.event_id,
        .request_id = request_.request_id,
        .locale = transaction_.locale,
        .service = {.client_id = client_->client_id,
                    .name = {.fi = client_->name("fi"),
                             .sv = client_->name("sv"),
                             .en = client_->name("en")}},
        .login_hint = transaction_.request.login_hint,
        .acr_values = transaction_.request.acr_values,
        .user_id = transaction_.known_user(nullptr),
        .session_user_id = transaction_.session_user_id,
        .fresh = transaction_.request.prompt.login || transaction_.request.max_age.has_value(),
        .unclaimed_since = transaction_.proof ? transaction_.proof->unclaimed_since : std::nullopt,
        .account_action = transaction_.request.account_action,
        .session_id = encode_base64url(transaction_.session_id),
        .proving_user_id = proves_session && !transaction_.has_proven_session_user()
                               ? transaction_.session_user_id
                               : std::string()};
}

/// The person, and no other who came by the address, says no to what was asked on another device.
bool Walk::is_denial(oidc::Refusal const& refusal) const {
    auto const& request = transaction_.request;
    if (request.decoupled_request.empty() || refusal.error != OAuthError::access_denied)
        return false;
    return !request.hinted_subject || (transaction_.consent && transaction_.consent->allowed);
}

Outcome Walk::refuse(oidc::Refusal const& refusal) {
    auto response = oidc::refuse_authorization(provider_, transaction_.request, refusal);
    // A silent check that finds nobody is an everyday answer; a login that ends without a session
    // is an event.
    if (transaction_.request.prompt.none) return response;
    AuditEvent event{.kind = AuditKind::login_refused,
                     .at = now_,
                     .event_id = transaction_.event_id,
                     .request_id = request_.request_id,
                     .user_id = {},
                     .client_id = client_->client_id,
                     .fields = {{"error", oidc::to_string(refusal.error)}}};
    if (is_denial(refusal)) {
        storage::DenyDecoupledRequest const denial{
            transaction_.request.decoupled_request,
            transaction_.known_user(session_ ? &*session_ : nullptr),
            transaction_.id,
            transaction_.version,
            now_,
            std::move(event)};
        return PendingCommit{.intention = storage::deny_decoupled_request(denial, provider_.random),
                             .if_won = std::move(response),
                             .if_lost = error_page(409, "invalid_request", "error_login_over")};
    }
    if (transaction_.version > 0)
        return PendingCommit{
            .intention = storage::drop_login(transaction_.id, transaction_.version, event,
                                             provider_.random, transaction_.request.pushed_request),
            .if_won = std::move(response),
            .if_lost = error_page(409, "invalid_request", "error_login_over")};
    if (!provider_.audit.record(std::move(event))) return unavailable(parts_, request_);
    return response;
}

Outcome Walk::give_up() {
    bool const later = transaction_.given_up_as == "temporarily_unavailable";
    return refuse({.error = later ? OAuthError::temporarily_unavailable : OAuthError::access_denied,
                   .description = later ? "the login method is not available now"
                                        : "the person did not sign in",
                   .detail = std::string(transaction_.given_up_as.empty() ? oidc::given_up : ""),
                   .delivery = oidc::Delivery::redirect});
}

Outcome Walk::stored(HttpResponse response) {
    keep_browser(parts_, browser_, transaction_.version == 0, response);
    storage::LoginRecord const record{
        .id = transaction_.id,
        .browser_hash = browser_.login_hash(),
        .version = std::max<std::int64_t>(transaction_.version, 1),
        .body = transaction_.to_json(),
        .created_at = transaction_.created_at,
        .expires_at = transaction_.created_at + provider_.limits.login_transaction_lifetime};
    auto intention =
        transaction_.version == 0
            ? storage::begin_login(record,
                                   {.per_browser = provider_.limits.login_transactions_per_browser,
                                    .in_all = provider_.limits.login_transactions},
                                   parts_.sealer, provider_.random)
            : storage::update_login(record, parts_.sealer, provider_.random);
    return PendingCommit{.intention = std::move(intention),
                         .if_won = std::move(response),
                         .if_lost = error_page(409, "invalid_request", "error_login_over")};
}

Outcome LoginFlow::authorize(HttpRequest const& request) const {
    return authorize(request, oidc::Fetching::elsewhere);
}

Outcome LoginFlow::authorize(HttpRequest const& request, oidc::Fetching fetching) const {
    auto begun = oidc::begin_authorization(parts_.provider, request, fetching);
    if (auto* answer = std::get_if<HttpResponse>(&begun)) return std::move(*answer);
    if (std::holds_alternative<oidc::MustFetch>(begun))
        return Continuation{Lane::outbound,
                            [this, &request] { return authorize(request, oidc::Fetching::here); }};
    return begin(request, std::get<oidc::BegunAuthorization>(std::move(begun)));
}

Outcome LoginFlow::begin(HttpRequest const& request, oidc::BegunAuthorization authorization) const {
    auto browser = read_browser(parts_, request);
    if (auto* answer = std::get_if<HttpResponse>(&browser)) return std::move(*answer);

    if (is_own_client(authorization.client->client_id))
        demand_own_action(parts_, request, authorization.request);
    demand_strong(authorization.request, *authorization.client, parts_.policy);
    auto const now = parts_.provider.clock.now();
    std::string locale = Pages::choose_locale(authorization.request.ui_locales, request);
    Walk walk(parts_, request, std::move(std::get<Browser>(browser)),
              LoginTransaction{.id = storage::make_id(parts_.provider.random, now),
                               .version = 0,
                               .request = std::move(authorization.request),
                               .locale = std::move(locale),
                               .event_id = request.request_id,
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
                               .merge = {},
                               .rounds = 0,
                               .created_at = now},
              std::move(authorization.client));
    if (auto answer = walk.read_standing()) return std::move(*answer);
    return walk.advance();
}

}  // namespace tunnus::login
