// SPDX-License-Identifier: MIT
// A request object by reference (OpenID Connect Core §6.2, RFC 9101 §5.2): fetched from the
// addresses that the client registered and no others.
#pragma once

#include "idp/base/form.hpp"
#include "idp/base/route.hpp"
#include "oidc/provider.hpp"

#include <optional>

namespace tunnus::oidc {

/// Lane::outbound for an authorization request that may make us call another server, Lane::fast for
/// all others. Only looks at the bytes.
[[nodiscard]] Lane lane_of_authorization(HttpRequest const& request);

/// The form with the object in `request` in place of its `request_uri`. Blocks. Empty, so that the
/// request_uri stays and is refused, when it is not one of the client's, when the request came by
/// another lane, and when the object cannot be had with a 200 within limits.http_timeout and
/// limits.request_object_bytes.
[[nodiscard]] std::optional<ParsedForm> fetch_request_object(Provider const& provider,
                                                             HttpRequest const& request,
                                                             ParsedForm const& parsed);

}  // namespace tunnus::oidc
