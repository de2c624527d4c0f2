// SPDX-License-Identifier: MIT
// RFC 8707: `resource`, the addresses of the services that an access token is for.
#pragma once

#include "oidc/protocol/client.hpp"
#include "oidc/protocol/refusal.hpp"

#include <string>
#include <vector>

namespace tunnus::oidc {

/// What was asked for, without repeats. Refuses with invalid_target what is not an absolute URI
/// without fragment, or not among the client's registered `resources`.
[[nodiscard]] Checked<std::vector<std::string>> check_resources(
    Client const& client, std::vector<std::string> const& asked, Delivery delivery);

/// §2.2: what a token is for. Asked for must be part of what was granted; nothing asked means all
/// of it, and with the scope openid our userinfo too (`issuer`). Empty: for nothing in particular.
[[nodiscard]] Checked<std::vector<std::string>> narrow_resources(
    std::vector<std::string> const& granted, std::vector<std::string> const& asked, bool openid,
    std::string_view issuer);

}  // namespace tunnus::oidc
