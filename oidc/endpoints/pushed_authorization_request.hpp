// SPDX-License-Identifier: MIT
// Pushed authorization requests (RFC 9126), as the authorization endpoint sees them. The endpoint
// that takes them is in endpoints.hpp.
#pragma once

#include "oidc/endpoints/authorization.hpp"

#include <string_view>

namespace tunnus::oidc {

/// Whether this request_uri has the form of those we give out (§2.2).
[[nodiscard]] bool is_pushed_request_uri(std::string_view request_uri);

/// The request that `parsed` refers to, accepted when it was pushed. One query. Refuses by page,
/// with invalid_request without a client, else with invalid_request_uri: unknown, another client's,
/// expired, spent, or for a redirect_uri that is registered no longer (threats.md O-40).
[[nodiscard]] Checked<BegunAuthorization> find_pushed_request(Provider const& provider,
                                                              ParsedForm const& parsed,
                                                              TimePoint now);

}  // namespace tunnus::oidc
