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

Checked<PresentedCredentials> parse_assertion(Form const& form, Limits const& limits) {
    if (form.get("client_assertion_type") != client_assertion_type)
        return invalid_client("client_assertion_type is missing or another");
    auto const assertion = form.get("client_assertion");
    auto claimed = read_claimed_assertion(assertion, limits);
    if (!claimed) return invalid_client("client_assertion is no JWT with a sub");
    auto const client_id = form.get("client_id");
    if (!client_id.empty() && client_id != claimed->client_id)
        return invalid_client("client_id is not that of the assertion");
    return PresentedCredentials{std::move(claimed->client_id),
                                {},
                                TokenEndpointAuthMethod::private_key_jwt,
                                std::string(assertion),
                                std::move(claimed->kid)};
}

bool is_by_assertion(TokenEndpointAuthMethod method) {
    return method == TokenEndpointAuthMethod::private_key_jwt ||
           method == TokenEndpointAuthMethod::client_secret_jwt;
}

bool is_by_certificate(TokenEndpointAuthMethod method) {
    return method == TokenEndpointAuthMethod::tls_client_auth ||
           method == TokenEndpointAuthMethod::self_signed_tls_client_auth;
}

/// RFC 8705 §2: with a certificate the request says no more than client_id.
Checked<> check_certificate(Client const& client, ClientKeys const* keys,
                            CertificateContext const& certificate, TimePoint now) {
    if (certificate.der.empty()) return invalid_client("no client certificate");
    if (client.token_endpoint_auth_method == TokenEndpointAuthMethod::self_signed_tls_client_auth) {
        if (keys != nullptr && is_registered_certificate(certificate.der, *keys)) return {};
        return invalid_client("the certificate is not among the client's keys");
    }
    auto const& authorities = certificate.policy.authorities;
    if (!authorities || !authorities->vouch_for(certificate.der, now))
        return invalid_client("the certificate is of nobody that we believe");
    if (!has_subject(certificate.der, *client.tls_client_auth_subject))
        return invalid_client("the certificate is another subject's");
    return {};
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

Checked<PresentedCredentials> parse_credentials(Headers const& headers, Form const& form,
                                                Limits const& limits) {
    auto const authorization = headers.all("Authorization");
    auto const client_id = form.get("client_id");
    auto const secret = form.find("client_secret");
    bool const has_assertion =
        form.find("client_assertion").has_value() || form.find("client_assertion_type").has_value();
    if (authorization.size() > 1) return invalid_request("Authorization is repeated");
    if ((!authorization.empty() && (secret || has_assertion)) || (secret && has_assertion))
        return invalid_request("more than one method of client authentication");
    if (has_assertion) return parse_assertion(form, limits);

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

Checked<AuthenticatedClient> authenticate_client(PresentedCredentials const& credentials,
                                                 std::shared_ptr<Client const> client,
                                                 AssertionContext const& assertions,
                                                 CertificateContext const& certificate) {
    using enum TokenEndpointAuthMethod;
    bool const secret_is_right = secret_matches(client.get(), credentials.secret.reveal());
    if (!client) return invalid_client("unknown client");
    auto const method = client->token_endpoint_auth_method;
    if (!credentials.assertion.empty()) {
        if (!is_by_assertion(method)) return invalid_client("not by the registered method");
        auto assertion = check_client_assertion(credentials.assertion, *client, assertions);
        if (!assertion) return assertion.error();
        return AuthenticatedClient{std::move(client), std::move(*assertion)};
    }
    if (is_by_certificate(method) && credentials.method == none) {
        auto const checked =
            check_certificate(*client, assertions.keys, certificate, assertions.now);
        if (!checked) return checked.error();
        return AuthenticatedClient{std::move(client), std::nullopt};
    }
    if (method != credentials.method) return invalid_client("not by the registered method");
    if (method != none && !secret_is_right) return invalid_client("wrong secret");
    return AuthenticatedClient{std::move(client), std::nullopt};
}

}  // namespace tunnus::oidc
