// SPDX-License-Identifier: MIT
// OpenID Connect Front-Channel Logout 1.0: what a frame loads so that a service forgets the
// browser.
#pragma once

#include "oidc/protocol/client.hpp"

#include <string>
#include <string_view>

namespace tunnus::oidc {

/// §2: the client's frontchannel_logout_uri, which it has, with `iss` and `sid` added. Both are
/// sent to every client: a service that takes them cannot be signed out by a stranger's link.
[[nodiscard]] std::string front_channel_logout_location(Client const& client,
                                                        std::string_view issuer,
                                                        std::string_view sid);

}  // namespace tunnus::oidc
