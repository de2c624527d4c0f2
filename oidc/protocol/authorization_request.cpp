// SPDX-License-Identifier: MIT
#include "oidc/protocol/authorization_request.hpp"

#include "idp/base/limits.hpp"
#include "oidc/protocol/acr.hpp"
#include "oidc/protocol/dpop.hpp"
#include "oidc/protocol/id_token_hint.hpp"
#include "oidc/protocol/max_age.hpp"
#include "oidc/protocol/pkce.hpp"
#include "oidc/protocol/request_object.hpp"
#include "oidc/protocol/resource_indicator.hpp"
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
    bool signed_request = false;  ///< the parameters were in a request object
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
    if (!is_repeated(check.parsed, "response_type"))
        request.response_type = read_response_type(check.form.get("response_type"));
    request.response_way = default_response_way(request.response_type);
    if (is_repeated(check.parsed, "response_mode"))
        return by_redirect(OAuthError::invalid_request, "response_mode is repeated");
    auto const way = check_response_mode(check.form, request.response_type, check.client);
    if (!way) return way.error();
    // RS256 stands there for a client that registered nothing (JARM §3); what cannot be signed is
    // said in clear, before a person is asked anything.
    auto const algorithm = *check.client.authorization.signed_alg;
    if (way->jwt && check.context.signs && !check.context.signs(algorithm))
        return by_redirect(
            OAuthError::invalid_request,
            std::string("response_mode: no key here signs by ").append(jose::name_of(algorithm)));
    request.response_way = *way;
    return {};
}

/// Whatever the request is refused for, the client gets its state back.
Checked<> keep_state(Check const& check, AuthorizationRequest& request) {
    auto const state = check.form.get("state");
    if (!state.empty() && !is_repeated(check.parsed, "state") &&
        state.size() <= check.context.limits.state_bytes)
        request.state = std::string(state);
    return {};
}

Checked<> check_state(Check const& check, AuthorizationRequest& request) {
    if (is_repeated(check.parsed, "state"))
        return by_redirect(OAuthError::invalid_request, "state is repeated");
    if (!request.state && !check.form.get("state").empty())
        return by_redirect(OAuthError::invalid_request, "state is too long");
    return {};
}

/// Known before anything is refused: whether the service asks in silence.
Checked<> note_prompt(Check const& check, AuthorizationRequest& request) {
    if (auto const prompt = check_prompt(check.form)) request.prompt = *prompt;
    return {};
}

Checked<> refuse_repeats(Check const& check, AuthorizationRequest&) {
    if (check.parsed.repeated.empty()) return {};
    return by_redirect(OAuthError::invalid_request, "a parameter is repeated");
}

/// How the request had to come (RFC 9126 §5, RFC 9101 §10.5).
Checked<> check_way(Check const& check, AuthorizationRequest&) {
    auto const& context = check.context;
    bool const must_push =
        context.require_pushed || check.client.require_pushed_authorization_requests;
    if (must_push && !context.pushed)
        return by_redirect(OAuthError::invalid_request, "the request must be pushed");
    if (check.client.require_signed_request_object && !check.signed_request)
        return by_redirect(OAuthError::invalid_request, "the request must be signed");
    return {};
}

/// A request_uri that is still here is neither a pushed request's nor a registered one, and is not
/// fetched (threats.md O-34).
Checked<> refuse_references(Check const& check, AuthorizationRequest&) {
    if (!check.form.get("request_uri").empty())
        return check.client.request_uris.empty()
                   ? by_redirect(OAuthError::request_uri_not_supported, "request_uri is unknown")
                   : by_redirect(OAuthError::invalid_request_uri,
                                 "request_uri is not registered, or gives no request object");
    if (!check.form.get("registration").empty())
        return by_redirect(OAuthError::registration_not_supported, "registration is not supported");
    return {};
}

Checked<> accept_response_type(Check const& check, AuthorizationRequest&) {
    return check_response_type(check.client, check.form);
}

Checked<> read_scope(Check const& check, AuthorizationRequest& request) {
    auto scope = check_user_scope(check.client, check.form.get("scope"), check.context.scopes,
                                  check.context.limits);
    if (!scope) return scope.error();
    request.scope = std::move(*scope);
    // OpenID Connect Core §11: without a code there is no refresh token to ask for.
    if (!request.response_type.code) std::erase(request.scope, "offline_access");
    if (request.response_type.id_token && !request.has_scope("openid"))
        return by_redirect(OAuthError::invalid_scope, "an ID token needs the scope openid");
    return {};
}

Checked<> read_nonce(Check const& check, AuthorizationRequest& request) {
    auto const nonce = check.form.get("nonce");
    if (nonce.size() > check.context.limits.nonce_bytes)
        return by_redirect(OAuthError::invalid_request, "nonce is too long");
    if (!nonce.empty()) request.nonce = std::string(nonce);
    // OpenID Connect Core §3.2.2.1, §3.3.2.11: it ties the ID token to the browser.
    if (request.response_type.id_token && !request.nonce)
        return by_redirect(OAuthError::invalid_request, "nonce is missing");
    return {};
}

Checked<> read_code_challenge(Check const& check, AuthorizationRequest& request) {
    if (!request.response_type.code) return {};
    auto challenge = check_code_challenge(check.client, check.form);
    if (!challenge) return challenge.error();
    request.code_challenge = std::move(*challenge);
    return {};
}

Checked<> read_dpop_jkt(Check const& check, AuthorizationRequest& request) {
    auto const jkt = check.form.get("dpop_jkt");
    if (jkt.empty()) return {};
    if (!is_jkt(jkt)) return by_redirect(OAuthError::invalid_request, "dpop_jkt is malformed");
    request.dpop_jkt = std::string(jkt);
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

/// One that is not known is a parameter like any other that nobody knows.
Checked<> read_account_action(Check const& check, AuthorizationRequest& request) {
    auto const asked = check.form.get("kc_action");
    if (find_account_action(check.context.account_actions, asked) == nullptr) return {};
    request.account_action = asked;
    request.prompt.login = true;  // who changes an account proves anew that it is theirs
    return {};
}

Checked<> read_claims(Check const& check, AuthorizationRequest& request) {
    auto const& context = check.context;
    static std::vector<std::string> const none;
    auto const& verified = context.verified_claims ? *context.verified_claims : none;
    auto claims = parse_claims_parameter(
        check.form.get("claims"),
        {context.claims_supported, context.scopes, check.client, verified}, context.limits);
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
        auto const subjects = text_values(*sub);
        if (subjects.size() != 1 || sub->values.size() != 1 ||
            (request.hinted_subject && *request.hinted_subject != subjects.front()))
            return by_redirect(OAuthError::invalid_request, "two different subjects are demanded");
        request.hinted_subject = subjects.front();
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

Checked<> read_resources(Check const& check, AuthorizationRequest& request) {
    auto resources = check_resources(check.client, check.form.all("resource"), Delivery::redirect);
    if (!resources) return resources.error();
    request.resources = std::move(*resources);
    return {};
}

Checked<> read_authorization_details(Check const& check, AuthorizationRequest& request) {
    auto const& context = check.context;
    auto details = parse_authorization_details(check.form.get("authorization_details"),
                                               check.client, context.authorization_details_types,
                                               context.limits, Delivery::redirect);
    if (!details) return details.error();
    request.authorization_details = std::move(*details);
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
constexpr std::array<CheckFunction, 22> pipeline = {
    keep_state,                  // RFC 6749 §4.1.2.1
    note_prompt,                 // RFC 9700 §4.11.2
    read_response_mode,          // Multiple Response Types §2.1
    check_state,                 // RFC 6749 §4.1.1
    refuse_repeats,              // RFC 6749 §3.1
    check_way,                   // RFC 9126 §5, RFC 9101 §10.5
    refuse_references,           // OpenID Connect Core §6.2, §7.2.1
    accept_response_type,        // RFC 6749 §3.1.1
    read_scope,                  // RFC 6749 §3.3
    read_resources,              // RFC 8707 §2.1
    read_authorization_details,  // RFC 9396 §3
    read_nonce,                  // OpenID Connect Core §3.1.2.1
    read_code_challenge,         // RFC 7636 §4.3
    read_dpop_jkt,               // RFC 9449 §10
    read_prompt,                 // OpenID Connect Core §3.1.2.1
    read_max_age,                // OpenID Connect Core §3.1.2.1
    read_account_action,         // ours
    read_claims,                 // OpenID Connect Core §5.5
    read_id_token_hint,          // OpenID Connect Core §3.1.2.1
    read_subject_claim,          // OpenID Connect Core §5.5.1
    read_acr,                    // OpenID Connect Core §5.5.1.1
    read_hints,                  // OpenID Connect Core §3.1.2.1
};

/// The parameters of a request with a request object; empty for a request without one.
Checked<std::optional<ParsedForm>> open_request_object(ParsedForm const& parsed,
                                                       Client const& client,
                                                       AuthorizationContext const& context) {
    auto const request_object = parsed.form.get("request");
    if (request_object.empty()) return std::optional<ParsedForm>();
    if (is_repeated(parsed, "request") || !parsed.form.get("request_uri").empty())
        return by_redirect(OAuthError::invalid_request, "one request object is enough");
    auto const keys = context.client_keys != nullptr
                          ? context.client_keys->find(client, std::nullopt).keys
                          : client.jwks;
    auto opened = read_request_object(request_object, parsed, client,
                                      {context.issuer, keys.get(), context.limits, context.pushed,
                                       context.now, context.decryption});
    if (!opened) return opened.error();
    return std::optional(std::move(*opened));
}

/// A request object that cannot be read leaves what stands outside of it to answer by.
CheckedAuthorization refuse_object(Refusal refusal, ParsedForm const& outer, Client const& client,
                                   AuthorizationContext const& context) {
    auto redirect_uri = check_redirection(outer, client, context);
    if (!redirect_uri) {
        refusal.delivery = Delivery::page;
        return RefusedAuthorization{std::move(refusal), {}};
    }
    AuthorizationRequest request(client.client_id, std::move(*redirect_uri));
    Check const check{outer, outer.form, client, context};
    for (auto const function : {keep_state, note_prompt, read_response_mode})
        if (auto const checked = function(check, request); !checked) break;
    return RefusedAuthorization{std::move(refusal), std::move(request)};
}

}  // namespace

CheckedAuthorization check_authorization_request(ParsedForm const& parsed,
                                                 AuthorizationContext const& context) {
    auto client = check_client(parsed, context);
    if (!client) return RefusedAuthorization{client.error(), {}};
    auto const opened = open_request_object(parsed, **client, context);
    if (!opened) return refuse_object(opened.error(), parsed, **client, context);
    auto const& effective = *opened ? **opened : parsed;
    auto redirect_uri = check_redirection(effective, **client, context);
    if (!redirect_uri) return RefusedAuthorization{redirect_uri.error(), {}};

    AuthorizationRequest request((*client)->client_id, std::move(*redirect_uri));
    Check const check{effective, effective.form, **client, context, opened->has_value()};
    for (auto const function : pipeline)
        if (auto const checked = function(check, request); !checked)
            return RefusedAuthorization{checked.error(), std::move(request)};
    return AcceptedAuthorization{std::move(*client), std::move(request)};
}

bool AuthorizationRequest::has_scope(std::string_view name) const {
    return contains(scope, name);
}

}  // namespace tunnus::oidc
