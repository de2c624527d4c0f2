// SPDX-License-Identifier: MIT
#include "oidc/endpoints/presented_token.hpp"

#include "oidc/grants/access_token_text.hpp"
#include "oidc/grants/issue.hpp"
#include "oidc/grants/token_purpose.hpp"

#include <algorithm>

namespace tunnus::oidc {
namespace {

bool is_for(Client const& client, storage::AccessToken const& token) {
    // One that names no resource is for nobody but the client itself.
    auto const named = TokenPurpose::from_json(token.body).resources;
    return std::ranges::any_of(named, [&](auto const& resource) {
        return resource == client.client_id ||
               std::ranges::find(client.protected_resources, resource) !=
                   client.protected_resources.end();
    });
}

bool may_show(BackChannelCall const& call, storage::TokenAndGrant const& found, Shown shown) {
    return found.token.client_id == call.client.client_id ||
           (shown == Shown::own_or_for_it && is_for(call.client, found.token));
}

bool may_show(BackChannelCall const& call, storage::RefreshAndGrant const& found, Shown) {
    return found.grant.client_id == call.client.client_id;
}

bool may_show(BackChannelCall const&, std::monostate const&, Shown) {
    return true;
}

}  // namespace

Checked<PresentedToken> find_presented_token(BackChannelCall const& call, Shown shown) {
    auto const text = call.form.get("token");
    if (text.empty()) return Refusal{OAuthError::invalid_request, "token is missing", {}};
    auto const bearer = parse_access_token(text, call.provider.limits);
    if (!bearer) return PresentedToken();
    auto& kept = call.before->refresh_token;
    if (kept) return PresentedToken(*kept);
    auto found = call.provider.grants.find_token(*bearer);
    if (!found) return server_error(found.error().text());
    bool const may =
        std::visit([&](auto const& one) { return may_show(call, one, shown); }, *found);
    if (!may) return PresentedToken();
    if (auto const* refresh = std::get_if<storage::RefreshAndGrant>(&*found)) kept = *refresh;
    return std::move(*found);
}

}  // namespace tunnus::oidc
