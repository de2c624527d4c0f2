// SPDX-License-Identifier: MIT
// The server side of TLS as an OpenSSL context: TLS 1.2 and 1.3, the suites of BCP 195 (RFC 9325
// §4.2), forward secrecy only, no renegotiation, compression, resumption or early data (threats.md
// H-24). Without resumption there are no ticket keys to rotate, and a client certificate is always
// shown in the connection that uses it.
#pragma once

#include "idp/base/result.hpp"
#include "idp/base/secret.hpp"

#include <openssl/ssl.h>

#include <memory>
#include <string>

namespace tunnus::web {

struct TlsSettings {
    std::string certificate_chain_pem;  ///< the server's first, then its issuers
    Secret private_key_pem;
    /// Asks every client for a certificate. It may send none; what it sends is proven to be in its
    /// possession, otherwise unverified, and stands in HttpRequest::peer_certificate_der.
    bool request_client_certificate = false;
};

using TlsContext = std::shared_ptr<SSL_CTX>;

/// An error names the part that OpenSSL could not take: the chain, the key, or that they do not
/// belong together. Never the key itself.
[[nodiscard]] Result<TlsContext> make_tls_context(TlsSettings const& settings);

/// The certificate that the peer showed, as DER; empty without.
[[nodiscard]] std::string peer_certificate_der(SSL const* connection);

}  // namespace tunnus::web
