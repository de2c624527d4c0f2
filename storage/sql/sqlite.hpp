// SPDX-License-Identifier: MIT
// The SQLite engine: one writer thread, several reader connections, one file (threats.md 8.3).
#pragma once

#include "storage/sql/open.hpp"

namespace tunnus::sql {

/// Marks our files: "TNUS". Another value in the header means that the file is somebody else's.
inline constexpr std::int64_t sqlite_application_id = 0x544E5553;

/// `path` is a file or `:memory:`. Use open_database(), which reads the URL.
///
/// A missing file is made beside its final name and renamed, so that an empty or half-made file is
/// always damage and never a beginning. Refused: a second server on the same file (SqlErrc::busy,
/// F-10); a file that is not ours, damaged or cut short (SqlErrc::corrupt, F-09); a missing one
/// when `create` is false (SqlErrc::corrupt, F-08).
[[nodiscard]] Result<std::unique_ptr<Database>> open_sqlite(std::string const& path,
                                                            DatabaseSettings const& settings,
                                                            Log& log);

}  // namespace tunnus::sql
