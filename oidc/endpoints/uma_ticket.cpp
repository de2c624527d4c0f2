// SPDX-License-Identifier: MIT
#include "oidc/endpoints/uma_ticket.hpp"

#include "idp/base/ascii.hpp"
#include "oidc/endpoints/access_token.hpp"
#include "oidc/endpoints/cross_origin.hpp"
#include "oidc/endpoints/one_time_use.hpp"
#include "oidc/grants/issue.hpp"
#include "oidc/protocol/bearer.hpp"
#include "oidc/protocol/scope.hpp"
#include "oidc/protocol/token_request.hpp"
#include "storage/token_exchange.hpp"

namespace tunnus::oidc {
namespace {

Refusal refused(OAuthError error, std::string description) {
    return {error, std::move(description), {}};
}

/// `#access` asks for the permission `access`.
Checked<std::vector<std::string>> read_permission(Client const& client, std::string_view text) {
    if (text.empty()) return std::vector<std::string>();
    if (!text.starts_with('#') || !contains(client.scope, text.substr(1)))
        return refused(OAuthError::invalid_scope, "not a permission of this client");
    return std::vector<std::string>{std::string(text.substr(1))};
}

Checked<TokenPurpose> read_purpose(Client const& client, Form const& form) {
    auto const audience = form.all("audience");
    if (audience.size() != 1)
        return refused(OAuthError::invalid_request, "one audience must be named");
    if (!contains(client.resources, audience.front()))
        return refused(OAuthError::invalid_target, "not an audience of this client");
    auto permissions = read_permission(client, form.get("permission"));
    if (!permissions) return permissions.error();
    TokenPurpose purpose;
    purpose.resources = audience;
    purpose.permissions = std::move(*permissions);
    return purpose;
}

Checked<Outcome> answer(Provider const& provider, HttpRequest const& request,
                        LiveAccessToken const& caller, TimePoint now) {
    auto const& client = *caller.client;
    auto const form = parse_back_channel_form(request, provider.limits);
    if (!form) return form.error();
    if (form->get("grant_type") != uma_ticket_grant_type)
        return refused(OAuthError::invalid_request, "a bearer token is no client authentication");
    if (!client.allows_grant(uma_ticket_grant_type))
        return refused(OAuthError::unauthorized_client, "this client may not use this grant");
    if (!caller.grant || !contains(caller.token.scopes, "openid"))
        return refused(OAuthError::invalid_grant, "not the access token of a login");
    auto const purpose = read_purpose(client, *form);
    if (!purpose) return purpose.error();

    TokenResponse tokens;
    Issuing issuing(provider, client, now);
    issuing.not_after = caller.token.expires_at;
    issuing.shown = caller.shown;
    issuing.mandate_checked_at = TokenPurpose::from_json(caller.token.body).mandate_checked_at;
    if (auto const shown = check_possession(issuing); !shown) return shown.error();
    auto const row =
        add_access_token(issuing, &*caller.grant, caller.token.scopes, *purpose, tokens);
    AuditEvent audit;
    audit.kind = AuditKind::token_exchanged;
    audit.at = now;
    audit.request_id = request.request_id;
    audit.user_id = caller.grant->user_id;
    audit.client_id = client.client_id;
    audit.fields["audience"] = purpose->resources.front();
    return Outcome(
        PendingCommit{storage::exchange_token(row, caller.token.id, audit, provider.random),
                      token_response(tokens), token_error(invalid_grant("lost"), request)});
}

}  // namespace

bool is_by_bearer_token(HttpRequest const& request) {
    auto const authorization = request.headers.find("Authorization");
    return authorization && (equal_ignoring_case(authorization->substr(0, 7), "Bearer ") ||
                             equal_ignoring_case(authorization->substr(0, 5), "DPoP "));
}

Outcome uma_ticket(Provider const& provider, HttpRequest const& request) {
    auto const note = [&](Refusal const& refusal) {
        provider.log.info("client.refused", {{"error", to_string(refusal.error)},
                                             {"description", refusal.description},
                                             {"detail", refusal.detail},
                                             {"path", request.path},
                                             {"request_id", request.request_id}});
    };
    auto const now = provider.clock.now();
    auto const found = find_access_token(request, provider.limits);
    auto const presented = found ? found->value_or(PresentedAccessToken()) : PresentedAccessToken();
    auto const caller = found ? verify_access_token(provider, request, presented, now)
                              : Checked<LiveAccessToken>(found.error());
    if (!caller) {
        note(caller.error());
        auto response = bearer_error(caller.error(), presented.scheme);
        if (presented.scheme == TokenScheme::dpop)
            offer_nonce(provider, now, caller.error().error, response);
        return response;
    }
    auto answered = answer(provider, request, *caller, now);
    if (!answered) note(answered.error());
    auto outcome = answered ? std::move(*answered) : token_error(answered.error(), request);
    if (answered && caller->proof) {
        use_up(outcome, use_of(*caller->proof), bearer_error(replayed_proof(), presented.scheme));
        offer_nonce(provider, now, std::nullopt, outcome);
    }
    allow_origin_of(*caller->client, request, outcome);
    return outcome;
}

}  // namespace tunnus::oidc
