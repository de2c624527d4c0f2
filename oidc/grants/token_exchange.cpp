// SPDX-License-Identifier: MIT
#include "oidc/protocol/token_exchange.hpp"

#include "idp/base/limits.hpp"
#include "oidc/grants/acting_for.hpp"
#include "oidc/grants/issue.hpp"
#include "oidc/grants/live_token.hpp"
#include "oidc/protocol/scope.hpp"
#include "storage/token_exchange.hpp"

namespace tunnus::oidc {
namespace {

/// RFC 8693 §2.2.2: a token that will not do is invalid_request.
Refusal unacceptable(std::string detail) {
    return {OAuthError::invalid_request, "the token is not acceptable", std::move(detail)};
}

Checked<LiveToken> find_live(GrantRequest const& request, std::string_view text) {
    auto found = find_live_token(request.provider, text, request.now);
    if (!found && found.error().error == OAuthError::invalid_token)
        return unacceptable(found.error().detail);
    return found;
}

/// The person's token, which this client holds or which was made for it.
Checked<LiveToken> find_subject(GrantRequest const& request, std::string_view text) {
    auto found = find_live(request, text);
    if (!found) return found;
    if (!found->grant) return unacceptable("a token about nobody");
    bool const is_ours = found->token.client_id == request.client.client_id;
    // Whoever proved the key holds the token; a service that was handed it cannot.
    if (is_ours && !found->bound.is_met_by(request.shown))
        return unacceptable("bound to another key or certificate");
    if (!is_ours &&
        !contains(TokenPurpose::from_json(found->token.body).resources, request.client.client_id))
        return unacceptable("another client's, and not for this one");
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

    auto const ended = token_error(unacceptable("the mandate has ended"), request.http);
    if (auto no = check_mandate(request, *subject->grant, *subject->body, ended))
        return std::move(*no);

    TokenResponse tokens;
    tokens.issued_token_type = access_token_type;
    Issuing issuing(request);
    issuing.mandate_checked_at = request.now;
    issuing.not_after = subject->token.expires_at;
    auto const row =
        add_access_token(issuing, &*subject->grant, std::move(*scope), *purpose, tokens);
    if (!row) return row.error();
    auto const audit = audit_event(request, AuditKind::token_exchanged, subject->grant->user_id);
    return Outcome(
        PendingCommit{storage::exchange_token(*row, subject->token.id, audit, provider.random),
                      token_response(tokens), token_error(unacceptable("lost"), request.http)});
}

}  // namespace tunnus::oidc
