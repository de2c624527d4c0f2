// SPDX-License-Identifier: MIT
// OpenID CIBA Core §10.2: a service in ping mode is told that the person has answered.
#pragma once

#include "oidc/provider.hpp"

namespace tunnus::oidc {

/// Tells what is due, several services at once. An attempt is counted before it is made; there are
/// at most limits.ciba_notification_attempts of them, and no further one once a service has
/// answered with anything but 5xx or 429: it was told, or will not be (401). Redirects are not
/// followed. One caller at a time in a process. Returns how many were told or will not be, or what
/// storage refused.
[[nodiscard]] Result<std::size_t> deliver_pings(Provider const& provider);

}  // namespace tunnus::oidc
