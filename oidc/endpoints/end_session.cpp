// SPDX-License-Identifier: MIT
#include "oidc/endpoints/end_session.hpp"

#include "idp/base/limits.hpp"
#include "oidc/endpoints/front_channel.hpp"
#include "oidc/jose/jwt.hpp"
#include "oidc/protocol/id_token_hint.hpp"
#include "oidc/protocol/logout_token.hpp"
#include "oidc/protocol/redirect_uri.hpp"
#include "oidc/protocol/ui_locales.hpp"
#include "oidc/response_protection.hpp"

namespace tunnus::oidc {
namespace {

Refusal by_page(std::string description) {
    return {OAuthError::invalid_request, std::move(description), {}, Delivery::page};
}

/// A hint that is not a genuine one of ours proves nothing and is passed over: the person is asked.
std::optional<IdTokenHint> find_hint(Provider const& provider, Form const& form) {
    auto const text = form.get("id_token_hint");
    if (text.empty()) return std::nullopt;
    auto hint = check_id_token_hint(text, provider.issuer, provider.keys.current()->verification,
                                    provider.limits, provider.clock.now());
    if (!hint) return std::nullopt;
    return std::move(*hint);
}

std::optional<std::string> find_return(Client const& client, Form const& form,
                                       Limits const& limits) {
    auto const uri = find_post_logout_redirect_uri(client, form.get("post_logout_redirect_uri"));
    if (!uri) return std::nullopt;
    auto const state = form.get("state");
    return uri->location(state.size() > limits.state_bytes ? std::string_view() : state);
}

}  // namespace

std::variant<EndSessionRequest, HttpResponse> read_end_session(Provider const& provider,
                                                               HttpRequest const& request) {
    auto const parsed = parse_front_channel_form(request, provider.limits);
    if (parsed.error)
        return refuse_by_page(provider, request, by_page("the request is malformed or repeats"));
    auto const& form = parsed.form;
    EndSessionRequest read;
    read.ui_locales = parse_ui_locales(form.get("ui_locales"), provider.limits);
    auto const asked = form.get("client_id");
    auto hint = find_hint(provider, form);
    if (hint && !asked.empty() && asked != hint->client_id)
        return refuse_by_page(provider, request, by_page("client_id is not that of the hint"),
                              read.ui_locales);
    auto const client = provider.clients.find(hint ? std::string_view(hint->client_id) : asked);
    if (!client) return read;
    read.client_id = client->client_id;
    if (hint) {
        read.hinted_subject = std::move(hint->sub);
        read.hinted_sid = std::move(hint->sid);
    }
    read.return_to = find_return(*client, form, provider.limits);
    return read;
}

Result<std::string> make_logout_token(Provider const& provider, Client const& client,
                                      std::string_view user_id, std::string_view sid,
                                      TimePoint now) {
    auto const sub = subject_for(provider, client, user_id);
    auto const jti = random_token(provider.random, 16);
    LogoutToken token;
    token.iss = provider.issuer;
    token.aud = client.client_id;
    token.sub = sub;
    token.sid = sid;
    token.jti = jti;
    token.iat = now;
    token.exp = now + provider.lifetimes.logout_token;
    return protect_response(provider, client, client.id_token, jose::typ::logout_token,
                            logout_token_payload(token));
}

}  // namespace tunnus::oidc
