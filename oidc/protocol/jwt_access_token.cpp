// SPDX-License-Identifier: MIT
#include "oidc/protocol/jwt_access_token.hpp"

#include "oidc/protocol/id_token.hpp"
#include "oidc/protocol/json_writer.hpp"
#include "oidc/protocol/permissions.hpp"
#include "oidc/protocol/scope.hpp"

namespace tunnus::oidc {

std::string jwt_access_token_payload(JwtAccessToken const& token) {
    JsonWriter json;
    json.member("iss", token.iss).member("sub", token.sub);
    if (token.aud.size() == 1)
        json.member("aud", token.aud.front());
    else
        json.member("aud", token.aud);
    json.member("client_id", token.client_id).member("jti", token.jti);
    // As services of Helsinki know the calling service and the session (citizen-services.md 2.2).
    if (token.auth_time) json.member("azp", token.client_id);
    if (!token.sid.empty()) json.member("sid", token.sid);
    for (auto const& claim : token.claims)
        if (!is_protocol_claim(claim.key())) json.member(claim.key(), claim.value());
    json.member("iat", to_unix_s(token.iat)).member("exp", to_unix_s(token.exp));
    if (!token.scope.empty()) json.member("scope", format_scope(token.scope));
    if (token.auth_time) json.member("auth_time", to_unix_s(*token.auth_time));
    if (!token.acr.empty()) json.member("acr", token.acr);
    if (!token.amr.empty()) json.member("amr", token.amr);
    if (!token.authorization_details.empty())
        json.member("authorization_details", boost::json::value(token.authorization_details));
    if (!token.cnf.empty()) json.member("cnf", boost::json::value(token.cnf));
    if (!token.act.empty()) json.member("act", boost::json::value(token.act));
    if (!token.on_behalf_of.empty())
        json.member("on_behalf_of", boost::json::value(token.on_behalf_of));
    if (!token.permissions.empty())
        json.member("authorization", authorization_claim(token.permissions));
    return std::move(json).finish();
}

}  // namespace tunnus::oidc
