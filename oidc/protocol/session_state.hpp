// SPDX-License-Identifier: MIT
// `session_state`, OpenID Connect Session Management 1.0 §2: by which a service's page asks, in a
// frame and without a request, whether the person is still signed in here.
#pragma once

#include <string>
#include <string_view>

namespace tunnus::oidc {

/// The digest of client, origin, browser state and salt, each apart by a space, as base64url; a
/// dot; the salt. The script of check_session.cpp computes the same.
[[nodiscard]] std::string make_session_state(std::string_view client_id, std::string_view origin,
                                             std::string_view browser_state, std::string_view salt);

}  // namespace tunnus::oidc
