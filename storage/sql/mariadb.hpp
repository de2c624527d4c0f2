// SPDX-License-Identifier: MIT
// The MariaDB engine: one batch writer, a pool of readers, several hosts (threats.md 8.3, 8.4).
#pragma once

#include "storage/sql/open.hpp"

namespace tunnus::sql {

/// Use open_database(), which reads the URL. Every host that answers is looked at: SqlErrc::misuse
/// names the setting of one that must not be used. SqlErrc::busy when none answers;
/// SqlErrc::corrupt for an empty database when `create` is false.
[[nodiscard]] Result<std::unique_ptr<Database>> open_mariadb(DatabaseSettings const& settings,
                                                             Log& log);

}  // namespace tunnus::sql
