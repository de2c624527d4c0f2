// SPDX-License-Identifier: MIT
#include "idp/login/caller.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/form.hpp"
#include "idp/base/limits.hpp"
#include "idp/login/acting_now.hpp"
#include "idp/login/own_pages.hpp"
#include "oidc/endpoints/access_token.hpp"
#include "oidc/endpoints/one_time_use.hpp"
#include "oidc/protocol/bearer.hpp"
#include "oidc/protocol/step_up.hpp"

#include <algorithm>

namespace tunnus::login {
namespace {

using Found = std::variant<plugin::Caller, HttpResponse>;

oidc::AuthenticationDemand demand_of(plugin::RouteSource::PluginRoute const& route) {
    return {route.acr_values, route.max_age};
}

/// A level that nobody proves here would lead round and round.
bool can_be_reached(Parts const& parts, oidc::AuthenticationDemand const& demand) {
    auto const& levels = parts.policy.levels;
    return demand.acr_values.empty() ||
           std::ranges::any_of(demand.acr_values, [&](std::string const& level) {
               return std::ranges::find(levels, level) != levels.end();
           });
}

Found by_session(Parts const& parts, HttpRequest const& request,
                 oidc::AuthenticationDemand const& demand) {
    auto found = find_session(parts, request);
    if (auto* answer = std::get_if<HttpResponse>(&found)) return std::move(*answer);
    auto const& session = std::get<std::optional<storage::Session>>(found);
    auto const locale = Pages::choose_locale({}, request);
    if (!session) {
        if (auto sign_in = lead_to_sign_in(parts, request, demand)) return std::move(*sign_in);
        return parts.provider.pages.error(401, "login_required", "error_sign_in_first",
                                          request.request_id, locale);
    }
    auto csrf = session_csrf(parts, request);
    if (request.method != Method::GET && request.method != Method::HEAD) {
        // A form sends the token in its body, a script of ours in a field that no other site can
        // set.
        auto const field = request.headers.find("X-CSRF-Token");
        auto const body = parse_form(request.body, parts.provider.limits.form_fields);
        auto const sent = field ? *field : body.error ? std::string_view() : body.form.get("csrf");
        if (!comes_from_our_page(parts, request) || !equal_in_constant_time(sent, csrf))
            return parts.provider.pages.error(403, "invalid_request", "error_login_over",
                                              request.request_id, locale);
    }
    if (!oidc::satisfies(demand, session->acr, session->auth_time, parts.policy.levels,
                         parts.provider.clock.now())) {
        auto sign_in =
            can_be_reached(parts, demand) ? lead_to_sign_in(parts, request, demand) : std::nullopt;
        if (sign_in) return std::move(*sign_in);
        return parts.provider.pages.error(403, "insufficient_user_authentication", "error_step_up",
                                          request.request_id, locale);
    }
    auto acting = acting_now(parts, *session, locale);
    if (!acting) return unavailable(parts, request);
    plugin::Caller caller;
    caller.user_id = session->user_id;
    caller.acr = session->acr;
    caller.amr = session->amr;
    caller.session_id = session->sid();
    caller.csrf = std::move(csrf);
    caller.locale = locale;
    caller.acting = std::move(*acting);
    return caller;
}

Found by_access_token(Parts const& parts, HttpRequest const& request,
                      oidc::AuthenticationDemand const& demand, std::string_view audience) {
    auto const& provider = parts.provider;
    auto const presented = oidc::find_access_token(request, provider.limits);
    if (!presented) return oidc::bearer_error(presented.error());
    if (!*presented) return oidc::bearer_challenge();
    auto const now = provider.clock.now();
    auto const refuse = [&](oidc::Refusal const& refusal) {
        auto response = oidc::bearer_error(refusal, (*presented)->scheme);
        oidc::offer_nonce(provider, now, refusal.error, response);
        return response;
    };
    auto live = oidc::verify_access_token(provider, request, **presented, now, audience);
    if (!live) return refuse(live.error());
    if (!oidc::satisfies(demand, *live, parts.policy.levels, now)) {
        auto response = refuse(oidc::step_up_refusal());
        oidc::state_demand(demand, response);
        return response;
    }
    // What the plugin answers is not ours to hold back, so the proof is used up before it is asked.
    if (live->proof) {
        Outcome used = HttpResponse(204);
        oidc::use_up(used, oidc::use_of(*live->proof), refuse(oidc::replayed_proof()));
        auto answer = settle(std::move(used), provider.committer);
        if (answer.status != 204) return answer;
    }
    plugin::Caller caller;
    caller.client_id = live->client->client_id;
    caller.scopes = std::move(live->token.scopes);
    caller.permissions = std::move(live->permissions);
    caller.service = live->client->service;
    caller.data_fields = std::move(live->data_fields);
    caller.handed_on = live->handed_on;
    caller.locale = Pages::choose_locale({}, request);
    if (live->grant) {
        caller.user_id = live->grant->user_id;
        caller.acr = live->body->acr;
        caller.amr = live->body->amr;
        caller.session_id = encode_base64url(live->grant->session_id);
    }
    return caller;
}

}  // namespace

std::variant<plugin::Caller, HttpResponse> find_caller(
    Parts const& parts, HttpRequest const& request, plugin::RouteSource::PluginRoute const& route) {
    switch (route.needs) {
        case plugin::RouteSource::Needs::session:
            return by_session(parts, request, demand_of(route));
        case plugin::RouteSource::Needs::access_token:
            return by_access_token(parts, request, demand_of(route), route.audience);
        case plugin::RouteSource::Needs::nothing:
            break;
    }
    plugin::Caller stranger;
    stranger.locale = Pages::choose_locale({}, request);
    return stranger;
}

}  // namespace tunnus::login
