// SPDX-License-Identifier: MIT
// What the endpoints of requests that a person answers elsewhere share (RFC 8628, OpenID CIBA), and
// how the login that answers one begins.
#pragma once

#include "oidc/endpoints/authorization.hpp"
#include "oidc/endpoints/back_channel.hpp"

#include <optional>

namespace tunnus::oidc {

/// An authorization request that no browser brought: it ends with a page, not with a redirect, and
/// always asks the person. scope and resources are what the service asked for; acr_values and
/// max_age are the client's registered ones. Refuses with invalid_scope and invalid_target.
[[nodiscard]] Checked<AuthorizationRequest> make_decoupled_request(BackChannelCall const& call);

/// The login that answers a stored request; empty when it has ended, was answered, or its client is
/// gone or may no longer ask so.
[[nodiscard]] Result<std::optional<BegunAuthorization>> begin_decoupled(
    Provider const& provider, storage::DecoupledRequest const& stored);

/// By what a person typed or a link says. Empty when there is none.
[[nodiscard]] Result<std::optional<storage::DecoupledRequest>> find_by_user_code(
    Provider const& provider, std::string_view typed);

/// The page at the end: the person may go back to the other device.
[[nodiscard]] HttpResponse decoupled_page(Provider const& provider, bool allowed,
                                          std::string_view locale);

}  // namespace tunnus::oidc
