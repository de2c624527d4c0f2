// SPDX-License-Identifier: MIT
// RFC 6749 §2.3: who calls the token, introspection and revocation endpoints. By a secret, an
// assertion (client_assertion.hpp), a TLS certificate (client_certificate.hpp) or, for public
// clients, `none`; each client by the method it registered and no other.
#pragma once

#include "idp/base/form.hpp"
#include "idp/base/http.hpp"
#include "idp/base/secret.hpp"
#include "oidc/protocol/client.hpp"
#include "oidc/protocol/client_assertion.hpp"
#include "oidc/protocol/client_certificate.hpp"
#include "oidc/protocol/refusal.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tunnus::oidc {

struct PresentedCredentials {
    std::string client_id;  ///< as claimed
    Secret secret;          ///< empty for `none` and for assertions
    /// As far as the form tells: for an assertion private_key_jwt, and for a client_id alone none,
    /// until the registration says which.
    TokenEndpointAuthMethod method = TokenEndpointAuthMethod::none;
    std::string assertion = {};
    std::optional<std::string> assertion_kid = {};
};

/// Reads what a request presents. Two methods at once, or a client_id in the body that differs from
/// the header's, are invalid_request; nothing, an Authorization header that is not well-formed
/// Basic with form-encoded halves (§2.3.1), or an assertion that is none, of another type or
/// another client's than client_id (RFC 7521 §4.2), is invalid_client.
[[nodiscard]] Checked<PresentedCredentials> parse_credentials(Headers const& headers,
                                                              Form const& form,
                                                              Limits const& limits);
/// The header's value, `Basic …`, alone. invalid_client when malformed.
[[nodiscard]] Checked<PresentedCredentials> parse_basic(std::string_view authorization);

/// The certificate of the connection (DER, empty for none) and whom to believe about it.
struct CertificateContext {
    std::string_view der;
    CertificatePolicy const& policy;
};

struct AuthenticatedClient {
    std::shared_ptr<Client const> client;
    /// Where it came by one: to be used up by the write of the request, or by one of its own.
    std::optional<ClientAssertion> assertion;
};

/// Whether these credentials prove `client`, which was found by their client_id; null when there is
/// none. Every refusal is the same invalid_client, and by a secret takes the same time, whether the
/// client is unknown, has another method or another secret (threats.md O-50, O-52, I7).
[[nodiscard]] Checked<AuthenticatedClient> authenticate_client(
    PresentedCredentials const& credentials, std::shared_ptr<Client const> client,
    AssertionContext const& assertions, CertificateContext const& certificate);

}  // namespace tunnus::oidc
