// SPDX-License-Identifier: MIT
// What the core's tables hold about a person, as a whole (GDPR articles 15 and 17).
#pragma once

#include "idp/base/audit.hpp"
#include "idp/base/random.hpp"
#include "storage/sql/database.hpp"

#include <boost/json/object.hpp>

namespace tunnus::storage {

/// Account, ways to sign in, sessions, consents, grants and audit events; times are RFC 3339. Empty
/// when there is no such account. Nothing that opens anything is in it.
[[nodiscard]] Result<boost::json::object> export_user(sql::Database& database,
                                                      std::string_view user_id);

/// Deletes the account, its ways to sign in, sessions, consents, grants and tokens. Audit events
/// stay until they expire, and so do logout messages on their way. `lost` when there is no such
/// account.
struct EraseUser {
    std::string user_id;
    AuditEvent audit;
};
[[nodiscard]] std::unique_ptr<Intention> erase_user(EraseUser const& data, Random& random);

}  // namespace tunnus::storage
