// SPDX-License-Identifier: MIT
#include "oidc/grants/issue.hpp"
#include "oidc/protocol/pkce.hpp"
#include "oidc/protocol/validity.hpp"

namespace tunnus::oidc {
namespace {

/// What must hold of a code besides that it exists, is the client's and was not used.
Checked<> check_code(GrantRequest const& request, storage::Grant const& grant,
                     GrantBody const& body) {
    if (grant.revoked_at) return invalid_grant("the grant was revoked");
    if (!is_within(grant.created_at, grant.code_expires_at, request.now))
        return invalid_grant("the code has expired");
    // RFC 6749 §4.1.3: it was part of the authorization request, so it is here and the same.
    if (request.form.get("redirect_uri") != body.redirect_uri)
        return invalid_grant("redirect_uri is not that of the authorization request");
    if (body.dpop_jkt && *body.dpop_jkt != request.shown.jkt)
        return invalid_grant("dpop_jkt is another key's");
    return check_code_verifier(body.code_challenge, request.form.find("code_verifier"));
}

}  // namespace

Checked<Outcome> redeem_authorization_code(GrantRequest const& request) {
    auto const& provider = request.provider;
    auto const text = request.form.get("code");
    if (text.empty()) return Refusal{OAuthError::invalid_request, "code is missing", {}};
    auto const code = storage::parse_bearer(text);
    if (!code) return invalid_grant("not a code of ours");
    auto const found = provider.grants.find_by_code(*code);
    if (!found) return server_error(found.error().text());
    if (!*found) return invalid_grant("unknown code");
    auto const& grant = **found;
    if (grant.client_id != request.client.client_id) return invalid_grant("another client's code");
    if (grant.redeemed_at) return revoke_reused(request, grant, AuditKind::code_reused);
    auto const body = GrantBody::from_json(grant.body);
    if (!body) return server_error(body.error().text());
    if (auto const checked = check_code(request, grant, *body); !checked) return checked.error();

    TokenResponse tokens;
    auto redemption = make_redemption(request, grant, *body, body->nonce, tokens);
    if (!redemption) return redemption.error();
    redemption->reuse_audit = audit_event(request, AuditKind::code_reused, grant.user_id);
    return Outcome(PendingCommit{storage::redeem_code(*redemption, provider.random),
                                 token_response(tokens),
                                 token_error(invalid_grant("lost"), request.http)});
}

}  // namespace tunnus::oidc
