// SPDX-License-Identifier: MIT
#include "oidc/grants/access_token_text.hpp"

#include "idp/base/encoding.hpp"
#include "oidc/grants/acting_for.hpp"
#include "oidc/grants/consent.hpp"
#include "oidc/jose/jwt.hpp"
#include "oidc/protocol/confirmation.hpp"
#include "oidc/protocol/jwt_access_token.hpp"
#include "oidc/response_protection.hpp"

namespace tunnus::oidc {
namespace {

constexpr std::size_t id_bytes = 16;

/// Of the claims that the client's APIs are to read in a token, those that the person need not be
/// asked about for it. What the person permits one client is no other's: a token that is made of
/// another's has those alone that nobody is asked about.
Result<boost::json::object> claims_for_apis(Provider const& provider, Client const& client,
                                            std::vector<std::string> const& scope,
                                            storage::Grant const& grant, GrantBody const& body) {
    ClaimsQuery query{
        grant.user_id, client.client_id, body.acr, {}, {}, ClaimsDestination::access_token,
        body.locale};
    bool const own = grant.client_id == client.client_id;
    auto const& permitted = own ? scope : std::vector<std::string>();
    for (auto const& name : client.access_token_claims)
        if (!needs_consent(provider, name, permitted)) query.claim_names.push_back(name);
    if (query.claim_names.empty()) return boost::json::object();
    return provider.claims.claims(query);
}

}  // namespace

Result<std::string> make_jwt_access_token(Provider const& provider, Client const& client,
                                          TokenPurpose const& purpose, storage::AccessToken& row,
                                          storage::Grant const* grant, GrantBody const* body) {
    auto const sub =
        grant != nullptr ? subject_for(provider, client, grant->user_id) : client.client_id;
    JwtAccessToken token;
    token.iss = provider.issuer;
    token.sub = sub;
    token.aud = purpose.resources;
    if (token.aud.empty()) token.aud = {provider.issuer};
    token.authorization_details = purpose.authorization_details;
    token.act = purpose.act;
    token.permissions = purpose.permissions;
    token.client_id = client.client_id;
    token.jti = encode_base64url(row.id);
    token.scope = row.scopes;
    token.cnf = Confirmation::from_json(row.confirmation).value().to_object();
    token.iat = row.created_at;
    token.exp = row.expires_at;
    if (body != nullptr && !body->acr.empty()) {
        token.auth_time = body->auth_time;
        token.acr = body->acr;
        token.amr = body->amr;
    }
    if (body != nullptr && grant != nullptr) {
        token.sid = encode_base64url(grant->session_id);
        auto claims = claims_for_apis(provider, client, row.scopes, *grant, *body);
        if (!claims) return claims.error();
        token.claims = std::move(*claims);
    }
    if (body != nullptr && grant != nullptr)
        if (auto const acting = open_acting_for(provider, grant->user_id, *body).value()) {
            token.act = with_person(std::move(token.act), sub);
            token.on_behalf_of = on_behalf_of(
                provider, client, *grant, *acting,
                purpose.mandate_checked_at.value_or(acting->checked_at), ToldIn::token);
        }
    auto text = sign_ours(provider, *client.id_token.signed_alg, jose::typ::access_token,
                          jwt_access_token_payload(token));
    if (text) row.secret_hash = storage::Bearer{row.id, *text}.secret_hash();
    return text;
}

std::optional<storage::Bearer> parse_access_token(std::string_view text, Limits const& limits) {
    if (auto bearer = storage::parse_bearer(text)) return bearer;
    auto const token = jose::UnverifiedJws::parse(text, limits);
    if (!token || find_string(token->header(), "typ") != jose::typ::access_token)
        return std::nullopt;
    auto const jti = jose::find_unverified_claim(*token, "jti", limits);
    auto id = decode_base64url(jti.value_or(""));
    if (!id || id->size() != id_bytes) return std::nullopt;
    return storage::Bearer{std::move(*id), std::string(text)};
}

}  // namespace tunnus::oidc
