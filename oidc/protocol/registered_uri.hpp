// SPDX-License-Identifier: MIT
// What a redirect URI and the other addresses of a client must look like to be registered (RFC 6749
// §3.1.2, RFC 8252 §7, OpenID Connect Dynamic Client Registration §2). At use they are only
// compared.
#pragma once

#include "idp/base/limits_fwd.hpp"
#include "oidc/protocol/client.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tunnus::oidc {

/// Why this address may not be registered as redirect_uri or post_logout_redirect_uri; empty when
/// it may: https, http on loopback (RFC 8252 §7.3; also for demonstrations), or for a native client
/// a private-use scheme with a dot in it (§7.1). Never a fragment, userinfo or a wildcard.
[[nodiscard]] std::optional<std::string> reject_redirect_uri(std::string_view uri,
                                                             ApplicationType application_type,
                                                             Limits const& limits);

/// The same for addresses that a page links to or that we call: https, or http on loopback.
[[nodiscard]] std::optional<std::string> reject_web_uri(std::string_view uri);

/// scheme://host[:port] of an https or http address; empty for any other.
[[nodiscard]] std::string origin_of(std::string_view uri);
/// Its host; empty for any other than https and http.
[[nodiscard]] std::string host_of(std::string_view uri);

}  // namespace tunnus::oidc
