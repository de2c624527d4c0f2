// SPDX-License-Identifier: MIT
#include "oidc/protocol/token_response.hpp"

#include "oidc/protocol/json_writer.hpp"
#include "oidc/protocol/scope.hpp"

namespace tunnus::oidc {
namespace {

int status_of(OAuthError error) {
    switch (error) {
        case OAuthError::invalid_client:
            return 401;
        case OAuthError::server_error:
        case OAuthError::temporarily_unavailable:
            return 503;
        default:
            return 400;
    }
}

}  // namespace

void forbid_storing(HttpResponse& response) {
    response.headers.set("Cache-Control", "no-store");
    response.headers.set("Referrer-Policy", "no-referrer");
}

HttpResponse token_response(TokenResponse const& tokens) {
    JsonWriter json(320 + tokens.id_token.size());
    json.member("access_token", tokens.access_token).member("token_type", tokens.token_type);
    if (!tokens.issued_token_type.empty())
        json.member("issued_token_type", tokens.issued_token_type);
    json.member("expires_in", std::int64_t{tokens.expires_in.count()});
    json.member("scope", format_scope(tokens.scope));
    if (!tokens.refresh_token.empty()) json.member("refresh_token", tokens.refresh_token);
    if (!tokens.id_token.empty()) json.member("id_token", tokens.id_token);
    if (!tokens.authorization_details.empty())
        json.member("authorization_details", boost::json::value(tokens.authorization_details));
    auto response = json_response(200, std::move(json).finish());
    forbid_storing(response);
    return response;
}

HttpResponse token_error(Refusal const& refusal, HttpRequest const& request) {
    JsonWriter json(128);
    json.member("error", to_string(refusal.error));
    if (!refusal.description.empty()) json.member("error_description", refusal.description);
    auto response = json_response(status_of(refusal.error), std::move(json).finish());
    forbid_storing(response);
    if (response.status == 401 && !request.headers.all("Authorization").empty())
        response.headers.set("WWW-Authenticate", R"(Basic realm="token", charset="UTF-8")");
    if (response.status == 503) response.headers.set("Retry-After", "1");
    return response;
}

}  // namespace tunnus::oidc
