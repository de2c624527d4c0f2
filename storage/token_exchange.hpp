// SPDX-License-Identifier: MIT
// One access token made of another.
#pragma once

#include "storage/grants.hpp"

namespace tunnus::storage {

/// A token of the same grant. `lost` when the one it is made of ended or was revoked, or the grant.
[[nodiscard]] std::unique_ptr<Intention> exchange_token(AccessToken const& token,
                                                        std::string_view made_of,
                                                        AuditEvent const& audit, Random& random);

}  // namespace tunnus::storage
