// SPDX-License-Identifier: MIT
// The operating system's files as SQLite sees them, but that writes to a WAL are gathered: SQLite
// writes two pieces a page, a commit of ours a hundred. Only for connections with synchronous=FULL,
// which sync the WAL in each commit and so send it all.
#pragma once

namespace tunnus::sql {

/// The name for sqlite3_open_v2. Registered at the first call; any thread may call. Throws
/// std::runtime_error when SQLite refuses.
[[nodiscard]] char const* sqlite_wal_vfs();

}  // namespace tunnus::sql
