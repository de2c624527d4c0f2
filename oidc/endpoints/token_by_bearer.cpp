// SPDX-License-Identifier: MIT
#include "oidc/endpoints/token_by_bearer.hpp"

#include "idp/base/ascii.hpp"
#include "oidc/endpoints/access_token.hpp"
#include "oidc/endpoints/cross_origin.hpp"
#include "oidc/endpoints/one_time_use.hpp"
#include "oidc/grants/grants.hpp"
#include "oidc/protocol/token_request.hpp"
#include "oidc/protocol/token_response.hpp"

namespace tunnus::oidc {
namespace {

Checked<Outcome> answer(Provider const& provider, HttpRequest const& request,
                        LiveAccessToken const& caller, TimePoint now) {
    auto const& client = *caller.client;
    auto const form = parse_back_channel_form(request, provider.limits);
    if (!form) return form.error();
    if (form->get("grant_type") != uma_ticket_grant_type)
        return Refusal{
            OAuthError::invalid_request, "a bearer token is no client authentication", {}};
    if (!client.allows_grant(uma_ticket_grant_type))
        return Refusal{OAuthError::unauthorized_client, "this client may not use this grant", {}};
    return redeem_uma_ticket({provider, request, *form, client, now, caller.shown}, caller);
}

}  // namespace

bool is_by_bearer_token(HttpRequest const& request) {
    auto const authorization = request.headers.find("Authorization");
    return authorization && (equal_ignoring_case(authorization->substr(0, 7), "Bearer ") ||
                             equal_ignoring_case(authorization->substr(0, 5), "DPoP "));
}

Outcome token_by_bearer(Provider const& provider, HttpRequest const& request) {
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
