// SPDX-License-Identifier: MIT
// What a person is asked to permit, and whether what they permitted still covers what a service
// holds. It is asked again when the data, the purpose or the text change (citizen-services.md).
#pragma once

#include "oidc/grants/grant_body.hpp"
#include "oidc/protocol/authorization_request.hpp"
#include "oidc/provider.hpp"
#include "storage/logins.hpp"

#include <boost/json/value.hpp>

namespace tunnus::oidc {

/// The scopes and claims of a request that need the person's consent (openid never does).
struct ConsentNeeded {
    std::vector<std::string> scopes;  ///< sorted
    /// Sorted: names asked by the claims parameter, and a consent_word() for each object of
    /// authorization_details.
    std::vector<std::string> claims;
    [[nodiscard]] bool nothing() const { return scopes.empty() && claims.empty(); }
};
[[nodiscard]] ConsentNeeded consent_needed(Provider const& provider,
                                           AuthorizationRequest const& request);

/// A claim is asked about unless a scope that comes with it, or for which nobody is asked, releases
/// it already. A language tag changes nothing.
[[nodiscard]] bool needs_consent(Provider const& provider, std::string_view claim,
                                 std::vector<std::string> const& scope);

/// The word by which one object of authorization_details (RFC 9396) stands among the claims that a
/// person permits: the next object, be it only of another amount, is asked about anew.
[[nodiscard]] std::string consent_word(boost::json::value const& authorization_detail);
[[nodiscard]] bool is_consent_word(std::string_view claim);

/// The consent stands, was given to the present text, and covers what is needed.
[[nodiscard]] bool is_covered(ConsentNeeded const& needed, Client const& client,
                              storage::Consent const& consent);

/// Whether a token of this scope, made of this grant, may still be used (threats.md I10, O-67):
/// nobody need be asked for what it gives, or the person's consent covers it.
[[nodiscard]] bool is_still_permitted(Provider const& provider, Client const& client,
                                      GrantBody const& body, std::vector<std::string> const& scope,
                                      std::optional<storage::Consent> const& consent);

}  // namespace tunnus::oidc
