// SPDX-License-Identifier: MIT
// What the endpoints of requests that a person answers elsewhere share (RFC 8628, OpenID CIBA), and
// how the login that answers one begins.
#pragma once

#include "oidc/endpoints/authorization.hpp"
#include "oidc/endpoints/back_channel.hpp"

#include <optional>

namespace tunnus::oidc {

/// An authorization request that no browser brought: it ends with a page, not with a redirect, and
/// always asks the person. `parameters` say scope, acr_values, resource and authorization_details;
/// max_age is the client's registered one. Refuses with invalid_scope, invalid_target and
/// invalid_authorization_details.
[[nodiscard]] Checked<AuthorizationRequest> make_decoupled_request(BackChannelCall const& call,
                                                                   Form const& parameters);

/// What is stored of a request that is now asked under this bearer, and its audit event. The caller
/// adds what its way of asking needs.
[[nodiscard]] storage::AddDecoupledRequest store_decoupled(BackChannelCall const& call,
                                                           storage::Bearer const& bearer,
                                                           AuthorizationRequest const& request,
                                                           std::string_view user_id,
                                                           seconds lifetime);

/// The keyed digest by which the code that a person chose (OpenID CIBA's user_code) is known again.
[[nodiscard]] std::string approval_code_index(Provider const& provider, std::string_view user_id,
                                              std::string_view code);

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
