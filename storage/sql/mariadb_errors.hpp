// SPDX-License-Identifier: MIT
// What MariaDB's error numbers mean to us (threats.md F-15 to F-29).
#pragma once

#include "storage/sql/database.hpp"

namespace tunnus::sql {

/// What may be done about an error.
enum class MariadbTrouble {
    none,
    unique,     ///< the statement broke a UNIQUE or PRIMARY KEY; the transaction stands
    statement,  ///< any other error of one statement; the transaction stands
    conflict,   ///< the transaction is undone, or must be: begin it again
    host,  ///< this server cannot serve now, or is gone: what was not committed may go to another
};

[[nodiscard]] MariadbTrouble trouble_of(unsigned error_number);
/// In our words. SqlErrc::conflict for `conflict`, SqlErrc::busy for `host`.
[[nodiscard]] SqlErrc sql_errc_of(unsigned error_number);
/// Whether the connection was lost with the error, so that nobody knows how far the server came.
[[nodiscard]] bool is_connection_lost(unsigned error_number);

}  // namespace tunnus::sql
