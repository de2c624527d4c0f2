// SPDX-License-Identifier: MIT
#include "oidc/endpoints/access_token.hpp"

#include "oidc/grants/access_token_text.hpp"
#include "oidc/grants/consent.hpp"
#include "oidc/grants/token_purpose.hpp"
#include "oidc/protocol/confirmation.hpp"
#include "oidc/protocol/validity.hpp"

namespace tunnus::oidc {
namespace {

Refusal invalid_token(std::string detail) {
    return {OAuthError::invalid_token, "the access token is not valid", std::move(detail),
            Delivery::bearer};
}

Refusal busy(Error const& error) {
    return {OAuthError::server_error, "the service is busy", error.text(), Delivery::bearer};
}

struct Possession {
    Confirmation shown;
    std::optional<DpopProof> proof;
};
/// Whether the caller has what the token is bound to, and the proof of it.
Checked<Possession> check_possession(Provider const& provider, HttpRequest const& request,
                                     PresentedAccessToken const& presented,
                                     Confirmation const& bound, TimePoint now) {
    bool const by_dpop = presented.scheme == TokenScheme::dpop;
    if (by_dpop == bound.jkt.empty()) return invalid_token("another scheme than the token's");
    Possession possession;
    if (!request.peer_certificate_der.empty())
        possession.shown.x5t_s256 = certificate_thumbprint(request.peer_certificate_der);
    if (by_dpop) {
        auto const urls = addresses_of(provider, request.path);
        auto checked = check_dpop_proof(request.headers,
                                        {to_string(request.method), urls, provider.dpop_nonces,
                                         provider.limits, now, presented.text});
        if (!checked) return checked.error();
        if (!*checked)
            return Refusal{
                OAuthError::invalid_dpop_proof, "a DPoP proof is needed", {}, Delivery::bearer};
        possession.shown.jkt = (*checked)->jkt;
        possession.proof = std::move(*checked);
    }
    if (!bound.is_met_by(possession.shown))
        return invalid_token("bound to another key or certificate");
    return possession;
}

}  // namespace

Checked<LiveAccessToken> verify_access_token(Provider const& provider, HttpRequest const& request,
                                             PresentedAccessToken const& presented, TimePoint now) {
    auto const bearer = parse_access_token(presented.text, provider.limits);
    if (!bearer) return invalid_token("not a token of ours");
    auto found = provider.grants.find_access_token(*bearer);
    if (!found) return busy(found.error());
    if (!*found) return invalid_token("unknown token");
    auto& [token, grant, consent] = **found;
    if (token.revoked_at) return invalid_token("revoked");
    if (!is_within(token.created_at, token.expires_at, now)) return invalid_token("expired");
    // A token for other services opens nothing here (threats.md O-72).
    if (!TokenPurpose::from_json(token.body).covers(provider.issuer))
        return invalid_token("for another audience");
    auto client = provider.clients.find(token.client_id);
    if (!client) return invalid_token("its client is gone");
    if (grant && grant->revoked_at) return invalid_token("its grant was revoked");
    if (grant) {
        auto const body = GrantBody::from_json(grant->body);
        if (!body) return busy(body.error());
        // One that was exchanged rests on what the person allowed the service that asked.
        auto const asker = provider.clients.find(grant->client_id);
        if (!asker || !is_still_permitted(provider, *asker, *body, token.scopes, consent))
            return invalid_token("the person's consent no longer covers it");
    }
    auto const bound = Confirmation::from_json(token.confirmation);
    if (!bound) return busy(bound.error());
    auto possession = check_possession(provider, request, presented, *bound, now);
    if (!possession) return possession.error();
    return LiveAccessToken{std::move(token), std::move(grant), std::move(client),
                           std::move(possession->proof), std::move(possession->shown)};
}

bool satisfies(AuthenticationDemand const& demand, LiveAccessToken const& caller,
               std::vector<std::string> const& levels, TimePoint now) {
    if (demand.acr_values.empty() && !demand.max_age) return true;
    if (!caller.grant) return false;
    auto const body = GrantBody::from_json(caller.grant->body);
    return body && satisfies(demand, body->acr, body->auth_time, levels, now);
}

}  // namespace tunnus::oidc
