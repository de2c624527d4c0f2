// SPDX-License-Identifier: MIT
#include "oidc/endpoints/access_token.hpp"

#include "oidc/grants/access_token_text.hpp"
#include "oidc/grants/consent.hpp"
#include "oidc/grants/token_purpose.hpp"
#include "oidc/protocol/validity.hpp"

namespace tunnus::oidc {
namespace {

Refusal invalid_token(std::string detail) {
    return {OAuthError::invalid_token, "the access token is not valid", std::move(detail),
            Delivery::bearer};
}

}  // namespace

Checked<LiveAccessToken> verify_access_token(Provider const& provider, std::string_view text,
                                             TimePoint now) {
    auto const bearer = parse_access_token(text, provider.limits);
    if (!bearer) return invalid_token("not a token of ours");
    auto found = provider.grants.find_access_token(*bearer);
    if (!found)
        return Refusal{OAuthError::server_error, "the service is busy", found.error().text(),
                       Delivery::bearer};
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
        if (!body)
            return Refusal{OAuthError::server_error, "the service is busy", body.error().text(),
                           Delivery::bearer};
        // One that was exchanged rests on what the person allowed the service that asked.
        auto const asker = provider.clients.find(grant->client_id);
        if (!asker || !is_still_permitted(provider, *asker, *body, token.scopes, consent))
            return invalid_token("the person's consent no longer covers it");
    }
    return LiveAccessToken{std::move(token), std::move(grant), std::move(client)};
}

}  // namespace tunnus::oidc
