// SPDX-License-Identifier: MIT
#include "idp/login/caller.hpp"

#include "idp/base/form.hpp"
#include "idp/login/own_pages.hpp"
#include "oidc/endpoints/access_token.hpp"
#include "oidc/endpoints/one_time_use.hpp"
#include "oidc/protocol/bearer.hpp"

namespace tunnus::login {
namespace {

using Found = std::variant<plugin::Caller, HttpResponse>;

Found by_session(Parts const& parts, HttpRequest const& request) {
    auto found = find_session(parts, request);
    if (auto* answer = std::get_if<HttpResponse>(&found)) return std::move(*answer);
    auto const& session = std::get<std::optional<storage::Session>>(found);
    auto const locale = Pages::choose_locale({}, request);
    if (!session) {
        if (auto sign_in = lead_to_sign_in(parts, request)) return std::move(*sign_in);
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
    return plugin::Caller{.user_id = session->user_id,
                          .acr = session->acr,
                          .client_id = {},
                          .scopes = {},
                          .csrf = std::move(csrf),
                          .locale = locale,
                          .path = {},
                          .event_id = {},
                          .form = {}};
}

Found by_access_token(Parts const& parts, HttpRequest const& request) {
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
    auto live = oidc::verify_access_token(provider, request, **presented, now);
    if (!live) return refuse(live.error());
    // What the plugin answers is not ours to hold back, so the proof is used up before it is asked.
    if (live->proof) {
        Outcome used = HttpResponse(204);
        oidc::use_up(used, oidc::use_of(*live->proof), refuse(oidc::replayed_proof()));
        auto answer = settle(std::move(used), provider.committer);
        if (answer.status != 204) return answer;
    }
    plugin::Caller caller{.user_id = {},
                          .acr = {},
                          .client_id = live->client->client_id,
                          .scopes = std::move(live->token.scopes),
                          .csrf = {},
                          .locale = Pages::choose_locale({}, request),
                          .path = {},
                          .event_id = {},
                          .form = {}};
    if (live->grant) {
        caller.user_id = live->grant->user_id;
        if (auto const* acr = live->grant->body.if_contains("acr")) caller.acr = acr->as_string();
    }
    return caller;
}

}  // namespace

std::variant<plugin::Caller, HttpResponse> find_caller(Parts const& parts,
                                                       HttpRequest const& request,
                                                       plugin::RouteSource::Needs needs) {
    switch (needs) {
        case plugin::RouteSource::Needs::session:
            return by_session(parts, request);
        case plugin::RouteSource::Needs::access_token:
            return by_access_token(parts, request);
        case plugin::RouteSource::Needs::nothing:
            break;
    }
    plugin::Caller stranger;
    stranger.locale = Pages::choose_locale({}, request);
    return stranger;
}

}  // namespace tunnus::login
