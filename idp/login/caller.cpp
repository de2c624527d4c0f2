// SPDX-License-Identifier: MIT
#include "idp/login/caller.hpp"

#include "idp/base/form.hpp"
#include "idp/login/own_pages.hpp"
#include "oidc/endpoints/access_token.hpp"
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
    auto const text = oidc::find_bearer_token(request, parts.provider.limits);
    if (!text) return oidc::bearer_error(text.error());
    if (!*text) return oidc::bearer_challenge();
    auto live = oidc::verify_access_token(parts.provider, **text, parts.provider.clock.now());
    if (!live) return oidc::bearer_error(live.error());
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
