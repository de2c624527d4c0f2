// SPDX-License-Identifier: MIT
#include "oidc/grants/issue.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"
#include "oidc/grants/access_token_text.hpp"
#include "oidc/grants/acting_for.hpp"
#include "oidc/grants/released_claims.hpp"
#include "oidc/jose/hash_claim.hpp"
#include "oidc/jose/jwt.hpp"
#include "oidc/protocol/id_token.hpp"
#include "oidc/protocol/scope.hpp"
#include "oidc/response_protection.hpp"

namespace tunnus::oidc {
namespace {

/// The token as the client registered it.
Result<std::string> access_token_text(Issuing const& request, storage::Grant const* grant,
                                      std::optional<GrantBody> const& body,
                                      TokenPurpose const& purpose, storage::Bearer const& bearer,
                                      storage::AccessToken& row) {
    if (request.client.access_token_format == AccessTokenFormat::opaque) return bearer.text();
    return make_jwt_access_token(request.provider, request.client, purpose, row, grant,
                                 body ? &*body : nullptr);
}

/// No token of a mandate outlives the time in which its check counts.
void keep_to_mandate(Issuing const& request, storage::Grant const& grant, GrantBody const& body,
                     TokenPurpose& purpose, storage::AccessToken& row) {
    auto const acting = open_acting_for(request.provider, grant.user_id, body).value();
    if (!acting) return;
    if (request.mandate_checked_at) purpose.mandate_checked_at = request.mandate_checked_at;
    auto const checked_at = purpose.mandate_checked_at.value_or(acting->checked_at);
    row.expires_at =
        std::min(row.expires_at, acting->counts_until(checked_at, request.provider.limits));
}

/// A token that would be over when it is born is none (threats.md M-08).
Checked<> check_counts(Issuing const& request, storage::Grant const& grant, GrantBody const& body) {
    auto const acting = open_acting_for(request.provider, grant.user_id, body);
    if (!acting) return server_error(acting.error().text());
    if (!*acting) return {};
    auto const checked_at = request.mandate_checked_at.value_or((*acting)->checked_at);
    if ((*acting)->counts_until(checked_at, request.provider.limits) > request.now) return {};
    return invalid_grant("the mandate was checked too long ago");
}

/// What a token issued now is bound to. A certificate that came along binds nothing by itself:
/// proxies and browsers send one that nobody asked for.
Confirmation binding_of(Issuing const& request) {
    Confirmation bound{request.shown.jkt, {}};
    if (request.client.tls_client_certificate_bound_access_tokens)
        bound.x5t_s256 = request.shown.x5t_s256;
    return bound;
}

}  // namespace

bool has_refresh_tokens(Client const& client, std::vector<std::string> const& scope) {
    return client.allows_grant("refresh_token") &&
           (contains(scope, "offline_access") || !client.is_public());
}

Checked<> check_possession(Issuing const& request) {
    if (request.client.dpop_bound_access_tokens && request.shown.jkt.empty())
        return Refusal{OAuthError::invalid_dpop_proof, "a DPoP proof is needed", {}};
    if (request.client.tls_client_certificate_bound_access_tokens && request.shown.x5t_s256.empty())
        return Refusal{OAuthError::invalid_request, "a client certificate is needed", {}};
    return {};
}

Checked<storage::AccessToken> add_access_token(Issuing const& request, storage::Grant const* grant,
                                               std::vector<std::string> scope,
                                               TokenPurpose const& asked, TokenResponse& tokens) {
    auto purpose = asked;
    std::optional<GrantBody> body;
    auto const bearer = storage::make_bearer(request.provider.random, request.now);
    storage::AccessToken row;
    row.id = bearer.id;
    row.secret_hash = bearer.secret_hash();
    row.client_id = request.client.client_id;
    row.scopes = std::move(scope);
    row.confirmation = binding_of(request).to_json();
    row.created_at = request.now;
    row.expires_at = request.now + request.provider.lifetimes.access_token;
    if (request.not_after) row.expires_at = std::min(row.expires_at, *request.not_after);
    if (grant != nullptr) {
        row.grant_id = grant->id;
        row.expires_at = std::min(row.expires_at, grant->expires_at);
        // Opaque tokens of everyday grants say nothing that needs the body.
        if (request.client.access_token_format != AccessTokenFormat::opaque ||
            grant->body.contains("acting_for")) {
            body = GrantBody::from_json(grant->body).value();
            keep_to_mandate(request, *grant, *body, purpose, row);
        }
    }
    auto text = access_token_text(request, grant, body, purpose, bearer, row);
    if (!text) return server_error(text.error().text());
    tokens.access_token = std::move(*text);
    tokens.expires_in = std::chrono::floor<seconds>(row.expires_at - row.created_at);
    tokens.scope = row.scopes;
    row.body = purpose.to_json();
    tokens.authorization_details = purpose.authorization_details;
    if (!request.shown.jkt.empty()) tokens.token_type = "DPoP";
    return row;
}

TimePoint refresh_token_end(Issuing const& request, storage::Grant const& grant) {
    auto const end = std::min<TimePoint>(
        request.now + request.provider.lifetimes.refresh_token_idle, grant.expires_at);
    if (!grant.body.contains("acting_for")) return end;
    auto const body = GrantBody::from_json(grant.body).value();
    auto const acting = open_acting_for(request.provider, grant.user_id, body).value();
    return acting && acting->until ? std::min(end, *acting->until) : end;
}

storage::RefreshToken add_refresh_token(Issuing const& request, storage::Grant const& grant,
                                        TokenResponse& tokens) {
    auto const bearer = storage::make_bearer(request.provider.random, request.now);
    storage::RefreshToken row;
    row.id = bearer.id;
    row.secret_hash = bearer.secret_hash();
    row.grant_id = grant.id;
    if (request.client.is_public()) row.confirmation = binding_of(request).to_json();
    row.created_at = request.now;
    row.expires_at = refresh_token_end(request, grant);
    tokens.refresh_token = bearer.text();
    return row;
}

Checked<> add_id_token(Issuing const& request, storage::Grant const& grant, GrantBody const& body,
                       std::optional<std::string> nonce, TokenResponse& tokens,
                       std::string_view code, std::string_view state) {
    if (!contains(tokens.scope, "openid")) return {};
    auto const& provider = request.provider;
    auto const& client = request.client;
    auto const algorithm = *client.id_token.signed_alg;
    // OpenID Connect Core §5.4: where an access token is issued, scopes release at userinfo alone.
    // The ID token travels in URLs later (id_token_hint), so it holds what was asked for it by
    // name.
    bool const only_id_token = tokens.access_token.empty() && code.empty();
    auto claims = released_claims(provider,
                                  {grant.user_id,
                                   client.client_id,
                                   body.acr,
                                   only_id_token ? tokens.scope : std::vector<std::string>(),
                                   {},
                                   ClaimsDestination::id_token,
                                   body.locale},
                                  body.id_token_claims, body.id_token_verified);
    if (!claims) return server_error(claims.error().text());

    auto const sub = subject_for(provider, client, grant.user_id);
    IdToken token;
    token.iss = provider.issuer;
    token.sub = sub;
    token.aud = client.client_id;
    token.iat = request.now;
    token.exp = request.now + provider.lifetimes.id_token;
    token.auth_time = body.auth_time;
    token.nonce = std::move(nonce);
    token.acr = body.acr;
    token.amr = body.amr;
    token.sid = encode_base64url(grant.session_id);
    if (!tokens.access_token.empty())
        token.at_hash = jose::hash_claim(algorithm, tokens.access_token);
    if (!code.empty()) token.c_hash = jose::hash_claim(algorithm, code);
    if (!state.empty()) token.s_hash = jose::hash_claim(algorithm, state);
    token.claims = std::move(*claims);
    auto const acting = open_acting_for(provider, grant.user_id, body);
    if (!acting) return server_error(acting.error().text());
    if (*acting) {
        auto const checked_at = request.mandate_checked_at.value_or((*acting)->checked_at);
        token.act = with_person({}, sub);
        token.on_behalf_of =
            on_behalf_of(provider, client, grant, **acting, checked_at, ToldIn::token);
        token.exp = std::min(token.exp, (*acting)->counts_until(checked_at, provider.limits));
    }
    auto protected_token = protect_response(provider, client, client.id_token, jose::typ::jwt,
                                            id_token_payload(token));
    if (!protected_token) return server_error(protected_token.error().text());
    tokens.id_token = std::move(*protected_token);
    return {};
}

Checked<storage::RedeemCode> make_redemption(GrantRequest const& request,
                                             storage::Grant const& grant, GrantBody const& body,
                                             std::optional<std::string> nonce,
                                             TokenResponse& tokens,
                                             std::optional<TimePoint> mandate_checked_at) {
    auto const purpose = purpose_within(request, body);
    if (!purpose) return purpose.error();
    Issuing issuing(request);
    issuing.mandate_checked_at = mandate_checked_at;
    if (auto const counts = check_counts(issuing, grant, body); !counts) return counts.error();
    storage::RedeemCode redemption;
    redemption.grant_id = grant.id;
    redemption.now = request.now;
    auto access_token = add_access_token(issuing, &grant, body.scope, *purpose, tokens);
    if (!access_token) return access_token.error();
    redemption.access_token = std::move(*access_token);
    if (has_refresh_tokens(request.client, body.scope))
        redemption.refresh_token = add_refresh_token(issuing, grant, tokens);
    if (auto const added = add_id_token(issuing, grant, body, std::move(nonce), tokens); !added)
        return added.error();
    redemption.audit = audit_event(request, AuditKind::code_redeemed, grant.user_id);
    return redemption;
}

AuditEvent audit_event(GrantRequest const& request, AuditKind kind, std::string_view user_id) {
    AuditEvent event;
    event.kind = kind;
    event.at = request.now;
    event.request_id = request.http.request_id;
    event.user_id = std::string(user_id);
    event.client_id = request.client.client_id;
    return event;
}

Refusal invalid_grant(std::string detail) {
    return {OAuthError::invalid_grant, "the grant is not valid", std::move(detail)};
}

Refusal server_error(std::string detail) {
    return {OAuthError::server_error, "the service is busy", std::move(detail)};
}

Outcome revoke_reused(GrantRequest const& request, storage::Grant const& grant, AuditKind kind) {
    auto const answer = token_error(invalid_grant("used before"), request.http);
    storage::RevokeGrant const revocation{grant.id, request.now,
                                          audit_event(request, kind, grant.user_id)};
    return PendingCommit{storage::revoke_grant(revocation, request.provider.random), answer,
                         answer};
}

}  // namespace tunnus::oidc
