// SPDX-License-Identifier: MIT
#include "oidc/protocol/authorization_request.hpp"

#include "oidc/protocol/acr.hpp"
#include "oidc/protocol/id_token_hint.hpp"
#include "oidc/protocol/max_age.hpp"
#include "oidc/protocol/pkce.hpp"
#include "oidc/protocol/response_type.hpp"
#include "oidc/protocol/scope.hpp"
#include "oidc/protocol/ui_locales.hpp"

#include <array>

namespace tunnus::oidc {
namespace {

/// What every check sees. It writes what it accepted into the request.
struct Check {
    ParsedForm const& parsed;
    Form const& form;
    Client const& client;
    AuthorizationContext const& context;
};

Refusal by_page(std::string description, std::string detail = {}) {
    return {OAuthError::invalid_request, std::move(description), std::move(detail), Delivery::page};
}

Refusal by_redirect(OAuthError error, std::string description) {
    return {error, std::move(description), {}, Delivery::redirect};
}

bool is_repeated(ParsedForm const& parsed, std::string_view name) {
    return contains(parsed.repeated, name);
}

Checked<std::shared_ptr<Client const>> check_client(ParsedForm const& parsed,
                                                    AuthorizationContext const& context) {
    auto const client_id = parsed.form.get("client_id");
    if (client_id.empty() || is_repeated(parsed, "client_id"))
        return by_page("client_id is missing or repeated");
    if (client_id.size() > context.limits.client_id_bytes) return by_page("client_id is unknown");
    auto client = context.clients.find(client_id);
    if (!client) return by_page("client_id is unknown");
    return client;
}

Checked<RegisteredRedirectUri> check_redirection(ParsedForm const& parsed, Client const& client,
                                                 AuthorizationContext const& context) {
    auto const redirect_uri = parsed.form.get("redirect_uri");
    // OpenID Connect Core §3.1.2.1 demands it even where only one is registered (threats.md O-14).
    if (redirect_uri.empty() || is_repeated(parsed, "redirect_uri"))
        return by_page("redirect_uri is missing or repeated");
    if (redirect_uri.size() > context.limits.redirect_uri_bytes)
        return by_page("redirect_uri is not registered for this client");
    return check_redirect_uri(client, redirect_uri);
}

Checked<> read_response_mode(Check const& check, AuthorizationRequest& request) {
    if (is_repeated(check.parsed, "response_mode"))
        return by_redirect(OAuthError::invalid_request, "response_mode is repeated");
    auto const mode = check_response_mode(check.form);
    if (!mode) return mode.error();
    request.response_mode = *mode;
    return {};
}

Checked<> read_state(Check const& check, AuthorizationRequest& request) {
    auto const state = check.form.get("state");
    if (is_repeated(check.parsed, "state"))
        return by_redirect(OAuthError::invalid_request, "state is repeated");
    if (state.size() > check.context.limits.state_bytes)
        return by_redirect(OAuthError::invalid_request, "state is too long");
    if (!state.empty()) request.state = std::string(state);
    return {};
}

Checked<> refuse_repeats(Check const& check, AuthorizationRequest&) {
    if (check.parsed.repeated.empty()) return {};
    return by_redirect(OAuthError::invalid_request, "a parameter is repeated");
}

/// OpenID Connect Core §6: we take neither, and fetch nothing (threats.md O-34).
Checked<> refuse_request_objects(Check const& check, AuthorizationRequest&) {
    if (!check.form.get("request").empty())
        return by_redirect(OAuthError::request_not_supported, "request is not supported");
    if (!check.form.get("request_uri").empty())
        return by_redirect(OAuthError::request_uri_not_supported, "request_uri is not supported");
    if (!check.form.get("registration").empty())
        return by_redirect(OAuthError::registration_not_supported, "registration is not supported");
    return {};
}

Checked<> read_response_type(Check const& check, AuthorizationRequest&) {
    return check_response_type(check.client, check.form);
}

Checked<> read_scope(Check const& check, AuthorizationRequest& request) {
    auto scope = check_user_scope(check.client, check.form.get("scope"), check.context.scopes,
                                  check.context.limits);
    if (!scope) return scope.error();
    request.scope = std::move(*scope);
    return {};
}

Checked<> read_nonce(Check const& check, AuthorizationRequest& request) {
    auto const nonce = check.form.get("nonce");
    if (nonce.size() > check.context.limits.nonce_bytes)
        return by_redirect(OAuthError::invalid_request, "nonce is too long");
    if (!nonce.empty()) request.nonce = std::string(nonce);
    return {};
}

Checked<> read_code_challenge(Check const& check, AuthorizationRequest& request) {
    auto challenge = check_code_challenge(check.client, check.form);
    if (!challenge) return challenge.error();
    request.code_challenge = std::move(*challenge);
    return {};
}

Checked<> read_prompt(Check const& check, AuthorizationRequest& request) {
    auto const prompt = check_prompt(check.form);
    if (!prompt) return prompt.error();
    request.prompt = *prompt;
    return {};
}

Checked<> read_max_age(Check const& check, AuthorizationRequest& request) {
    auto const max_age = check_max_age(check.client, check.form, check.context.limits);
    if (!max_age) return max_age.error();
    request.max_age = *max_age;
    return {};
}

Checked<> read_claims(Check const& check, AuthorizationRequest& request) {
    auto const& context = check.context;
    auto claims = parse_claims_parameter(check.form.get("claims"),
                                         {context.claims_supported, context.scopes, check.client},
                                         context.limits);
    if (!claims) return claims.error();
    request.claims = std::move(*claims);
    return {};
}

Checked<> read_id_token_hint(Check const& check, AuthorizationRequest& request) {
    auto const text = check.form.get("id_token_hint");
    if (text.empty()) return {};
    auto hint = check_id_token_hint(text, check.context.issuer, check.context.keys,
                                    check.context.limits, check.context.now);
    if (!hint) return hint.error();
    if (hint->client_id != request.client_id)
        return by_redirect(OAuthError::invalid_request, "id_token_hint is another client's");
    request.hinted_subject = std::move(hint->sub);
    return {};
}

/// OpenID Connect Core §5.5.1: a `sub` with a value means this person and no other.
Checked<> read_subject_claim(Check const&, AuthorizationRequest& request) {
    for (auto const* member : {&request.claims.id_token, &request.claims.userinfo}) {
        auto const* sub = find_claim(*member, "sub");
        if (sub == nullptr || sub->values.empty()) continue;
        if (request.hinted_subject && *request.hinted_subject != sub->values.front())
            return by_redirect(OAuthError::invalid_request, "two different subjects are demanded");
        request.hinted_subject = sub->values.front();
    }
    return {};
}

Checked<> read_acr(Check const& check, AuthorizationRequest& request) {
    auto demand =
        check_acr(check.client, check.form.get("acr_values"),
                  find_claim(request.claims.id_token, "acr"), check.context.acr_values_supported);
    if (!demand) return demand.error();
    request.acr_values = std::move(demand->values);
    request.acr_essential = demand->essential;
    return {};
}

/// `login_hint` and `ui_locales` are hints: what cannot be used is passed over.
Checked<> read_hints(Check const& check, AuthorizationRequest& request) {
    auto const& limits = check.context.limits;
    auto const login_hint = check.form.get("login_hint");
    if (login_hint.size() <= limits.login_hint_bytes) request.login_hint = std::string(login_hint);
    request.ui_locales = parse_ui_locales(check.form.get("ui_locales"), limits);
    return {};
}

/// The order in which a request is refused, once its client and redirect_uri are known. How to
/// answer comes first, since every later refusal travels by it.
using CheckFunction = Checked<> (*)(Check const&, AuthorizationRequest&);
constexpr std::array<CheckFunction, 15> pipeline = {
    read_response_mode,      // Multiple Response Types §2.1
    read_state,              // RFC 6749 §4.1.1
    refuse_repeats,          // RFC 6749 §3.1
    refuse_request_objects,  // OpenID Connect Core §6, §7.2.1
    read_response_type,      // RFC 6749 §3.1.1
    read_scope,              // RFC 6749 §3.3
    read_nonce,              // OpenID Connect Core §3.1.2.1
    read_code_challenge,     // RFC 7636 §4.3
    read_prompt,             // OpenID Connect Core §3.1.2.1
    read_max_age,            // OpenID Connect Core §3.1.2.1
    read_claims,             // OpenID Connect Core §5.5
    read_id_token_hint,      // OpenID Connect Core §3.1.2.1
    read_subject_claim,      // OpenID Connect Core §5.5.1
    read_acr,                // OpenID Connect Core §5.5.1.1
    read_hints,              // OpenID Connect Core §3.1.2.1
};

}  // namespace

CheckedAuthorization check_authorization_request(ParsedForm const& parsed,
                                                 AuthorizationContext const& context) {
    auto client = check_client(parsed, context);
    if (!client) return RefusedAuthorization{client.error(), {}};
    auto redirect_uri = check_redirection(parsed, **client, context);
    if (!redirect_uri) return RefusedAuthorization{redirect_uri.error(), {}};

    AuthorizationRequest request((*client)->client_id, std::move(*redirect_uri));
    Check const check{parsed, parsed.form, **client, context};
    for (auto const function : pipeline)
        if (auto const checked = function(check, request); !checked)
            return RefusedAuthorization{checked.error(), std::move(request)};
    return AcceptedAuthorization{std::move(*client), std::move(request)};
}

bool AuthorizationRequest::has_scope(std::string_view name) const {
    return contains(scope, name);
}

}  // namespace tunnus::oidc
