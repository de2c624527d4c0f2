// SPDX-License-Identifier: MIT
// The audit trail is sealed as it grows (storage/audit_chain.hpp).
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/crypto.hpp"
#include "idp/base/log.hpp"
#include "storage/sql/database.hpp"

namespace tunnus {

/// Seals all that is unsealed, at most `most` events at a time. Each seal is told to the log: where
/// logs are kept elsewhere, its number and digest prove later that the trail was not put back.
[[nodiscard]] Result<> seal_audit(Clock const& clock, sql::Database& database, Sealer const& sealer,
                                  Log& log, std::size_t most);

}  // namespace tunnus
