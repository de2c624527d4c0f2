// SPDX-License-Identifier: MIT
#include "oidc/endpoints/cross_origin.hpp"
#include "oidc/endpoints/endpoints.hpp"
#include "oidc/grants/grant_body.hpp"
#include "oidc/protocol/bearer.hpp"
#include "oidc/protocol/id_token.hpp"
#include "oidc/protocol/json_writer.hpp"
#include "oidc/protocol/scope.hpp"
#include "oidc/protocol/token_response.hpp"
#include "oidc/protocol/validity.hpp"

namespace tunnus::oidc {
namespace {

Refusal refused(OAuthError error, std::string description, std::string detail) {
    return {error, std::move(description), std::move(detail), Delivery::bearer};
}

/// One answer for every reason why a token does not do.
Refusal invalid_token(std::string detail) {
    return refused(OAuthError::invalid_token, "the access token is not valid", std::move(detail));
}

Refusal server_error(Error const& error) {
    return refused(OAuthError::server_error, "the service is busy", error.text());
}

struct Caller {
    storage::AccessToken token;
    storage::Grant grant;
    std::shared_ptr<Client const> client;
};

Checked<Caller> find_caller(Provider const& provider, std::string_view text, TimePoint now) {
    auto const bearer = storage::parse_bearer(text);
    if (!bearer) return invalid_token("not a token of ours");
    auto found = provider.grants.find_access_token(*bearer);
    if (!found) return server_error(found.error());
    if (!*found) return invalid_token("unknown token");
    auto& [token, grant] = **found;
    if (token.revoked_at) return invalid_token("revoked");
    if (!is_within(token.created_at, token.expires_at, now)) return invalid_token("expired");
    auto client = provider.clients.find(token.client_id);
    if (!client) return invalid_token("its client is gone");
    if (!grant)
        return refused(OAuthError::insufficient_scope, "this token is about nobody",
                       "a client's own token");
    if (grant->revoked_at) return invalid_token("its grant was revoked");
    if (!contains(token.scopes, "openid"))
        return refused(OAuthError::insufficient_scope, "the scope openid is needed", {});
    return Caller{std::move(token), std::move(*grant), std::move(client)};
}

Checked<HttpResponse> answer(Provider const& provider, Caller const& caller) {
    auto const body = GrantBody::from_json(caller.grant.body);
    if (!body) return server_error(body.error());
    auto const claims = provider.claims.claims(
        {caller.grant.user_id, caller.client->client_id, body->acr, caller.token.scopes,
         body->userinfo_claims, ClaimsDestination::userinfo, body->locale});
    if (!claims) return server_error(claims.error());
    JsonWriter json;
    json.member("sub", subject_for(provider, *caller.client, caller.grant.user_id));
    for (auto const& claim : *claims)
        if (!is_protocol_claim(claim.key())) json.member(claim.key(), claim.value());
    auto response = json_response(200, std::move(json).finish());
    forbid_storing(response);
    return response;
}

}  // namespace

Outcome userinfo(Provider const& provider, HttpRequest const& request) {
    auto const refuse = [&](Refusal const& refusal) {
        provider.log.info("userinfo.refused", {{"error", to_string(refusal.error)},
                                               {"detail", refusal.detail},
                                               {"request_id", request.request_id}});
        return bearer_error(refusal);
    };
    auto const text = find_bearer_token(request, provider.limits);
    if (!text) return refuse(text.error());
    if (!*text) return bearer_challenge();
    auto const caller = find_caller(provider, **text, provider.clock.now());
    if (!caller) return refuse(caller.error());
    auto answered = answer(provider, *caller);
    auto response = answered ? std::move(*answered) : refuse(answered.error());
    allow_origin_of(*caller->client, request, response);
    return response;
}

}  // namespace tunnus::oidc
