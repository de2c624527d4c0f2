// SPDX-License-Identifier: MIT
#include "idp/base/ascii.hpp"
#include "oidc/endpoints/endpoints.hpp"
#include "oidc/endpoints/presented_token.hpp"
#include "oidc/grants/acting_for.hpp"
#include "oidc/grants/issue.hpp"
#include "oidc/grants/live_token.hpp"
#include "oidc/grants/token_purpose.hpp"
#include "oidc/jose/jwt.hpp"
#include "oidc/protocol/introspection_response.hpp"
#include "oidc/protocol/token_response.hpp"
#include "oidc/response_protection.hpp"

#include <algorithm>

namespace tunnus::oidc {
namespace {

constexpr std::string_view introspection_media_type = "application/token-introspection+jwt";

/// For whom the person acts. `checked_at` is now: the answer is asked for before this one leaves.
Checked<> add_acting(BackChannelCall const& call, storage::Grant const& grant,
                     GrantBody const& body, IntrospectedToken& token) {
    auto const acting = open_acting_for(call.provider, grant.user_id, body);
    if (!acting) return server_error(acting.error().text());
    if (!*acting) return {};
    token.act = with_person(std::move(token.act), token.sub);
    token.on_behalf_of =
        on_behalf_of(call.provider, call.client, grant, **acting, call.now, ToldIn::answer);
    return {};
}

/// What the grant says. The subject is who the person is to the client that has the token, as in a
/// JWT.
Checked<> add_grant(BackChannelCall const& call, Client const& holder, storage::Grant const& grant,
                    GrantBody const& body, IntrospectedToken& token) {
    token.sub = subject_for(call.provider, holder, grant.user_id);
    token.acr = body.acr;
    if (!body.acr.empty()) token.auth_time = body.auth_time;
    return add_acting(call, grant, body, token);
}

/// A token that lives, and what a mandate check asks about.
struct Introspected {
    IntrospectedToken token;
    std::optional<storage::Grant> grant;
    std::optional<GrantBody> body;
};

Checked<Introspected> introspect(BackChannelCall const& call, storage::TokenAndGrant found) {
    auto live = judge(call.provider, std::move(found), call.now);
    if (!live) return live.error();
    auto purpose = TokenPurpose::from_json(live->token.body);
    IntrospectedToken token;
    token.client_id = live->token.client_id;
    token.scope = std::move(live->token.scopes);
    token.aud = std::move(purpose.resources);
    token.authorization_details = std::move(purpose.authorization_details);
    token.act = std::move(purpose.act);
    token.permissions = std::move(purpose.permissions);
    token.iat = live->token.created_at;
    token.exp = live->token.expires_at;
    token.confirmation = std::move(live->bound);
    if (live->grant)
        if (auto const added = add_grant(call, *live->client, *live->grant, *live->body, token);
            !added)
            return added.error();
    return Introspected{std::move(token), std::move(live->grant), std::move(live->body)};
}

Checked<Introspected> introspect(BackChannelCall const& call, storage::RefreshAndGrant found) {
    if (found.token.used_at) return invalid_grant("used before");
    auto live = judge(call.provider, std::move(found), {}, call.now);
    if (!live) return live.error();
    IntrospectedToken token;
    token.is_access_token = false;
    token.client_id = live->grant.client_id;
    token.scope = std::move(live->scope);
    token.iat = live->token.created_at;
    token.exp = live->token.expires_at;
    token.confirmation = std::move(live->bound);
    if (auto const added = add_grant(call, call.client, live->grant, live->body, token); !added)
        return added.error();
    return Introspected{std::move(token), std::move(live->grant), std::move(live->body)};
}

Checked<Introspected> introspect(BackChannelCall const&, std::monostate const&) {
    return invalid_grant("unknown");
}

/// RFC 9701 §4: the caller asks for a JWT by Accept.
bool wants_jwt(HttpRequest const& request) {
    for (auto field : request.headers.all("Accept"))
        while (!field.empty()) {
            auto const end = std::min(field.find(','), field.size());
            auto const type = trim(field.substr(0, std::min(field.find(';'), end)));
            if (equal_ignoring_case(type, introspection_media_type)) return true;
            field.remove_prefix(std::min(end + 1, field.size()));
        }
    return false;
}

Checked<Outcome> as_json(std::string text) {
    auto response = json_response(200, std::move(text));
    forbid_storing(response);
    return Outcome(std::move(response));
}

/// RFC 9701 §5: signed for the caller, and encrypted to it where it registered that.
Checked<Outcome> as_jwt(BackChannelCall const& call, std::string_view text) {
    auto const protection = signed_at_least(call.client.introspection, jose::Algorithm::RS256);
    // §6: RS256 is what a client gets that registered nothing; where it is not to be had, the
    // client learns what to register.
    if (!call.client.introspection.signed_alg &&
        !call.provider.keys.signing_key(jose::name_of(*protection.signed_alg)))
        return Refusal{OAuthError::invalid_request,
                       "no key here signs by RS256: register introspection_signed_response_alg",
                       {}};
    auto const token = protect_response(
        call.provider, call.client, protection, jose::typ::introspection,
        introspection_jwt_payload(text, call.provider.issuer, call.client.client_id, call.now));
    if (!token) return server_error(token.error().text());
    HttpResponse response(200);
    response.headers.set("Content-Type", introspection_media_type);
    response.body = *token;
    forbid_storing(response);
    return Outcome(std::move(response));
}

Checked<Outcome> as_asked(BackChannelCall const& call, std::string text) {
    return wants_jwt(call.http) ? as_jwt(call, text) : as_json(std::move(text));
}

Checked<Outcome> answer(BackChannelCall const& call) {
    // RFC 7662 §2.1 wants the caller authenticated, which a public client cannot be.
    if (call.client.is_public())
        return Refusal{OAuthError::invalid_client, "client authentication failed",
                       "a public client"};
    auto found = find_presented_token(call, Shown::own_or_for_it);
    if (!found) return found.error();
    auto live = std::visit([&](auto& one) { return introspect(call, std::move(one)); }, *found);
    if (!live && live.error().error == OAuthError::server_error) return live.error();
    if (!live) return as_asked(call, std::string(inactive_response));
    if (live->body && !live->body->acting_for.empty()) {
        auto const inactive = as_asked(call, std::string(inactive_response));
        if (!inactive) return inactive.error();
        if (auto no =
                check_mandate(call, *live->grant, *live->body, std::get<HttpResponse>(*inactive)))
            return std::move(*no);
    }
    live->token.iss = call.provider.issuer;
    return as_asked(call, introspection_response(live->token));
}

}  // namespace

Outcome introspection(Provider const& provider, HttpRequest const& request) {
    return answer_back_channel(provider, request, CrossOrigin::none, answer);
}

}  // namespace tunnus::oidc
