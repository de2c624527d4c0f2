// SPDX-License-Identifier: MIT
#include "oidc/protocol/bearer.hpp"

#include "idp/base/ascii.hpp"
#include "idp/base/form.hpp"
#include "idp/base/limits.hpp"
#include "oidc/protocol/dpop.hpp"
#include "oidc/protocol/json_writer.hpp"
#include "oidc/protocol/token_response.hpp"

namespace tunnus::oidc {
namespace {

Refusal invalid_request(std::string description) {
    return {OAuthError::invalid_request, std::move(description), {}, Delivery::bearer};
}

/// The token of `Bearer TOKEN` or `DPoP TOKEN`; empty for another scheme, whose credentials are not
/// for us.
std::optional<PresentedAccessToken> read_header(std::string_view authorization) {
    auto const space = std::min(authorization.find(' '), authorization.size());
    auto const scheme = authorization.substr(0, space);
    std::string token(trim(authorization.substr(space)));
    if (equal_ignoring_case(scheme, "Bearer"))
        return PresentedAccessToken{std::move(token), TokenScheme::bearer};
    if (equal_ignoring_case(scheme, "DPoP"))
        return PresentedAccessToken{std::move(token), TokenScheme::dpop};
    return std::nullopt;
}

std::string dpop_algs() {
    std::string text = "algs=\"";
    for (auto const name : dpop_algorithm_names)
        text.append(text.ends_with('"') ? "" : " ").append(name);
    return text.append("\"");
}

bool is_about_proof(OAuthError error) {
    return error == OAuthError::invalid_dpop_proof || error == OAuthError::use_dpop_nonce;
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

Checked<std::optional<PresentedAccessToken>> find_access_token(HttpRequest const& request,
                                                               Limits const& limits) {
    auto const query = parse_form(request.query, limits.form_fields);
    if (query.form.find("access_token"))
        return invalid_request("an access token does not belong into the query");
    auto const authorization = request.headers.all("Authorization");
    if (authorization.size() > 1) return invalid_request("Authorization is repeated");
    std::optional<PresentedAccessToken> token;
    if (!authorization.empty()) token = read_header(authorization.front());

    if (request.method != Method::POST ||
        request.media_type() != "application/x-www-form-urlencoded")
        return token;
    auto const body = parse_form(request.body, limits.form_fields);
    if (body.error) return invalid_request("the body is malformed");
    auto const field = body.form.find("access_token");
    if (!field) return token;
    if (!authorization.empty()) return invalid_request("the access token is sent in two ways");
    return std::optional(PresentedAccessToken{std::string(*field), TokenScheme::bearer});
}

HttpResponse bearer_challenge() {
    HttpResponse response(401);
    response.headers.set("WWW-Authenticate", "Bearer, DPoP " + dpop_algs());
    forbid_storing(response);
    return response;
}

HttpResponse bearer_error(Refusal const& refusal, TokenScheme scheme) {
    JsonWriter json(128);
    json.member("error", to_string(refusal.error));
    json.member("error_description", refusal.description);
    auto response = json_response(status_of(refusal.error), std::move(json).finish());
    forbid_storing(response);
    if (response.status == 503) {
        response.headers.set("Retry-After", "1");
        return response;
    }
    bool const in_dpop = scheme == TokenScheme::dpop || refusal.delivery == Delivery::dpop ||
                         is_about_proof(refusal.error);
    std::string challenge = in_dpop ? "DPoP error=\"" : "Bearer error=\"";
    challenge.append(to_string(refusal.error)).append("\", error_description=\"");
    challenge.append(refusal.description).append("\"");
    if (refusal.error == OAuthError::insufficient_scope) challenge.append(", scope=\"openid\"");
    if (in_dpop) challenge.append(", ").append(dpop_algs());
    response.headers.set("WWW-Authenticate", challenge);
    return response;
}

}  // namespace tunnus::oidc
