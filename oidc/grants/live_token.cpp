// SPDX-License-Identifier: MIT
#include "oidc/grants/live_token.hpp"

#include "oidc/grants/access_token_text.hpp"
#include "oidc/grants/consent.hpp"
#include "oidc/grants/issue.hpp"
#include "oidc/protocol/scope.hpp"
#include "oidc/protocol/validity.hpp"

namespace tunnus::oidc {
namespace {

/// The service that asked the person, if it is there and has their consent for this scope.
std::shared_ptr<Client const> permitted_asker(Provider const& provider, storage::Grant const& grant,
                                              GrantBody const& body,
                                              std::vector<std::string> const& scope,
                                              std::optional<storage::Consent> const& consent) {
    auto asker = provider.clients.find(grant.client_id);
    return asker && is_still_permitted(provider, *asker, body, scope, consent) ? asker : nullptr;
}

}  // namespace

Refusal invalid_token(std::string detail) {
    return {OAuthError::invalid_token, "the access token is not valid", std::move(detail),
            Delivery::bearer};
}

Checked<LiveToken> find_live_token(Provider const& provider, std::string_view text, TimePoint now) {
    auto const bearer = parse_access_token(text, provider.limits);
    if (!bearer) return invalid_token("not a token of ours");
    auto found = provider.grants.find_access_token(*bearer);
    if (!found) return server_error(found.error().text());
    if (!*found) return invalid_token("unknown token");
    return judge(provider, std::move(**found), now);
}

Checked<LiveToken> judge(Provider const& provider, storage::TokenAndGrant found, TimePoint now) {
    auto& token = found.token;
    auto& grant = found.grant;
    if (token.revoked_at) return invalid_token("revoked");
    if (!is_within(token.created_at, token.expires_at, now)) return invalid_token("expired");
    auto client = provider.clients.find(token.client_id);
    if (!client) return invalid_token("its client is gone");
    std::optional<GrantBody> body;
    std::vector<std::string> fields;
    bool handed_on = false;
    if (grant) {
        if (grant->revoked_at) return invalid_token("its grant was revoked");
        if (now >= grant->expires_at) return invalid_token("its grant has expired");
        auto read = GrantBody::from_json(grant->body);
        if (!read) return server_error(read.error().text());
        auto const asker = permitted_asker(provider, *grant, *read, token.scopes, found.consent);
        if (!asker) return invalid_token("the person's consent no longer covers it");
        bool const same_service =
            asker->service && client->service && asker->service->name == client->service->name;
        if (same_service) fields = readable_fields(*asker, found.consent);
        handed_on = !same_service && asker->client_id != client->client_id;
        body = std::move(*read);
    }
    auto bound = Confirmation::from_json(token.confirmation);
    if (!bound) return server_error(bound.error().text());
    return LiveToken{std::move(token),  std::move(grant),  std::move(body), std::move(client),
                     std::move(*bound), std::move(fields), handed_on};
}

Checked<LiveRefreshToken> judge(Provider const& provider, storage::RefreshAndGrant found,
                                std::string_view scope, TimePoint now) {
    auto& token = found.token;
    auto& grant = found.grant;
    if (grant.revoked_at) return invalid_grant("the grant was revoked");
    if (!is_within(token.created_at, token.expires_at, now))
        return invalid_grant("the token was idle for too long");
    if (now >= grant.expires_at) return invalid_grant("the grant has expired");
    if (!grant.offline && !(found.session_until && now < *found.session_until))
        return invalid_grant("the session is over");
    auto body = GrantBody::from_json(grant.body);
    if (!body) return server_error(body.error().text());
    auto narrowed = narrow_scope(body->scope, scope, provider.limits);
    if (!narrowed) return narrowed.error();
    if (!permitted_asker(provider, grant, *body, *narrowed, found.consent))
        return invalid_grant("the person's consent no longer covers it");
    auto bound = Confirmation::from_json(token.confirmation);
    if (!bound) return server_error(bound.error().text());
    return LiveRefreshToken{std::move(token), std::move(grant), std::move(*body),
                            std::move(*narrowed), std::move(*bound)};
}

}  // namespace tunnus::oidc
