// SPDX-License-Identifier: MIT
#include "oidc/endpoints/one_time_use.hpp"

namespace tunnus::oidc {

void use_up(Outcome& outcome, storage::OneTimeUse const& use, HttpResponse if_replayed) {
    if (auto* response = std::get_if<HttpResponse>(&outcome)) {
        auto answer = std::move(*response);
        outcome = PendingCommit{storage::only_guards(), answer, answer};
    }
    auto& pending = std::get<PendingCommit>(outcome);
    storage::add_guard(*pending.intention, use);
    pending.if_replayed.push_back(std::move(if_replayed));
}

storage::OneTimeUse use_of(DpopProof const& proof) {
    return {"dpop", proof.jkt + '\n' + proof.jti, proof.expires_at};
}

storage::OneTimeUse use_of(ClientAssertion const& assertion, Client const& client) {
    return {"client_assertion", client.client_id + '\n' + assertion.jti, assertion.expires_at};
}

Refusal replayed_proof() {
    return {OAuthError::invalid_dpop_proof, "the DPoP proof is not valid", "a jti that was used"};
}

void offer_nonce(Provider const& provider, TimePoint now, std::optional<OAuthError> refused,
                 HttpResponse& response) {
    if (provider.dpop_nonces.are_required() || refused == OAuthError::use_dpop_nonce)
        response.headers.set("DPoP-Nonce", provider.dpop_nonces.current(now));
}

void offer_nonce(Provider const& provider, TimePoint now, std::optional<OAuthError> refused,
                 Outcome& outcome) {
    if (auto* response = std::get_if<HttpResponse>(&outcome)) {
        offer_nonce(provider, now, refused, *response);
        return;
    }
    auto& pending = std::get<PendingCommit>(outcome);
    for (auto* response : {&pending.if_won, &pending.if_lost})
        offer_nonce(provider, now, refused, *response);
    for (auto& response : pending.if_replayed)
        offer_nonce(provider, now, refused, response);
}

}  // namespace tunnus::oidc
