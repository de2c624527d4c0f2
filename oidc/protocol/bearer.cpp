// SPDX-License-Identifier: MIT
#include "oidc/protocol/bearer.hpp"

#include "idp/base/ascii.hpp"
#include "idp/base/form.hpp"
#include "oidc/protocol/json_writer.hpp"
#include "oidc/protocol/token_response.hpp"

namespace tunnus::oidc {
namespace {

Refusal invalid_request(std::string description) {
    return {OAuthError::invalid_request, std::move(description), {}, Delivery::bearer};
}

/// The token of `Bearer TOKEN`; empty for another scheme, whose credentials are not for us.
std::optional<std::string> read_header(std::string_view authorization) {
    auto const space = std::min(authorization.find(' '), authorization.size());
    if (!equal_ignoring_case(authorization.substr(0, space), "Bearer")) return std::nullopt;
    return std::string(trim(authorization.substr(space)));
}

int status_of(OAuthError error) {
    switch (error) {
        case OAuthError::insufficient_scope:
            return 403;
        case OAuthError::invalid_request:
            return 400;
        case OAuthError::server_error:
            return 503;
        default:
            return 401;
    }
}

}  // namespace

Checked<std::optional<std::string>> find_bearer_token(HttpRequest const& request,
                                                      Limits const& limits) {
    auto const query = parse_form(request.query, limits.form_fields);
    if (query.form.find("access_token"))
        return invalid_request("an access token does not belong into the query");
    auto const authorization = request.headers.all("Authorization");
    if (authorization.size() > 1) return invalid_request("Authorization is repeated");
    std::optional<std::string> token;
    if (!authorization.empty()) token = read_header(authorization.front());

    if (request.method != Method::POST ||
        request.media_type() != "application/x-www-form-urlencoded")
        return token;
    auto const body = parse_form(request.body, limits.form_fields);
    if (body.error) return invalid_request("the body is malformed");
    auto const field = body.form.find("access_token");
    if (!field) return token;
    if (!authorization.empty()) return invalid_request("the access token is sent in two ways");
    return std::optional(std::string(*field));
}

HttpResponse bearer_challenge() {
    HttpResponse response(401);
    response.headers.set("WWW-Authenticate", "Bearer");
    forbid_storing(response);
    return response;
}

HttpResponse bearer_error(Refusal const& refusal) {
    JsonWriter json(128);
    json.member("error", to_string(refusal.error));
    json.member("error_description", refusal.description);
    auto response = json_response(status_of(refusal.error), std::move(json).finish());
    forbid_storing(response);
    if (response.status == 503) {
        response.headers.set("Retry-After", "1");
        return response;
    }
    std::string challenge = "Bearer error=\"";
    challenge.append(to_string(refusal.error)).append("\", error_description=\"");
    challenge.append(refusal.description).append("\"");
    if (refusal.error == OAuthError::insufficient_scope) challenge.append(", scope=\"openid\"");
    response.headers.set("WWW-Authenticate", challenge);
    return response;
}

}  // namespace tunnus::oidc
