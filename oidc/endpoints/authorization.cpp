// SPDX-License-Identifier: MIT
#include "oidc/endpoints/authorization.hpp"

#include "oidc/endpoints/front_channel.hpp"
#include "oidc/grants/grant_body.hpp"
#include "oidc/grants/issue.hpp"
#include "oidc/protocol/authorization_response.hpp"
#include "oidc/protocol/scope.hpp"
#include "oidc/protocol/token_response.hpp"

#include <algorithm>

namespace tunnus::oidc {
namespace {

namespace json = boost::json;

bool is_malformed(ParsedForm const& parsed) {
    return parsed.error && parsed.error->kind != FormError::Kind::repeated_field;
}

HttpResponse respond(Provider const& provider, AuthorizationRequest const& request,
                     ResponseFields const& fields, std::string_view locale) {
    if (request.response_mode == ResponseMode::query) {
        auto response = redirect_response(response_location(request.redirect_uri, fields));
        forbid_storing(response);
        return response;
    }
    json::array list;
    for (auto const& [name, value] : fields)
        list.push_back({{"name", name}, {"value", value}});
    auto response = provider.pages.render(200, "form_post",
                                          {{"redirect_uri", request.redirect_uri.text()},
                                           {"fields", std::move(list)},
                                           {"languages", json::array()}},
                                          locale, {.posts_elsewhere = true});
    forbid_storing(response);
    return response;
}

std::vector<std::string> permitted(Provider const& provider, std::vector<ClaimRequest> const& asked,
                                   AuthorizationRequest const& request,
                                   Authenticated const& authenticated) {
    std::vector<std::string> names;
    for (auto const& claim : asked)
        if (contains(authenticated.granted_claims, claim.name) ||
            !needs_consent(provider, claim.name, request.scope))
            names.push_back(claim.name);
    return names;
}

GrantBody make_body(Provider const& provider, AuthorizationRequest const& request,
                    Authenticated const& authenticated) {
    GrantBody body;
    body.redirect_uri = request.redirect_uri.text();
    body.code_challenge = request.code_challenge;
    body.nonce = request.nonce;
    body.scope = authenticated.granted_scopes;
    body.id_token_claims = permitted(provider, request.claims.id_token, request, authenticated);
    body.userinfo_claims = permitted(provider, request.claims.userinfo, request, authenticated);
    body.acr = authenticated.acr;
    body.amr = authenticated.amr;
    body.auth_time = authenticated.auth_time;
    body.locale = authenticated.locale;
    return body;
}

/// A browser that some link led here, whoever wrote it: its request failed before the person did
/// anything, so to go on to the service at once would make us a redirector for anybody (RFC 9700
/// §4.11.2, threats.md O-17). A page asks first. Programs, and requests without pages, get the
/// redirect.
bool came_by_a_link(HttpRequest const& request, Form const& form) {
    auto const site = request.headers.find("Sec-Fetch-Site");
    return site && *site != "same-origin" &&
           form.get("prompt").find("none") == std::string_view::npos;
}

HttpResponse ask_before_leaving(Provider const& provider, HttpRequest const& request,
                                AuthorizationRequest const& refused, Refusal const& refusal) {
    auto const fields = error_fields(refused, refusal, provider.issuer);
    auto const locale = Pages::choose_locale(refused.ui_locales, request);
    json::object model{{"error", to_string(refusal.error)},
                       {"event_id", request.request_id},
                       {"message", provider.pages.text(locale, "error_bad_request")},
                       {"languages", json::array()},
                       {"return_uri", response_location(refused.redirect_uri, fields)}};
    if (auto const client = provider.clients.find(refused.client_id))
        model["service"] = {{"name", client->name(locale)}};
    return provider.pages.render(400, "error", model, locale);
}

}  // namespace

std::variant<BegunAuthorization, HttpResponse> begin_authorization(Provider const& provider,
                                                                   HttpRequest const& request) {
    auto const parsed = parse_front_channel_form(request, provider.limits);
    if (is_malformed(parsed))
        return refuse_by_page(
            provider, request,
            {OAuthError::invalid_request, "the request is malformed", {}, Delivery::page});
    auto const keys = provider.keys.current();
    auto checked = check_authorization_request(
        parsed, {provider.issuer, provider.limits, provider.clients, provider.claims.scopes(),
                 provider.claims.claims_supported(), provider.claims.acr_values_supported(),
                 keys->verification, provider.clock.now()});
    if (auto* accepted = std::get_if<AcceptedAuthorization>(&checked))
        return BegunAuthorization{std::move(accepted->client), std::move(accepted->request)};

    auto const& refused = std::get<RefusedAuthorization>(checked);
    if (!refused.request) return refuse_by_page(provider, request, refused.refusal);
    provider.log.info("authorization.refused", {{"error", to_string(refused.refusal.error)},
                                                {"description", refused.refusal.description},
                                                {"detail", refused.refusal.detail},
                                                {"client_id", refused.request->client_id},
                                                {"request_id", request.request_id}});
    if (came_by_a_link(request, parsed.form))
        return ask_before_leaving(provider, request, *refused.request, refused.refusal);
    return refuse_authorization(provider, *refused.request, refused.refusal);
}

FinishedAuthorization finish_authorization(Provider const& provider, Client const& client,
                                           AuthorizationRequest const& request,
                                           Authenticated const& authenticated, TimePoint now) {
    auto const code = storage::make_bearer(provider.random, now);
    auto const& lifetimes = provider.lifetimes;
    bool const refreshes = has_refresh_tokens(client, authenticated.granted_scopes);
    FinishedAuthorization finished;
    auto& grant = finished.grant;
    grant.id = code.id;
    grant.client_id = client.client_id;
    grant.user_id = authenticated.user_id;
    grant.session_id = authenticated.session_id;
    grant.code_secret_hash = code.secret_hash();
    grant.code_expires_at = now + lifetimes.code;
    grant.created_at = now;
    grant.expires_at =
        now + (refreshes ? lifetimes.refresh_token : lifetimes.code + lifetimes.access_token);
    // The row says which services a session was used at, so it stays as long as the session may.
    grant.expires_at = std::max(grant.expires_at, authenticated.session_expires_at);
    grant.offline = refreshes && contains(authenticated.granted_scopes, "offline_access");
    grant.body = make_body(provider, request, authenticated).to_json();

    finished.audit.kind = AuditKind::code_issued;
    finished.audit.at = now;
    finished.audit.user_id = authenticated.user_id;
    finished.audit.client_id = client.client_id;
    finished.audit.fields["acr"] = authenticated.acr;
    finished.audit.fields["scope"] = format_scope(authenticated.granted_scopes);
    auto const text = code.text();
    finished.response = respond(provider, request, success_fields(request, text, provider.issuer),
                                authenticated.locale);
    return finished;
}

HttpResponse refuse_authorization(Provider const& provider, AuthorizationRequest const& request,
                                  Refusal const& refusal) {
    return respond(provider, request, error_fields(request, refusal, provider.issuer),
                   Pages::choose_locale(request.ui_locales, HttpRequest()));
}

}  // namespace tunnus::oidc
