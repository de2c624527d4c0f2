// SPDX-License-Identifier: MIT
#include "oidc/grants/consent.hpp"
#include "oidc/grants/issue.hpp"
#include "oidc/protocol/scope.hpp"
#include "oidc/protocol/validity.hpp"

namespace tunnus::oidc {
namespace {

/// Both ends of a token's life: its own, which idling brings on, and the grant's, which stays where
/// the login put it; and without offline_access the session's.
Checked<> check_token(GrantRequest const& request, storage::RefreshToken const& token,
                      storage::Grant const& grant) {
    if (grant.revoked_at) return invalid_grant("the grant was revoked");
    if (!is_within(token.created_at, token.expires_at, request.now))
        return invalid_grant("the token was idle for too long");
    if (request.now >= grant.expires_at) return invalid_grant("the grant has expired");
    if (grant.offline) return {};
    auto const session = request.provider.sessions.find_by_id(grant.session_id);
    if (!session) return server_error(session.error().text());
    if (!*session || !(*session)->is_live(request.now)) return invalid_grant("the session is over");
    return {};
}

}  // namespace

Checked<Outcome> refresh(GrantRequest const& request) {
    auto const& provider = request.provider;
    auto const text = request.form.get("refresh_token");
    if (text.empty()) return Refusal{OAuthError::invalid_request, "refresh_token is missing", {}};
    auto const bearer = storage::parse_bearer(text);
    if (!bearer) return invalid_grant("not a refresh token of ours");
    auto const found = provider.grants.find_refresh_token(*bearer);
    if (!found) return server_error(found.error().text());
    if (!*found) return invalid_grant("unknown refresh token");
    auto const& [token, grant, consent] = **found;
    if (grant.client_id != request.client.client_id) return invalid_grant("another client's token");
    if (token.used_at) return revoke_reused(request, grant, AuditKind::refresh_reuse);
    if (auto const checked = check_token(request, token, grant); !checked) return checked.error();
    auto const body = GrantBody::from_json(grant.body);
    if (!body) return server_error(body.error().text());
    auto scope = narrow_scope(body->scope, request.form.get("scope"), provider.limits);
    if (!scope) return scope.error();
    if (!is_still_permitted(provider, request.client, *body, *scope, consent))
        return invalid_grant("the person's consent no longer covers it");
    auto const purpose = purpose_within(request, *body);
    if (!purpose) return purpose.error();

    TokenResponse tokens;
    storage::RotateRefreshToken rotation;
    rotation.used_id = token.id;
    rotation.grant_id = grant.id;
    rotation.now = request.now;
    rotation.access_token = add_access_token(request, &grant, std::move(*scope), *purpose, tokens);
    rotation.successor = add_refresh_token(request, grant, tokens);
    // OpenID Connect Core §12.2: auth_time and acr stay those of the login; no nonce.
    if (auto const added = add_id_token(request, grant, *body, std::nullopt, tokens); !added)
        return added.error();
    rotation.audit = audit_event(request, AuditKind::token_refreshed, grant.user_id);
    rotation.reuse_audit = audit_event(request, AuditKind::refresh_reuse, grant.user_id);
    return Outcome(PendingCommit{storage::rotate_refresh_token(rotation, provider.random),
                                 token_response(tokens),
                                 token_error(invalid_grant("lost"), request.http)});
}

}  // namespace tunnus::oidc
