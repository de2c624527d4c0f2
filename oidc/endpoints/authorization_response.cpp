// SPDX-License-Identifier: MIT
// The second half of the authorization endpoint: what goes back to the client.
#include "oidc/protocol/authorization_response.hpp"

#include "idp/base/limits.hpp"
#include "oidc/endpoints/authorization.hpp"
#include "oidc/endpoints/decoupled.hpp"
#include "oidc/grants/consent.hpp"
#include "oidc/grants/grant_body.hpp"
#include "oidc/grants/issue.hpp"
#include "oidc/jose/jwt.hpp"
#include "oidc/protocol/client_profile.hpp"
#include "oidc/protocol/registered_uri.hpp"
#include "oidc/protocol/response_jwt.hpp"
#include "oidc/protocol/scope.hpp"
#include "oidc/protocol/session_state.hpp"
#include "oidc/protocol/token_response.hpp"
#include "oidc/response_protection.hpp"

#include <algorithm>

namespace tunnus::oidc {
namespace {

namespace json = boost::json;

/// Of session_state: so that two logins of one browser have nothing in common.
constexpr std::size_t salt_bytes = 8;

HttpResponse no_store(HttpResponse response) {
    forbid_storing(response);
    return response;
}

HttpResponse by_form(Provider const& provider, RegisteredRedirectUri const& redirect_uri,
                     ResponseFields const& fields, std::string_view locale) {
    json::array list;
    for (auto const& [name, value] : fields)
        list.push_back({{"name", name}, {"value", value}});
    return provider.pages.render(200, "form_post",
                                 {{"redirect_uri", redirect_uri.text()},
                                  {"fields", std::move(list)},
                                  {"languages", json::array()}},
                                 locale, {.posts_elsewhere = true});
}

HttpResponse send(Provider const& provider, AuthorizationRequest const& request,
                  ResponseFields const& fields, std::string_view locale) {
    switch (request.response_way.mode) {
        case ResponseMode::query:
            return no_store(redirect_response(response_location(request.redirect_uri, fields)));
        case ResponseMode::fragment:
            return no_store(redirect_response(fragment_location(request.redirect_uri, fields)));
        case ResponseMode::form_post:
            break;
    }
    return no_store(by_form(provider, request.redirect_uri, fields, locale));
}

/// JARM §2.2: signed, and encrypted where the client registered that.
Result<std::string> response_jwt(Provider const& provider, std::string_view client_id,
                                 ResponseFields const& fields) {
    auto const client = provider.clients.find(client_id);
    if (!client) return Error(BaseErrc::not_found, "the client is gone");
    auto const exp = provider.clock.now() + provider.limits.response_jwt_lifetime;
    auto const payload = response_jwt_payload(fields, provider.issuer, client_id, exp);
    return protect_response(provider, *client, client->authorization, jose::typ::jwt, payload);
}

HttpResponse respond(Provider const& provider, AuthorizationRequest const& request,
                     ResponseFields const& fields, std::string_view locale) {
    if (!request.response_way.jwt) return send(provider, request, fields, locale);
    auto const jwt = response_jwt(provider, request.client_id, fields);
    if (jwt) return send(provider, request, {{"response", *jwt}}, locale);
    // In clear it would not be what was asked for.
    provider.log.error("authorization.unsigned",
                       {{"client_id", request.client_id}, {"error", jwt.error().text()}});
    auto page = provider.pages.error(503, "server_error", "error_server", {}, locale);
    page.headers.set("Retry-After", "1");
    return page;
}

std::vector<ClaimRequest> permitted(Provider const& provider,
                                    std::vector<ClaimRequest> const& asked,
                                    AuthorizationRequest const& request,
                                    Authenticated const& authenticated) {
    std::vector<ClaimRequest> claims;
    for (auto const& claim : asked)
        if (contains(authenticated.granted_claims, claim.name) ||
            !needs_consent(provider, claim.name, request.scope))
            claims.push_back(claim);
    return claims;
}

std::vector<VerifiedClaimsRequest> permitted(Provider const& provider,
                                             std::vector<VerifiedClaimsRequest> const& asked,
                                             AuthorizationRequest const& request,
                                             Authenticated const& authenticated) {
    return only_claims(asked, [&](std::string_view name) {
        return contains(authenticated.granted_claims, name) ||
               !needs_consent(provider, name, request.scope);
    });
}

GrantBody make_body(Provider const& provider, AuthorizationRequest const& request,
                    Authenticated const& authenticated) {
    GrantBody body;
    body.redirect_uri = request.redirect_uri.text();
    body.code_challenge = request.code_challenge;
    body.dpop_jkt = request.dpop_jkt;
    body.nonce = request.nonce;
    body.scope = authenticated.granted_scopes;
    body.id_token_claims = permitted(provider, request.claims.id_token, request, authenticated);
    body.userinfo_claims = permitted(provider, request.claims.userinfo, request, authenticated);
    body.id_token_verified =
        permitted(provider, request.claims.id_token_verified, request, authenticated);
    body.userinfo_verified =
        permitted(provider, request.claims.userinfo_verified, request, authenticated);
    body.acr = authenticated.acr;
    body.amr = authenticated.amr;
    body.auth_time = authenticated.auth_time;
    body.locale = authenticated.locale;
    body.resources = request.resources;
    body.authorization_details =
        authenticated.granted_details.value_or(request.authorization_details);
    if (authenticated.acting)
        body.acting_for = seal_acting_for(provider, authenticated.user_id, *authenticated.acting);
    return body;
}

storage::Grant make_grant(Provider const& provider, Client const& client,
                          AuthorizationRequest const& request, Authenticated const& authenticated,
                          storage::Bearer const& code, TimePoint now) {
    auto lifetimes = provider.lifetimes;
    lifetimes.code = profile_code_lifetime(client.profile, lifetimes.code);
    bool const has_code = request.response_type.code;
    bool const refreshes = has_code && has_refresh_tokens(client, authenticated.granted_scopes);
    storage::Grant grant;
    grant.id = code.id;
    grant.client_id = client.client_id;
    grant.user_id = authenticated.user_id;
    grant.session_id = authenticated.session_id;
    grant.code_secret_hash = code.secret_hash();
    // Where no code is given out there is none to redeem either.
    grant.code_expires_at = has_code ? now + lifetimes.code : now;
    grant.created_at = now;
    grant.expires_at =
        now + (refreshes ? lifetimes.refresh_token : lifetimes.code + lifetimes.access_token);
    // The row says which services a session was used at, so it stays as long as the session may.
    grant.expires_at = std::max(grant.expires_at, authenticated.session_expires_at);
    grant.offline = refreshes && contains(authenticated.granted_scopes, "offline_access");
    if (authenticated.acting)
        grant.acting_until =
            std::min(grant.expires_at, authenticated.acting->until.value_or(grant.expires_at));
    return grant;
}

/// What leaves by the browser besides the code.
Checked<> add_tokens(Issuing const& issuing, AuthorizationRequest const& request,
                     GrantBody const& body, FinishedAuthorization& finished,
                     AuthorizationResponse& response) {
    auto const& response_type = request.response_type;
    if (!response_type.gives_tokens()) return {};
    TokenResponse tokens;
    tokens.scope = body.scope;
    if (response_type.token) {
        auto access_token = add_access_token(issuing, &finished.grant, body.scope,
                                             whole_purpose(body, issuing.provider.issuer), tokens);
        if (!access_token) return access_token.error();
        finished.access_token = std::move(*access_token);
        response.access_token = tokens.access_token;
        response.expires_in = std::to_string(tokens.expires_in.count());
        response.scope = format_scope(tokens.scope);
    }
    if (!response_type.id_token) return {};
    auto const added = add_id_token(issuing, finished.grant, body, body.nonce, tokens,
                                    response.code, request.state.value_or(""));
    if (!added) return added.error();
    response.id_token = std::move(tokens.id_token);
    return {};
}

/// Session Management §3.1: nothing for what is no website, or who asked for no identity.
std::string session_state_of(Provider const& provider, AuthorizationRequest const& request,
                             std::string_view session_id) {
    auto const origin = origin_of(request.redirect_uri.text());
    if (origin.empty() || !request.has_scope("openid")) return {};
    return make_session_state(request.client_id, origin, browser_state_of(provider, session_id),
                              random_token(provider.random, salt_bytes));
}

AuditEvent make_audit(Client const& client, AuthorizationRequest const& request,
                      Authenticated const& authenticated, TimePoint now) {
    AuditEvent audit;
    audit.kind = request.response_type.code ? AuditKind::code_issued : AuditKind::token_issued;
    audit.at = now;
    audit.user_id = authenticated.user_id;
    audit.client_id = client.client_id;
    audit.fields["acr"] = authenticated.acr;
    audit.fields["scope"] = format_scope(authenticated.granted_scopes);
    if (request.response_type.gives_tokens())
        audit.fields["response_type"] = request.response_type.text();
    return audit;
}

}  // namespace

Checked<FinishedAuthorization> finish_authorization(Provider const& provider, Client const& client,
                                                    AuthorizationRequest const& request,
                                                    Authenticated const& authenticated,
                                                    TimePoint now) {
    auto const code = storage::make_bearer(provider.random, now);
    auto const body = make_body(provider, request, authenticated);
    FinishedAuthorization finished;
    finished.grant = make_grant(provider, client, request, authenticated, code, now);
    finished.grant.body = body.to_json();
    finished.pushed_request = request.pushed_request;
    finished.audit = make_audit(client, request, authenticated, now);
    AuthorizationResponse response;
    if (request.response_type.code) response.code = code.text();
    response.account_action_done = authenticated.account_action_done;
    response.session_state = session_state_of(provider, request, authenticated.session_id);
    if (auto added = add_tokens({provider, client, now}, request, body, finished, response);
        !added) {
        auto refusal = added.error();
        refusal.delivery = Delivery::redirect;
        return refusal;
    }
    if (request.decoupled_request.empty()) {
        finished.response =
            respond(provider, request, success_fields(request, response, provider.issuer),
                    authenticated.locale);
        return finished;
    }
    // Nobody gets the code: the service asks for the grant, until the request ends.
    finished.grant.code_expires_at = now + std::max(provider.limits.device_code_lifetime,
                                                    provider.limits.ciba_longest_request_lifetime);
    finished.decoupled_request = request.decoupled_request;
    finished.response = decoupled_page(provider, true, authenticated.locale);
    return finished;
}

HttpResponse refuse_authorization(Provider const& provider, AuthorizationRequest const& request,
                                  Refusal const& refusal) {
    if (!request.decoupled_request.empty())
        return decoupled_page(provider, false,
                              Pages::choose_locale(request.ui_locales, HttpRequest()));
    return respond(provider, request, error_fields(request, refusal, provider.issuer),
                   Pages::choose_locale(request.ui_locales, HttpRequest()));
}

}  // namespace tunnus::oidc
