// SPDX-License-Identifier: MIT
#include "oidc/endpoints/access_token.hpp"
#include "oidc/endpoints/cross_origin.hpp"
#include "oidc/endpoints/endpoints.hpp"
#include "oidc/endpoints/one_time_use.hpp"
#include "oidc/grants/acting_for.hpp"
#include "oidc/grants/released_claims.hpp"
#include "oidc/grants/token_purpose.hpp"
#include "oidc/jose/jwt.hpp"
#include "oidc/protocol/bearer.hpp"
#include "oidc/protocol/id_token.hpp"
#include "oidc/protocol/json_writer.hpp"
#include "oidc/protocol/scope.hpp"
#include "oidc/protocol/step_up.hpp"
#include "oidc/protocol/token_response.hpp"
#include "oidc/response_protection.hpp"

namespace tunnus::oidc {
namespace {

Refusal refused(OAuthError error, std::string description, std::string detail) {
    return {error, std::move(description), std::move(detail), Delivery::bearer};
}

Refusal server_error(Error const& error) {
    return refused(OAuthError::server_error, "the service is busy", error.text());
}

Checked<LiveAccessToken> find_caller(Provider const& provider, HttpRequest const& request,
                                     PresentedAccessToken const& presented, TimePoint now) {
    auto live = verify_access_token(provider, request, presented, now);
    if (!live) return live;
    if (!live->grant)
        return refused(OAuthError::insufficient_scope, "this token is about nobody",
                       "a client's own token");
    if (!contains(live->token.scopes, "openid"))
        return refused(OAuthError::insufficient_scope, "the scope openid is needed", {});
    return live;
}

/// OpenID Connect Core §5.3.2: plain JSON, or a JWT where the client registered that. Encrypted
/// claims are signed as well: what nobody signed, anybody could have encrypted.
Checked<HttpResponse> as_registered(Provider const& provider, Client const& client,
                                    JsonWriter json) {
    auto const& protection = client.userinfo;
    HttpResponse response(200);
    forbid_storing(response);
    if (!protection.signed_alg && !protection.encrypted_alg) {
        response.headers.set("Content-Type", "application/json");
        response.body = std::move(json).finish();
        return response;
    }
    json.member("iss", provider.issuer).member("aud", client.client_id);
    auto token =
        protect_response(provider, client, signed_at_least(protection, *client.id_token.signed_alg),
                         jose::typ::jwt, std::move(json).finish());
    if (!token) return server_error(token.error());
    response.headers.set("Content-Type", "application/jwt");
    response.body = std::move(*token);
    return response;
}

Checked<HttpResponse> answer(Provider const& provider, LiveAccessToken const& caller) {
    auto const& body = caller.body;
    auto const& levels = provider.claims.acr_values_supported();
    if (!satisfies(registered_demand(*caller.client, levels), body->acr, body->auth_time, levels,
                   provider.clock.now()))
        return step_up_refusal();
    auto const claims = released_claims(provider,
                                        {caller.grant->user_id,
                                         caller.client->client_id,
                                         body->acr,
                                         caller.token.scopes,
                                         {},
                                         ClaimsDestination::userinfo,
                                         body->locale},
                                        body->userinfo_claims, body->userinfo_verified);
    if (!claims) return server_error(claims.error());
    auto const acting = open_acting_for(provider, caller.grant->user_id, *body);
    if (!acting) return server_error(acting.error());
    JsonWriter json;
    auto const sub = subject_for(provider, *caller.client, caller.grant->user_id);
    json.member("sub", sub);
    if (*acting) {
        auto const checked_at = TokenPurpose::from_json(caller.token.body).mandate_checked_at;
        json.member("act", boost::json::value(with_person({}, sub)));
        json.member("on_behalf_of",
                    boost::json::value(
                        on_behalf_of(provider, *caller.client, *caller.grant, **acting,
                                     checked_at.value_or((*acting)->checked_at), ToldIn::answer)));
    }
    for (auto const& claim : *claims)
        if (!is_protocol_claim(claim.key())) json.member(claim.key(), claim.value());
    return as_registered(provider, *caller.client, std::move(json));
}

}  // namespace

Outcome userinfo(Provider const& provider, HttpRequest const& request) {
    auto const now = provider.clock.now();
    auto scheme = TokenScheme::bearer;
    auto const refuse = [&](Refusal const& refusal) {
        provider.log.info("userinfo.refused", {{"error", to_string(refusal.error)},
                                               {"detail", refusal.detail},
                                               {"request_id", request.request_id}});
        auto response = bearer_error(refusal, scheme);
        if (scheme == TokenScheme::dpop) offer_nonce(provider, now, refusal.error, response);
        return response;
    };
    auto const presented = find_access_token(request, provider.limits);
    if (!presented) return refuse(presented.error());
    if (!*presented) return bearer_challenge();
    scheme = (*presented)->scheme;
    auto const caller = find_caller(provider, request, **presented, now);
    if (!caller) return refuse(caller.error());
    if (caller->client->userinfo.encrypted_alg &&
        provider.client_keys.find(*caller->client, std::nullopt).must_fetch)
        return Continuation{Lane::outbound, [&provider, &request, client = caller->client] {
                                provider.client_keys.fetch(*client, std::nullopt);
                                return userinfo(provider, request);
                            }};
    auto answered = answer(provider, *caller);
    Outcome outcome = answered ? std::move(*answered) : refuse(answered.error());
    if (!answered && answered.error().error == OAuthError::insufficient_user_authentication)
        state_demand(registered_demand(*caller->client, provider.claims.acr_values_supported()),
                     std::get<HttpResponse>(outcome));
    if (answered && caller->proof) {
        use_up(outcome, use_of(*caller->proof), bearer_error(replayed_proof(), scheme));
        offer_nonce(provider, now, std::nullopt, outcome);
    }
    allow_origin_of(*caller->client, request, outcome);
    return outcome;
}

}  // namespace tunnus::oidc
