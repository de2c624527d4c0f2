// SPDX-License-Identifier: MIT
#include "oidc/protocol/client_authentication.hpp"

#include "idp/base/ascii.hpp"
#include "idp/base/crypto.hpp"
#include "idp/base/encoding.hpp"

namespace tunnus::oidc {
namespace {

Refusal invalid_client(std::string detail) {
    return {OAuthError::invalid_client, "client authentication failed", std::move(detail)};
}

Refusal invalid_request(std::string description) {
    return {OAuthError::invalid_request, std::move(description), {}};
}

/// Both sides are hashed, so that the comparison and its time do not depend on where or in what
/// length they differ; a client without secret is compared with a text that is nobody's.
bool secret_matches(Client const* client, std::string_view presented) {
    bool const has_secret = client != nullptr && client->client_secret.has_value();
    auto const expected = sha256(has_secret ? client->client_secret->reveal()
                                            : std::string_view("no client has this as its secret"));
    return equal_in_constant_time(expected, sha256(presented)) && has_secret;
}

}  // namespace

Checked<PresentedCredentials> parse_basic(std::string_view authorization) {
    auto const space = std::min(authorization.find(' '), authorization.size());
    if (!equal_ignoring_case(authorization.substr(0, space), "Basic"))
        return invalid_client("the scheme is not Basic");
    auto const pair = decode_base64(trim(authorization.substr(space)));
    if (!pair) return invalid_client("not base64");
    std::string_view const text = *pair;
    auto const colon = text.find(':');
    if (colon == std::string_view::npos) return invalid_client("no colon");
    auto client_id = percent_decode(text.substr(0, colon), Plus::is_space);
    auto secret = percent_decode(text.substr(colon + 1), Plus::is_space);
    if (!client_id || !secret || client_id->empty()) return invalid_client("not form-encoded");
    return PresentedCredentials{std::move(*client_id), Secret(std::move(*secret)),
                                TokenEndpointAuthMethod::client_secret_basic};
}

Checked<PresentedCredentials> parse_credentials(Headers const& headers, Form const& form) {
    auto const authorization = headers.all("Authorization");
    auto const client_id = form.get("client_id");
    auto const secret = form.find("client_secret");
    bool const has_assertion =
        form.find("client_assertion").has_value() || form.find("client_assertion_type").has_value();
    if (authorization.size() > 1) return invalid_request("Authorization is repeated");
    if ((!authorization.empty() && (secret || has_assertion)) || (secret && has_assertion))
        return invalid_request("more than one method of client authentication");
    if (has_assertion) return invalid_client("client assertions are not supported");

    if (!authorization.empty()) {
        auto credentials = parse_basic(authorization.front());
        if (credentials && !client_id.empty() && client_id != credentials->client_id)
            return invalid_request("client_id is not the authenticated client");
        return credentials;
    }
    if (client_id.empty()) return invalid_client("no client authentication");
    if (secret)
        return PresentedCredentials{std::string(client_id), Secret(std::string(*secret)),
                                    TokenEndpointAuthMethod::client_secret_post};
    return PresentedCredentials{std::string(client_id), {}, TokenEndpointAuthMethod::none};
}

Checked<std::shared_ptr<Client const>> authenticate_client(PresentedCredentials const& credentials,
                                                           Clients const& clients) {
    auto client = clients.find(credentials.client_id);
    bool const secret_is_right = secret_matches(client.get(), credentials.secret.reveal());
    if (!client) return invalid_client("unknown client");
    if (client->token_endpoint_auth_method != credentials.method)
        return invalid_client("not by the registered method");
    if (credentials.method != TokenEndpointAuthMethod::none && !secret_is_right)
        return invalid_client("wrong secret");
    return client;
}

}  // namespace tunnus::oidc
