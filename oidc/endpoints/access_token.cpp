// SPDX-License-Identifier: MIT
#include "oidc/endpoints/access_token.hpp"

#include "oidc/grants/token_purpose.hpp"
#include "oidc/protocol/confirmation.hpp"
#include "oidc/protocol/scope.hpp"

namespace tunnus::oidc {
namespace {

struct Possession {
    Confirmation shown;
    std::optional<DpopProof> proof;
};
/// Whether the caller has what the token is bound to, and the proof of it.
Checked<Possession> check_possession(Provider const& provider, HttpRequest const& request,
                                     PresentedAccessToken const& presented,
                                     Confirmation const& bound, TimePoint now) {
    bool const by_dpop = presented.scheme == TokenScheme::dpop;
    if (by_dpop == bound.jkt.empty()) {
        auto refusal = invalid_token("another scheme than the token's");
        if (!by_dpop) refusal.delivery = Delivery::dpop;
        return refusal;
    }
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

/// A resource that has a name of its own takes no token that was asked for nothing in particular.
bool is_for(TokenPurpose const& purpose, std::string_view audience, Provider const& provider) {
    return audience.empty() ? purpose.covers(provider.issuer)
                            : contains(purpose.resources, audience);
}

}  // namespace

Checked<LiveAccessToken> verify_access_token(Provider const& provider, HttpRequest const& request,
                                             PresentedAccessToken const& presented, TimePoint now,
                                             std::string_view audience) {
    auto live = find_live_token(provider, presented.text, now);
    if (!live) {
        auto refusal = live.error();
        refusal.delivery = Delivery::bearer;
        return refusal;
    }
    // A token for other services opens nothing here (threats.md O-72).
    auto purpose = TokenPurpose::from_json(live->token.body);
    if (!is_for(purpose, audience, provider)) return invalid_token("for another audience");
    auto possession = check_possession(provider, request, presented, live->bound, now);
    if (!possession) return possession.error();
    return LiveAccessToken{std::move(*live), std::move(possession->proof),
                           std::move(possession->shown), std::move(purpose.permissions)};
}

bool satisfies(AuthenticationDemand const& demand, LiveAccessToken const& caller,
               std::vector<std::string> const& levels, TimePoint now) {
    if (demand.acr_values.empty() && !demand.max_age) return true;
    return caller.body && satisfies(demand, caller.body->acr, caller.body->auth_time, levels, now);
}

}  // namespace tunnus::oidc
