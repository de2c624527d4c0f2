// SPDX-License-Identifier: MIT
// What a person is asked to permit, and whether what they permitted still covers what a service
// holds. It is asked again when the data, the purpose or the text change (citizen-services.md).
#pragma once

#include "oidc/grants/grant_body.hpp"
#include "oidc/protocol/authorization_request.hpp"
#include "oidc/protocol/consent_word.hpp"
#include "oidc/provider.hpp"
#include "storage/logins.hpp"

namespace tunnus::oidc {

/// The scopes and claims of a request that need the person's consent (openid never does).
struct ConsentNeeded {
    std::vector<std::string> scopes;  ///< sorted
    /// Sorted: names asked by the claims parameter, verified or not, a detail_word() for each
    /// object of authorization_details, and a data_field_word() for each field that the client's
    /// service may read.
    std::vector<std::string> claims;
    [[nodiscard]] bool nothing() const { return scopes.empty() && claims.empty(); }
};
[[nodiscard]] ConsentNeeded consent_needed(Provider const& provider, Client const& client,
                                           AuthorizationRequest const& request);

/// What of it the person is asked: the operator can vouch for what a client gets in its tokens
/// (skip_consent), never for what its service reads of a person beside them.
[[nodiscard]] ConsentNeeded asked_of(Client const& client, ConsentNeeded needed);

/// A claim is asked about unless a scope that comes with it, or for which nobody is asked, releases
/// it already. A language tag changes nothing.
[[nodiscard]] bool needs_consent(Provider const& provider, std::string_view claim,
                                 std::vector<std::string> const& scope);

/// The consent stands, was given to the present text, and covers what is needed.
[[nodiscard]] bool is_covered(ConsentNeeded const& needed, Client const& client,
                              storage::Consent const& consent);

/// Whether a token of this scope, made of this grant, may still be used (threats.md I10, O-67):
/// nobody need be asked for what it gives, or the person's consent covers it.
[[nodiscard]] bool is_still_permitted(Provider const& provider, Client const& client,
                                      GrantBody const& body, std::vector<std::string> const& scope,
                                      std::optional<storage::Consent> const& consent);

/// The data fields (RegisteredService) that a token of this client may read now, about the person
/// whose consent this is.
[[nodiscard]] std::vector<std::string> readable_fields(
    Client const& client, std::optional<storage::Consent> const& consent);

}  // namespace tunnus::oidc
