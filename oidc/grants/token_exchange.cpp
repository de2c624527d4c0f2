// SPDX-License-Identifier: MIT
#include "oidc/protocol/token_exchange.hpp"

#include "idp/base/limits.hpp"
#include "oidc/grants/access_token_text.hpp"
#include "oidc/grants/acting_for.hpp"
#include "oidc/grants/consent.hpp"
#include "oidc/grants/issue.hpp"
#include "oidc/protocol/scope.hpp"
#include "oidc/protocol/validity.hpp"
#include "storage/token_exchange.hpp"

namespace tunnus::oidc {
namespace {

using TokenAndGrant = storage::Grants::TokenAndGrant;

/// RFC 8693 §2.2.2: a token that will not do is invalid_request.
Refusal unacceptable(std::string detail) {
    return {OAuthError::invalid_request, "the token is not acceptable", std::move(detail)};
}

Checked<TokenAndGrant> find_live(GrantRequest const& request, std::string_view text) {
    auto const bearer = parse_access_token(text, request.provider.limits);
    if (!bearer) return unacceptable("not an access token of ours");
    auto found = request.provider.grants.find_access_token(*bearer);
    if (!found) return server_error(found.error().text());
    if (!*found) return unacceptable("unknown");
    auto const& token = (*found)->token;
    auto const& grant = (*found)->grant;
    if (token.revoked_at || (grant && grant->revoked_at)) return unacceptable("revoked");
    if (!is_within(token.created_at, token.expires_at, request.now)) return unacceptable("expired");
    return std::move(**found);
}

/// The person's token, which this client holds or which was made for it.
Checked<TokenAndGrant> find_subject(GrantRequest const& request, std::string_view text) {
    auto const& provider = request.provider;
    auto found = find_live(request, text);
    if (!found) return found;
    auto const& [token, grant, consent] = *found;
    if (!grant) return unacceptable("a token about nobody");
    bool const is_ours = token.client_id == request.client.client_id;
    // Whoever proved the key holds the token; a service that was handed it cannot.
    auto const bound = Confirmation::from_json(token.confirmation);
    if (!bound) return server_error(bound.error().text());
    if (is_ours && !bound->is_met_by(request.shown))
        return unacceptable("bound to another key or certificate");
    if (!is_ours &&
        !contains(TokenPurpose::from_json(token.body).resources, request.client.client_id))
        return unacceptable("another client's, and not for this one");
    // It rests on what the person allowed the service that asked them, however often it was handed
    // on since.
    auto const asker = provider.clients.find(grant->client_id);
    if (!asker || !provider.clients.find(token.client_id))
        return unacceptable("its client is gone");
    auto const body = GrantBody::from_json(grant->body);
    if (!body) return server_error(body.error().text());
    if (!is_still_permitted(provider, *asker, *body, token.scopes, consent))
        return unacceptable("the person's consent no longer covers it");
    return found;
}

/// Nobody is named as an actor who did not say so: the client by its own token, and no person, as
/// no token of ours says `may_act` (§4.4).
Checked<> check_actor(GrantRequest const& request, std::string_view text) {
    auto const actor = find_live(request, text);
    if (!actor) return actor.error();
    if (actor->grant || actor->token.client_id != request.client.client_id)
        return unacceptable("the actor is not this client itself");
    return {};
}

/// What the new token is for: the targets asked for, or no more than the old one. A client that
/// was handed a token says what for.
Checked<TokenPurpose> purpose_of(GrantRequest const& request, TokenExchangeRequest const& asked,
                                 storage::AccessToken const& subject) {
    bool const is_ours = subject.client_id == request.client.client_id;
    auto purpose = TokenPurpose::from_json(subject.body);
    purpose.authorization_details.clear();
    if (!asked.targets.empty()) {
        purpose.resources = asked.targets;
        purpose.permissions.clear();  // they were given for the old target
    } else if (!is_ours) {
        return Refusal{OAuthError::invalid_target, "resource or audience is missing", {}};
    }
    if (!is_ours || !asked.actor_token.empty())
        purpose.act = add_actor(std::move(purpose.act), request.client.client_id);
    if (count_actors(purpose.act) > request.provider.limits.token_exchange_depth)
        return unacceptable("too many act for one another");
    return purpose;
}

}  // namespace

Checked<Outcome> exchange_token(GrantRequest const& request) {
    auto const& provider = request.provider;
    auto const asked = parse_token_exchange(request.client, request.form);
    if (!asked) return asked.error();
    auto const subject = find_subject(request, asked->subject_token);
    if (!subject) return subject.error();
    if (!asked->actor_token.empty())
        if (auto const checked = check_actor(request, asked->actor_token); !checked)
            return checked.error();
    auto const purpose = purpose_of(request, *asked, subject->token);
    if (!purpose) return purpose.error();
    auto scope = narrow_scope(subject->token.scopes, request.form.get("scope"), provider.limits);
    if (!scope) return scope.error();

    auto const body = GrantBody::from_json(subject->grant->body);
    if (!body) return server_error(body.error().text());
    auto const ended = token_error(unacceptable("the mandate has ended"), request.http);
    if (auto no = check_mandate(request, *subject->grant, *body, ended)) return std::move(*no);

    TokenResponse tokens;
    tokens.issued_token_type = access_token_type;
    Issuing issuing(request);
    issuing.mandate_checked_at = request.now;
    issuing.not_after = subject->token.expires_at;
    auto const row =
        add_access_token(issuing, &*subject->grant, std::move(*scope), *purpose, tokens);
    auto const audit = audit_event(request, AuditKind::token_exchanged, subject->grant->user_id);
    return Outcome(
        PendingCommit{storage::exchange_token(row, subject->token.id, audit, provider.random),
                      token_response(tokens), token_error(unacceptable("lost"), request.http)});
}

}  // namespace tunnus::oidc
