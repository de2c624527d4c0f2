// SPDX-License-Identifier: MIT
#include "idp/base/ascii.hpp"
#include "oidc/endpoints/endpoints.hpp"
#include "oidc/endpoints/presented_token.hpp"
#include "oidc/grants/acting_for.hpp"
#include "oidc/grants/consent.hpp"
#include "oidc/grants/grant_body.hpp"
#include "oidc/grants/token_purpose.hpp"
#include "oidc/jose/jwt.hpp"
#include "oidc/protocol/introspection_response.hpp"
#include "oidc/protocol/token_response.hpp"
#include "oidc/protocol/validity.hpp"
#include "oidc/response_protection.hpp"

#include <algorithm>

namespace tunnus::oidc {
namespace {

constexpr std::string_view introspection_media_type = "application/token-introspection+jwt";

bool is_live(storage::Grant const& grant, TimePoint now) {
    return !grant.revoked_at && now < grant.expires_at;
}

Checked<> add_confirmation(std::string_view stored, IntrospectedToken& token) {
    auto confirmation = Confirmation::from_json(stored);
    if (!confirmation)
        return Refusal{OAuthError::server_error, "the service is busy",
                       confirmation.error().text()};
    token.confirmation = std::move(*confirmation);
    return {};
}

/// For whom the person acts. `checked_at` is now: the answer is asked for before this one leaves.
Checked<> add_acting(BackChannelCall const& call, storage::Grant const& grant,
                     GrantBody const& body, IntrospectedToken& token) {
    auto const acting = open_acting_for(call.provider, grant.user_id, body);
    if (!acting)
        return Refusal{OAuthError::server_error, "the service is busy", acting.error().text()};
    if (!*acting) return {};
    token.act = with_person(std::move(token.act), token.sub);
    token.on_behalf_of =
        on_behalf_of(call.provider, call.client, grant, **acting, call.now, ToldIn::answer);
    return {};
}

/// What the grant says of the token; empty when the person's consent no longer covers its scope.
/// The subject is who the person is to the client that has the token, as in a JWT.
Checked<std::optional<IntrospectedToken>> with_grant(
    BackChannelCall const& call, IntrospectedToken token, storage::Grant const& grant,
    std::optional<std::vector<std::string>> scope, std::optional<storage::Consent> const& consent) {
    auto const body = GrantBody::from_json(grant.body);
    if (!body) return Refusal{OAuthError::server_error, "the service is busy", body.error().text()};
    auto const client = call.provider.clients.find(token.client_id);
    if (!client) return std::optional<IntrospectedToken>();
    token.sub = subject_for(call.provider, *client, grant.user_id);
    token.scope = scope ? *scope : body->scope;
    token.acr = body->acr;
    if (!body->acr.empty()) token.auth_time = body->auth_time;
    // A token that was exchanged rests on what the person allowed the service that asked.
    auto const asker = call.provider.clients.find(grant.client_id);
    if (!asker || !is_still_permitted(call.provider, *asker, *body, token.scope, consent))
        return std::optional<IntrospectedToken>();
    if (auto const added = add_acting(call, grant, *body, token); !added) return added.error();
    return std::optional(std::move(token));
}

/// Empty when it is not live.
Checked<std::optional<IntrospectedToken>> introspect(BackChannelCall const& call,
                                                     storage::Grants::TokenAndGrant const& found) {
    auto const& [row, grant, consent] = found;
    if (row.revoked_at || !is_within(row.created_at, row.expires_at, call.now) ||
        (grant && !is_live(*grant, call.now)))
        return std::optional<IntrospectedToken>();
    IntrospectedToken token;
    auto purpose = TokenPurpose::from_json(row.body);
    token.client_id = row.client_id;
    token.aud = std::move(purpose.resources);
    token.authorization_details = std::move(purpose.authorization_details);
    token.act = std::move(purpose.act);
    token.permissions = std::move(purpose.permissions);
    token.iat = row.created_at;
    token.exp = row.expires_at;
    if (auto const bound = add_confirmation(row.confirmation, token); !bound) return bound.error();
    if (grant) return with_grant(call, std::move(token), *grant, row.scopes, consent);
    if (!call.provider.clients.find(token.client_id)) return std::optional<IntrospectedToken>();
    token.scope = row.scopes;
    return std::optional(std::move(token));
}

Checked<std::optional<IntrospectedToken>> introspect(
    BackChannelCall const& call, storage::Grants::RefreshAndGrant const& found) {
    auto const& [row, grant, consent] = found;
    std::optional<IntrospectedToken> const inactive;
    if (row.used_at || !is_within(row.created_at, row.expires_at, call.now) ||
        !is_live(grant, call.now))
        return inactive;
    if (!grant.offline) {
        auto const session = call.provider.sessions.find_by_id(grant.session_id);
        if (!session)
            return Refusal{OAuthError::server_error, "the service is busy", session.error().text()};
        if (!*session || !(*session)->is_live(call.now)) return inactive;
    }
    IntrospectedToken token;
    token.is_access_token = false;
    token.client_id = grant.client_id;
    token.iat = row.created_at;
    token.exp = row.expires_at;
    if (auto const bound = add_confirmation(row.confirmation, token); !bound) return bound.error();
    return with_grant(call, std::move(token), grant, std::nullopt, consent);
}

Checked<std::optional<IntrospectedToken>> introspect(BackChannelCall const&,
                                                     std::monostate const&) {
    return std::optional<IntrospectedToken>();
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
    auto const token = protect_response(
        call.provider, call.client,
        signed_at_least(call.client.introspection, jose::Algorithm::RS256),
        jose::typ::introspection,
        introspection_jwt_payload(text, call.provider.issuer, call.client.client_id, call.now));
    if (!token)
        return Refusal{OAuthError::server_error, "the service is busy", token.error().text()};
    HttpResponse response(200);
    response.headers.set("Content-Type", introspection_media_type);
    response.body = *token;
    forbid_storing(response);
    return Outcome(std::move(response));
}

Checked<Outcome> as_asked(BackChannelCall const& call, std::string text) {
    return wants_jwt(call.http) ? as_jwt(call, text) : as_json(std::move(text));
}

storage::Grant const* grant_of(PresentedToken const& found) {
    if (auto const* access = std::get_if<storage::Grants::TokenAndGrant>(&found))
        return access->grant ? &*access->grant : nullptr;
    auto const* refresh = std::get_if<storage::Grants::RefreshAndGrant>(&found);
    return refresh != nullptr ? &refresh->grant : nullptr;
}

/// Whether the mandate of a token that is live otherwise stands; nothing: it does.
std::optional<Checked<Outcome>> check_mandate_of(BackChannelCall const& call,
                                                 PresentedToken const& found) {
    auto const* grant = grant_of(found);
    if (grant == nullptr) return std::nullopt;
    auto const body = GrantBody::from_json(grant->body);
    if (!body)
        return Checked<Outcome>(
            Refusal{OAuthError::server_error, "the service is busy", body.error().text()});
    auto const inactive = as_asked(call, std::string(inactive_response));
    if (!inactive) return Checked<Outcome>(inactive.error());
    return check_mandate(call, *grant, *body, std::get<HttpResponse>(*inactive));
}

Checked<Outcome> answer(BackChannelCall const& call) {
    // RFC 7662 §2.1 wants the caller authenticated, which a public client cannot be.
    if (call.client.is_public())
        return Refusal{OAuthError::invalid_client, "client authentication failed",
                       "a public client"};
    auto const found = find_presented_token(call, Shown::own_or_for_it);
    if (!found) return found.error();
    auto token = std::visit([&](auto const& it) { return introspect(call, it); }, *found);
    if (!token) return token.error();
    if (*token)
        if (auto no = check_mandate_of(call, *found)) return std::move(*no);
    std::string text(inactive_response);
    if (*token) {
        (*token)->iss = call.provider.issuer;
        text = introspection_response(**token);
    }
    return as_asked(call, std::move(text));
}

}  // namespace

Outcome introspection(Provider const& provider, HttpRequest const& request) {
    return answer_back_channel(provider, request, CrossOrigin::none, answer);
}

}  // namespace tunnus::oidc
