// SPDX-License-Identifier: MIT
// The document behind a sector_identifier_uri (OpenID Connect Core §8.1, Dynamic Client
// Registration §5): with it one party says that several hosts are its own.
#pragma once

#include "oidc/protocol/client.hpp"

#include <string_view>

namespace tunnus::oidc {

/// Whether the document, a JSON list of texts, has every redirect_uri of the client, byte for byte.
/// invalid_client_metadata when not.
[[nodiscard]] Checked<> check_sector_identifier(Client const& client, std::string_view document,
                                                Limits const& limits);

}  // namespace tunnus::oidc
