// SPDX-License-Identifier: MIT
// RFC 7800 `cnf`: whose token it is to use, by a DPoP key (RFC 9449 §6) or a TLS client certificate
// (RFC 8705 §3).
#pragma once

#include "idp/base/result.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace tunnus::oidc {

struct Confirmation {
    std::string jkt;       ///< RFC 7638 thumbprint of the DPoP key; empty: none
    std::string x5t_s256;  ///< SHA-256 of the certificate, base64url; empty: none

    [[nodiscard]] bool binds() const { return !jkt.empty() || !x5t_s256.empty(); }
    /// Whether a caller who proved `shown` may use what is bound to this.
    [[nodiscard]] bool is_met_by(Confirmation const& shown) const {
        return (jkt.empty() || jkt == shown.jkt) &&
               (x5t_s256.empty() || x5t_s256 == shown.x5t_s256);
    }
    /// The `cnf` object.
    [[nodiscard]] boost::json::object to_object() const;
    /// The same as text, an empty one for none: what a stored token keeps.
    [[nodiscard]] std::string to_json() const;
    [[nodiscard]] static Result<Confirmation> from_json(std::string_view stored);

    friend bool operator==(Confirmation const&, Confirmation const&) = default;
};

/// `x5t#S256` of a certificate.
[[nodiscard]] std::string certificate_thumbprint(std::string_view der);

}  // namespace tunnus::oidc
