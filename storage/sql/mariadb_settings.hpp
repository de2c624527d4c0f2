// SPDX-License-Identifier: MIT
// What must hold of a server and of a session before anything is written (threats.md 8.3).
#pragma once

#include "storage/sql/mariadb_connection.hpp"

namespace tunnus::sql {

/// Sets what a session may set, then reads everything back. SqlErrc::misuse names the setting that
/// does not hold: the program does not start on such a server. SqlErrc::busy: a node of Galera that
/// is not in step with its cluster, or a server that takes no writes now.
[[nodiscard]] Result<> apply_mariadb_settings(MariadbConnection& connection, Limits const& limits,
                                              MariadbConnection::Role role);

}  // namespace tunnus::sql
