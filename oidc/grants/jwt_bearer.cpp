// SPDX-License-Identifier: MIT
#include "oidc/grants/consent.hpp"
#include "oidc/grants/issue.hpp"
#include "oidc/protocol/assertion_grant.hpp"
#include "oidc/protocol/scope.hpp"
#include "storage/assertion_grant.hpp"

namespace tunnus::oidc {
namespace {

/// What was asked for of what the client registered, and nothing that only a login can give.
Checked<std::vector<std::string>> read_scope(GrantRequest const& request) {
    auto const& provider = request.provider;
    auto scope = check_user_scope(request.client, request.form.get("scope"),
                                  provider.claims.scopes(), provider.limits);
    if (!scope) return scope;
    std::erase(*scope, "offline_access");
    for (auto const& one : provider.claims.scopes())
        if (one.acting) std::erase(*scope, one.name);
    return scope;
}

storage::Grant make_grant(GrantRequest const& request, std::string user_id, GrantBody const& body) {
    auto const& provider = request.provider;
    auto const never_shown = storage::make_bearer(provider.random, request.now);
    storage::Grant grant;
    grant.id = never_shown.id;
    grant.client_id = request.client.client_id;
    grant.user_id = std::move(user_id);
    grant.code_secret_hash = never_shown.secret_hash();
    grant.created_at = request.now;
    grant.expires_at = request.now + provider.lifetimes.access_token;
    grant.offline = true;
    grant.body = body.to_json();
    return grant;
}

}  // namespace

Checked<Outcome> redeem_assertion(GrantRequest const& request) {
    auto const& provider = request.provider;
    auto const text = request.form.get("assertion");
    if (text.empty()) return Refusal{OAuthError::invalid_request, "assertion is missing", {}};
    auto const token_endpoint = provider.issuer + "/token";
    auto const assertion =
        check_assertion_grant(text, request.client,
                              {provider.issuer, token_endpoint, provider.assertion_issuers,
                               provider.limits, request.now});
    if (!assertion) return assertion.error();
    auto scope = read_scope(request);
    if (!scope) return scope.error();
    auto const purpose = purpose_of_client(request);
    if (!purpose) return purpose.error();
    GrantBody body;
    body.scope = std::move(*scope);
    body.resources = purpose->resources;
    body.authorization_details = purpose->authorization_details;
    auto const consent = provider.consents.find(assertion->subject, request.client.client_id);
    if (!consent) return server_error(consent.error().text());
    if (!is_still_permitted(provider, request.client, body, body.scope, *consent))
        return invalid_grant("the person has not allowed it");

    TokenResponse tokens;
    storage::RedeemAssertion redemption;
    redemption.once = {"assertion_grant", assertion->issuer + '\n' + assertion->jti,
                       assertion->expires_at};
    redemption.grant = make_grant(request, assertion->subject, body);
    if (*consent && !(*consent)->withdrawn_at) redemption.standing_consent = **consent;
    auto access_token = add_access_token(request, &redemption.grant, body.scope, *purpose, tokens);
    if (!access_token) return access_token.error();
    redemption.access_token = std::move(*access_token);
    redemption.audit = audit_event(request, AuditKind::token_issued, assertion->subject);
    redemption.audit.fields["assertion_issuer"] = assertion->issuer;
    return Outcome(PendingCommit{
        storage::redeem_assertion(redemption, provider.random), token_response(tokens),
        token_error(invalid_grant("used before, or the account cannot be used"), request.http)});
}

}  // namespace tunnus::oidc
