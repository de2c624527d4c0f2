// SPDX-License-Identifier: MIT
#include "oidc/protocol/id_token_hint.hpp"

#include "idp/base/json.hpp"
#include "oidc/jose/claims.hpp"

namespace tunnus::oidc {
namespace {

Refusal refused(Error const& error) {
    return {OAuthError::invalid_request, "id_token_hint is not an ID token of this provider",
            error.text(), Delivery::redirect};
}

}  // namespace

Checked<IdTokenHint> check_id_token_hint(std::string_view id_token, std::string_view issuer,
                                         jose::JwkSet const& keys, Limits const& limits,
                                         TimePoint now) {
    auto const token =
        jose::VerifiedJwt::verify(id_token, keys, jose::asymmetric_algorithms, limits);
    if (!token) return refused(token.error());
    // Everything we sign has a type; a logout token is by the same keys (threats.md J-16).
    if (auto const type = jose::check_type(*token, {jose::typ::jwt}); !type)
        return refused(type.error());
    auto const& claims = token->claims();
    if (auto const same = jose::check_issuer(claims, issuer); !same) return refused(same.error());
    jose::LifetimeRules rules;
    rules.refuse_expired = false;
    if (auto const sane = jose::check_lifetime(claims, rules, now); !sane)
        return refused(sane.error());
    auto const sub = find_string(claims, "sub");
    auto const aud = find_string(claims, "aud");
    if (!sub || !aud) return refused(Error(BaseErrc::malformed, "sub or aud"));
    return IdTokenHint{std::string(*aud), std::string(*sub),
                       std::string(find_string(claims, "sid").value_or(""))};
}

}  // namespace tunnus::oidc
