// SPDX-License-Identifier: MIT
#include "oidc/endpoints/presented_token.hpp"

#include "oidc/grants/access_token_text.hpp"
#include "oidc/grants/token_purpose.hpp"

#include <algorithm>

namespace tunnus::oidc {
namespace {

Refusal server_error(Error const& error) {
    return {OAuthError::server_error, "the service is busy", error.text()};
}

bool is_for(Client const& client, storage::AccessToken const& token) {
    // One that names no resource is for nobody but the client itself.
    auto const named = TokenPurpose::from_json(token.body).resources;
    return std::ranges::any_of(named, [&](auto const& resource) {
        return resource == client.client_id ||
               std::ranges::find(client.protected_resources, resource) !=
                   client.protected_resources.end();
    });
}

Checked<PresentedToken> find_access_token(BackChannelCall const& call,
                                          storage::Bearer const& bearer, Shown shown) {
    auto found = call.provider.grants.find_access_token(bearer);
    if (!found) return server_error(found.error());
    if (!*found) return PresentedToken();
    auto const& token = (*found)->token;
    if (token.client_id != call.client.client_id &&
        (shown == Shown::own || !is_for(call.client, token)))
        return PresentedToken();
    return PresentedToken(std::move(**found));
}

Checked<PresentedToken> find_refresh_token(BackChannelCall const& call,
                                           storage::Bearer const& bearer) {
    auto found = call.provider.grants.find_refresh_token(bearer);
    if (!found) return server_error(found.error());
    if (!*found || (*found)->grant.client_id != call.client.client_id) return PresentedToken();
    return PresentedToken(std::move(**found));
}

}  // namespace

Checked<PresentedToken> find_presented_token(BackChannelCall const& call, Shown shown) {
    auto const text = call.form.get("token");
    if (text.empty()) return Refusal{OAuthError::invalid_request, "token is missing", {}};
    auto const bearer = parse_access_token(text, call.provider.limits);
    if (!bearer) return PresentedToken();
    bool const refresh_first = call.form.get("token_type_hint") == "refresh_token";
    auto first =
        refresh_first ? find_refresh_token(call, *bearer) : find_access_token(call, *bearer, shown);
    if (!first || !std::holds_alternative<std::monostate>(*first)) return first;
    return refresh_first ? find_access_token(call, *bearer, shown)
                         : find_refresh_token(call, *bearer);
}

}  // namespace tunnus::oidc
