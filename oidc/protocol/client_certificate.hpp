// SPDX-License-Identifier: MIT
// RFC 8705 §2: what a TLS client certificate proves. The handshake has shown that the client has
// its key; whose certificate it is, is decided here. Nothing is fetched: no revocation list, no
// OCSP.
#pragma once

#include "idp/base/clock.hpp"
#include "oidc/protocol/client.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace tunnus::oidc {

/// The authorities that `tls_client_auth` believes. A value; any thread may use it.
class CertificateAuthorities {
  public:
    /// One or more certificates in PEM; intermediate ones may stand among them, since of what a
    /// client sends only its own certificate is looked at. BaseErrc::malformed.
    [[nodiscard]] static Result<CertificateAuthorities> parse(std::string_view pem);
    /// Whether this certificate (DER) was issued by one of them, for TLS clients, and is valid now.
    [[nodiscard]] bool vouch_for(std::string_view der, TimePoint now) const;

  private:
    struct Store;
    std::shared_ptr<Store const> store_;
};

/// What this installation does with certificates; all empty where none can arrive.
struct CertificatePolicy {
    bool accepted = false;  ///< some listener or proxy passes them
    std::shared_ptr<CertificateAuthorities const> authorities;  ///< null: no tls_client_auth
    std::string url;  ///< origin of the mtls_endpoint_aliases; empty: none

    /// Why this client cannot be served here; empty when it can.
    [[nodiscard]] std::string_view reject(Client const& client) const;
};

/// §2.1: whether the certificate's subject is the registered one. A distinguished name is compared
/// by RFC 5280 §7.1 (case and white space do not count), an address by its bytes, a DNS name and
/// the domain of an e-mail address without case, a URI exactly. Where the certificate has several
/// names of that kind one is enough.
[[nodiscard]] bool has_subject(std::string_view der, CertificateSubject const& registered);

/// Whether `text` is a distinguished name that has_subject can compare: RFC 4514 without `#`
/// values.
[[nodiscard]] bool is_distinguished_name(std::string_view text);

/// §2.2: whether it is, byte for byte, the first certificate of an `x5c` among the client's keys.
[[nodiscard]] bool is_registered_certificate(std::string_view der, ClientKeys const& keys);

}  // namespace tunnus::oidc
