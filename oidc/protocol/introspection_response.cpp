// SPDX-License-Identifier: MIT
#include "oidc/protocol/introspection_response.hpp"

#include "oidc/protocol/json_writer.hpp"
#include "oidc/protocol/permissions.hpp"
#include "oidc/protocol/scope.hpp"

#include <boost/json/parse.hpp>

namespace tunnus::oidc {

std::string introspection_response(IntrospectedToken const& token) {
    JsonWriter json;
    json.member("active", true).member("iss", token.iss).member("client_id", token.client_id);
    json.member("scope", format_scope(token.scope));
    if (token.is_access_token)
        json.member("token_type", token.confirmation.jkt.empty() ? "Bearer" : "DPoP");
    if (token.confirmation.binds())
        json.member("cnf", boost::json::value(token.confirmation.to_object()));
    if (!token.sub.empty()) json.member("sub", token.sub);
    json.member("iat", to_unix_s(token.iat)).member("exp", to_unix_s(token.exp));
    if (!token.acr.empty()) json.member("acr", token.acr);
    if (token.auth_time) json.member("auth_time", to_unix_s(*token.auth_time));
    if (token.aud.size() == 1) json.member("aud", token.aud.front());
    if (token.aud.size() > 1) json.member("aud", token.aud);
    if (!token.authorization_details.empty())
        json.member("authorization_details", boost::json::value(token.authorization_details));
    if (!token.act.empty()) json.member("act", boost::json::value(token.act));
    if (!token.on_behalf_of.empty())
        json.member("on_behalf_of", boost::json::value(token.on_behalf_of));
    if (!token.permissions.empty())
        json.member("authorization", authorization_claim(token.permissions));
    return std::move(json).finish();
}

std::string introspection_jwt_payload(std::string_view response, std::string_view issuer,
                                      std::string_view client_id, TimePoint iat) {
    JsonWriter json;
    json.member("iss", issuer).member("aud", client_id).member("iat", to_unix_s(iat));
    json.member("token_introspection", boost::json::parse(response));
    return std::move(json).finish();
}

}  // namespace tunnus::oidc
