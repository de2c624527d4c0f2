// SPDX-License-Identifier: MIT
#include "idp/login/plugin_answer.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"
#include "idp/base/url.hpp"
#include "idp/login/accounts.hpp"
#include "idp/login/acting.hpp"
#include "idp/login/departure.hpp"
#include "idp/login/walk.hpp"

#include <algorithm>

namespace tunnus::login {
namespace {

using oidc::OAuthError;

oidc::Refusal disabled_account() {
    return {.error = OAuthError::access_denied,
            .description = "the account cannot be used",
            .detail = "disabled",
            .delivery = oidc::Delivery::redirect};
}

/// A proof is never newer than now, whatever the other end says (threats.md I11).
/// An account that nobody has claimed is nobody's until the login finishes.
Proof proof_of(plugin::Identity identity, std::string authenticator, Owner const& owner,
               TimePoint now) {
    return {.authenticator = std::move(authenticator),
            .subject = std::move(identity.subject),
            .user_id = owner.unclaimed_since ? std::string() : owner.user_id,
            .acr = std::move(identity.acr),
            .amr = std::move(identity.amr),
            .auth_time = std::min(identity.authenticated_at.value_or(now), now),
            .attributes = std::move(identity.attributes),
            .logout = std::move(identity.logout),
            .unclaimed_since = owner.unclaimed_since};
}

}  // namespace

plugin::Plugins::AuthenticatorInfo const* find_authenticator(Parts const& parts,
                                                             std::string_view name) {
    for (auto const& info : parts.plugins.authenticators())
        if (info.name == name) return &info;
    return nullptr;
}

AuditEvent rejection_event(Parts const& parts, HttpRequest const& request, std::string_view plugin,
                           std::string_view reason) {
    auto const* info = find_authenticator(parts, plugin);
    auto const& message = request.method == Method::POST ? request.body : request.query;
    return {.kind = info != nullptr ? info->rejection : AuditKind::login_refused,
            .at = parts.provider.clock.now(),
            .event_id = request.request_id,
            .request_id = request.request_id,
            .user_id = {},
            .client_id = {},
            .fields = {{"plugin", plugin},
                       {"reason", reason},
                       {"message_sha256", encode_hex(sha256(message))}}};
}

Result<> report_turned_away(Parts const& parts) {
    auto const& provider = parts.provider;
    Result<> all_recorded;
    for (auto const& [address, messages] : parts.refusals.take_ended()) {
        provider.log.warning("login.messages_turned_away",
                             {{"address", address}, {"messages", messages}});
        auto recorded =
            provider.audit.record({.kind = AuditKind::login_refused,
                                   .at = provider.clock.now(),
                                   .event_id = {},
                                   .request_id = {},
                                   .user_id = {},
                                   .client_id = {},
                                   .fields = {{"reason", "turned_away"}, {"messages", messages}}});
        if (!recorded) all_recorded = std::move(recorded);
    }
    return all_recorded;
}

Outcome Walk::take(plugin::Ran<plugin::Identity> ran, std::string const& authenticator,
                   Running::Kind kind) {
    if (auto const* failure = std::get_if<plugin::Failure>(&ran)) return fail(*failure);
    auto answer = std::get<plugin::Answer<plugin::Identity>>(std::move(ran));
    if (auto* identity = std::get_if<plugin::Identity>(&answer))
        return accept(std::move(*identity), authenticator, kind);
    return take_other(std::move(answer), kind, authenticator);
}

Outcome Walk::take(plugin::Ran<plugin::LoginStep::Settled> ran, std::string const& step) {
    if (auto const* failure = std::get_if<plugin::Failure>(&ran)) return fail(*failure);
    auto answer = std::get<plugin::Answer<plugin::LoginStep::Settled>>(std::move(ran));
    if (auto* settled = std::get_if<plugin::LoginStep::Settled>(&answer))
        return settle(std::move(*settled), step);
    return take_other(std::move(answer), Running::Kind::login_step, step);
}

Outcome Walk::take(plugin::Ran<plugin::Acting> ran, std::string const& source) {
    if (auto const* failure = std::get_if<plugin::Failure>(&ran)) return fail(*failure);
    auto answer = std::get<plugin::Answer<plugin::Acting>>(std::move(ran));
    if (auto* acting = std::get_if<plugin::Acting>(&answer)) return act(std::move(*acting), source);
    auto const* deny = std::get_if<plugin::Deny>(&answer);
    if (deny != nullptr && deny->kind != plugin::Deny::Kind::rejected)
        return end_without_mandate(*deny, source);
    return take_other(std::move(answer), Running::Kind::mandate, source);
}

Outcome Walk::resume(plugin::BrowserRequest const& browser) {
    auto const running = *transaction_.running;
    auto& plugins = parts_.plugins;
    switch (running.kind) {
        case Running::Kind::authenticator:
        case Running::Kind::proving:
            return take(
                plugins.resume_authenticator(running.plugin, view(), running.state, browser),
                running.plugin, running.kind);
        case Running::Kind::login_step:
            return take(plugins.resume_step(running.plugin, view(), running.state, browser),
                        running.plugin);
        case Running::Kind::mandate:
            break;
    }
    return take(plugins.resume_mandate(
                    running.plugin, view(),
                    mandate_request(transaction_, session_ ? &*session_ : nullptr, parts_.policy),
                    running.state, browser),
                running.plugin);
}

Outcome Walk::act(plugin::Acting acting, std::string const& source) {
    transaction_.acting =
        ActingChoice{.source = source,
                     .user_id = transaction_.known_user(session_ ? &*session_ : nullptr),
                     .mandate = std::move(acting.mandate)};
    transaction_.consent.reset();
    transaction_.running.reset();
    return advance();
}

/// The permission that was given holds for the mandate alone that it was shown with: whoever has to
/// choose again is asked again.
Outcome Walk::recheck_mandate(std::string const& source) {
    using Earlier = plugin::MandateRequest::Earlier;
    if (++transaction_.rounds > provider_.limits.plugin_rounds)
        return fail({.kind = plugin::Failure::Kind::oversized, .plugin = source});
    auto& mandate = *transaction_.acting->mandate;
    auto const stands = lasts_long_enough(mandate, parts_.policy, now_)
                            ? parts_.plugins.mandate_stands(source, mandate.recheck)
                            : Result<bool>(false);
    if (stands && *stands) {
        mandate.checked_at = now_;
        return advance();
    }
    parts_.plugins.let_mandate_go(source, mandate.recheck);
    transaction_.acting.reset();
    auto request = mandate_request(transaction_, session_ ? &*session_ : nullptr, parts_.policy);
    request.earlier = stands ? Earlier::ended : Earlier::unknown;
    return take(parts_.plugins.begin_mandate(source, view(), request), source);
}

Outcome Walk::let_go_and_refuse(oidc::Refusal const& refusal) {
    if (!transaction_.acting || !transaction_.acting->mandate) return refuse(refusal);
    return Continuation{Lane::outbound, [walk = *this, refusal]() mutable {
                            auto const& acting = *walk.transaction_.acting;
                            walk.parts_.plugins.let_mandate_go(acting.source,
                                                               acting.mandate->recheck);
                            return walk.refuse(refusal);
                        }};
}

/// The plugin has told the person; the service hears what it may (threats.md M-07).
Outcome Walk::end_without_mandate(plugin::Deny const& deny, std::string const& source) {
    provider_.log.warning("login.no_mandate", {{"request_id", request_.request_id},
                                               {"plugin", source},
                                               {"reason", deny.reason},
                                               {"event_id", transaction_.event_id}});
    bool const later = deny.kind == plugin::Deny::Kind::unavailable;
    return refuse({.error = later ? OAuthError::temporarily_unavailable : OAuthError::access_denied,
                   .description = later ? "mandates cannot be checked now"
                                        : "the person does not act for another",
                   .detail = deny.reason,
                   .delivery = oidc::Delivery::redirect});
}

template <class T>
Outcome Walk::take_other(plugin::Answer<T> answer, Running::Kind kind, std::string const& plugin) {
    if (++transaction_.rounds > provider_.limits.plugin_rounds)
        return fail({.kind = plugin::Failure::Kind::oversized, .plugin = plugin});
    if (auto* redirect = std::get_if<plugin::Redirect>(&answer))
        return send_away(std::move(*redirect), kind, plugin);
    if (auto* shown = std::get_if<plugin::Page>(&answer))
        return show(std::move(*shown), kind, plugin);
    return deny(std::get<plugin::Deny>(answer), plugin);
}

Outcome Walk::accept(plugin::Identity identity, std::string const& authenticator,
                     Running::Kind kind) {
    auto const* info = find_authenticator(parts_, authenticator);
    bool const may_prove =
        info != nullptr && std::find(info->acr_values.begin(), info->acr_values.end(),
                                     identity.acr) != info->acr_values.end();
    // A level that the method never announced, or nobody at all, is a broken plugin, not a login
    // (threats.md I11, X-12).
    if (!may_prove || identity.subject.empty())
        return fail({.kind = plugin::Failure::Kind::exception, .plugin = authenticator});

    auto const owner = owner_of(parts_, authenticator, identity.subject);
    if (!owner) return unavailable(parts_, request_);
    if (owner->disabled) return refuse(disabled_account());
    if (kind == Running::Kind::proving)
        return accept_second(proof_of(std::move(identity), authenticator, *owner, now_));
    // A password that was reset on the way has ended every session, this browser's too (L-26).
    if (session_) {
        auto const still = provider_.sessions.find_by_id(session_->id);
        if (!still) return unavailable(parts_, request_);
        if (!*still || !(*still)->is_live(now_)) session_.reset();
    }
    transaction_.proof = proof_of(std::move(identity), authenticator, *owner, now_);
    transaction_.also.reset();
    transaction_.merge.reset();
    transaction_.acting.reset();
    transaction_.consent.reset();
    transaction_.chosen.clear();
    transaction_.running.reset();
    transaction_.settled_steps.clear();
    return advance();
}

Outcome Walk::settle(plugin::LoginStep::Settled settled, std::string const& step) {
    if (settled.also) {
        auto const owner = owner_of(parts_, settled.also_authenticator, settled.also->subject);
        if (!owner) return unavailable(parts_, request_);
        if (owner->disabled) return refuse(disabled_account());
        transaction_.also =
            proof_of(std::move(*settled.also), settled.also_authenticator, *owner, now_);
    }
    transaction_.settled_steps.push_back(step);
    transaction_.running.reset();
    // The step may have ended sessions, this one among them.
    session_.reset();
    if (auto answer = read_standing()) return std::move(*answer);
    return advance();
}

Outcome Walk::send_away(plugin::Redirect redirect, Running::Kind kind, std::string const& plugin) {
    auto const url = parse_http_url(redirect.url);
    if (!url || (url->scheme == "http" && !url->is_loopback()))
        return fail({.kind = plugin::Failure::Kind::exception, .plugin = plugin});
    transaction_.running = Running{.kind = kind,
                                   .plugin = plugin,
                                   .state = std::move(redirect.state),
                                   .template_name = {},
                                   .model = {}};
    return stored(depart(provider_.pages, redirect, transaction_.locale));
}

Outcome Walk::show(plugin::Page shown, Running::Kind kind, std::string const& plugin) {
    transaction_.running = Running{.kind = kind,
                                   .plugin = plugin,
                                   .state = std::move(shown.state),
                                   .template_name = std::move(shown.template_name),
                                   .model = std::move(shown.model)};
    auto response = plugin_page(*transaction_.running, shown.status);
    if (shown.retry_after > seconds(0))
        response.headers.set("Retry-After", std::to_string(shown.retry_after.count()));
    return stored(std::move(response));
}

Outcome Walk::deny(plugin::Deny const& deny, std::string const& plugin) {
    if (deny.kind == plugin::Deny::Kind::rejected) return reject(deny, plugin);
    transaction_.running.reset();
    transaction_.chosen.clear();
    transaction_.cancelled = true;
    // What a service asked the person to do about their account is not done in another way.
    if (deny.kind == plugin::Deny::Kind::cancelled)
        return transaction_.request.account_action.empty() ? offer_methods_again() : give_up();
    bool const later = deny.kind == plugin::Deny::Kind::unavailable;
    transaction_.given_up_as = later ? "temporarily_unavailable" : "access_denied";
    provider_.log.warning("login.not_completed", {{"request_id", request_.request_id},
                                                  {"plugin", plugin},
                                                  {"reason", deny.reason},
                                                  {"event_id", transaction_.event_id}});
    auto page_model = model("/login");
    auto const& message = deny.message.in(transaction_.locale);
    if (!message.empty()) page_model["message"] = message;
    return stored(page(later ? 503 : 200, "not_completed", page_model));
}

/// S-REJ of threats.md 0.2: nothing changes for anybody, and the outward text is the same for every
/// reason.
Outcome Walk::reject(plugin::Deny const& deny, std::string const& plugin) {
    parts_.refusals.refused(request_.client_address);
    auto event = rejection_event(parts_, request_, plugin, deny.reason);
    event.event_id = transaction_.event_id;
    event.client_id = client_->client_id;
    for (auto const& detail : deny.details)
        event.fields.emplace(detail.key(), detail.value());
    if (!provider_.audit.record(std::move(event))) return unavailable(parts_, request_);
    return error_page(400, "invalid_request", "error_not_accepted");
}

Outcome Walk::offer_methods_again() {
    ChooseMethod choice;
    for (auto const& method : parts_.policy.methods)
        if (std::any_of(method.acr_values.begin(), method.acr_values.end(),
                        [&](std::string const& acr) {
                            return satisfies(transaction_.request, acr, parts_.policy);
                        }))
            choice.authenticators.push_back(method.name);
    return ask_method(choice, "notice_cancelled");
}

Outcome Walk::fail(plugin::Failure const& failure) {
    provider_.log.error("login.plugin_failed", {{"request_id", request_.request_id},
                                                {"plugin", failure.plugin},
                                                {"event_id", transaction_.event_id}});
    if (failure.kind == plugin::Failure::Kind::overdrawn) return unavailable(parts_, request_);
    return error_page(500, "server_error", "error_server");
}

}  // namespace tunnus::login
