// SPDX-License-Identifier: MIT
// Software statements, RFC 7591 §2.3: metadata of a client that somebody signed for it.
#pragma once

#include "idp/base/clock.hpp"
#include "oidc/jose/jwk_set.hpp"
#include "oidc/protocol/refusal.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace tunnus::oidc {

/// Whose statements the operator believes, and the keys they sign with.
struct SoftwareStatementIssuer {
    std::string issuer;
    jose::JwkSet keys;
};

/// What a statement is compared with.
struct SoftwareStatementContext {
    std::vector<SoftwareStatementIssuer> const& issuers;
    /// Our names, one of which a statement with an `aud` names (RFC 7519 §4.1.3): the issuer and
    /// the address of the registration endpoint.
    std::vector<std::string> audience;
    TimePoint now{};
    Limits const& limits;
};

/// The metadata that a genuine statement makes: its claims but for those of the token itself.
/// Refuses with invalid_software_statement what is no signed token of the issuer it names, is for
/// others alone, has expired or carries a `crit`; with unapproved_software_statement an issuer not
/// in the list.
[[nodiscard]] Checked<boost::json::object> read_software_statement(
    std::string_view statement, SoftwareStatementContext const& context);

}  // namespace tunnus::oidc
