// SPDX-License-Identifier: MIT
#include "idp/login/gdpr_tokens.hpp"

#include "idp/base/limits.hpp"
#include "idp/login/own_pages.hpp"
#include "oidc/jose/jwt.hpp"
#include "oidc/protocol/jwt_access_token.hpp"
#include "oidc/response_protection.hpp"

#include <mutex>

namespace tunnus::login {

void SignedGdprTokens::learn(oidc::Provider const& provider) {
    std::unique_lock const lock(mutex_);
    provider_ = &provider;
}

void SignedGdprTokens::forget() {
    std::unique_lock const lock(mutex_);
    provider_ = nullptr;
}

Result<plugin::GdprTokens::Token> SignedGdprTokens::make(RegisteredService const& service, Use use,
                                                         std::string_view user_id,
                                                         boost::json::object const& claims) {
    std::shared_lock const lock(mutex_);
    if (!provider_) return Error(BaseErrc::unavailable, "another configuration has taken over");
    if (!service.gdpr || service.client_ids.empty())
        return Error(BaseErrc::not_found, "the service has no GDPR API");
    auto const client = provider_->clients.find(service.client_ids.front());
    if (!client) return Error(BaseErrc::not_found, "the service's client is gone");
    auto sub = oidc::subject_for(*provider_, *client, user_id);
    auto const& scope = use == Use::query ? service.gdpr->query_scope : service.gdpr->delete_scope;
    oidc::JwtAccessToken token;
    token.iss = provider_->issuer;
    token.sub = sub;
    token.aud = {service.gdpr->audience};
    token.client_id = own_client_id;
    token.jti = random_token(provider_->random, 16);
    token.scope = {scope};
    token.iat = provider_->clock.now();
    token.exp = token.iat + provider_->limits.gdpr_token_lifetime;
    token.permissions = {scope};
    token.claims = claims;
    auto text = oidc::sign_ours(*provider_, *client->id_token.signed_alg, jose::typ::access_token,
                                oidc::jwt_access_token_payload(token));
    if (!text) return text.error();
    return Token{Secret(std::move(*text)), std::move(sub)};
}

}  // namespace tunnus::login
