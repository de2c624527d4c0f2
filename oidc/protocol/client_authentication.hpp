// SPDX-License-Identifier: MIT
// RFC 6749 §2.3: who calls the token, introspection and revocation endpoints. By
// `client_secret_basic`, `client_secret_post` or, for public clients, `none`; each client by the
// method it registered and no other.
#pragma once

#include "idp/base/form.hpp"
#include "idp/base/http.hpp"
#include "idp/base/secret.hpp"
#include "oidc/protocol/client.hpp"
#include "oidc/protocol/refusal.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace tunnus::oidc {

struct PresentedCredentials {
    std::string client_id;
    Secret secret;  ///< empty for `none`
    TokenEndpointAuthMethod method = TokenEndpointAuthMethod::none;
};

/// Reads what a request presents. Two methods at once, or a client_id in the body that differs from
/// the header's, are invalid_request; nothing, or an Authorization header that is not well-formed
/// Basic with form-encoded halves (§2.3.1), is invalid_client.
[[nodiscard]] Checked<PresentedCredentials> parse_credentials(Headers const& headers,
                                                              Form const& form);
/// The header's value, `Basic …`, alone. invalid_client when malformed.
[[nodiscard]] Checked<PresentedCredentials> parse_basic(std::string_view authorization);

/// The client that these credentials prove. Every refusal is the same invalid_client, and takes the
/// same time, whether the client is unknown, has another method or another secret (threats.md
/// O-50, O-52, I7).
[[nodiscard]] Checked<std::shared_ptr<Client const>> authenticate_client(
    PresentedCredentials const& credentials, Clients const& clients);

}  // namespace tunnus::oidc
