// SPDX-License-Identifier: MIT
#include "oidc/protocol/token_request.hpp"

#include "idp/base/limits.hpp"

#include <array>

namespace tunnus::oidc {
namespace {

Refusal invalid_request(std::string description) {
    return {OAuthError::invalid_request, std::move(description), {}};
}

std::optional<GrantType> find_grant_type(std::string_view name) {
    if (name == "authorization_code") return GrantType::authorization_code;
    if (name == "refresh_token") return GrantType::refresh_token;
    if (name == "client_credentials") return GrantType::client_credentials;
    if (name == device_code_grant_type) return GrantType::device_code;
    if (name == token_exchange_grant_type) return GrantType::token_exchange;
    if (name == jwt_bearer_grant_type) return GrantType::jwt_bearer;
    if (name == ciba_grant_type) return GrantType::ciba;
    return std::nullopt;
}

}  // namespace

Checked<Form> parse_back_channel_form(HttpRequest const& request, Limits const& limits) {
    if (!request.query.empty()) return invalid_request("parameters belong into the body");
    if (request.media_type() != "application/x-www-form-urlencoded")
        return invalid_request("the body must be application/x-www-form-urlencoded");
    // RFC 8707 §2, RFC 8693 §2.1
    static constexpr std::array<std::string_view, 2> repeatable = {"resource", "audience"};
    auto parsed = parse_form(request.body, limits.form_fields, repeatable);
    if (!parsed.error) return std::move(parsed.form);
    switch (parsed.error->kind) {
        case FormError::Kind::repeated_field:
            return invalid_request("a parameter is repeated");
        case FormError::Kind::too_many_fields:
            return invalid_request("too many parameters");
        case FormError::Kind::malformed:
            break;
    }
    return invalid_request("the body is malformed");
}

Checked<GrantType> check_grant_type(Client const& client, Form const& form) {
    auto const name = form.get("grant_type");
    if (name.empty()) return invalid_request("grant_type is missing");
    auto const grant_type = find_grant_type(name);
    if (!grant_type)
        return Refusal{OAuthError::unsupported_grant_type, "grant_type is not supported", {}};
    if (!client.allows_grant(name))
        return Refusal{OAuthError::unauthorized_client, "this client may not use this grant", {}};
    return *grant_type;
}

}  // namespace tunnus::oidc
