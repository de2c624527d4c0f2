// SPDX-License-Identifier: MIT
// The beginning of a database file.
#pragma once

#include "idp/base/result.hpp"

#include <string>

namespace tunnus::sql {

/// Makes an empty database of ours at `path`, mode 0600, and the folder around it, mode 0700, if it
/// does not exist. The caller makes sure that nobody else does the same. SqlErrc::corrupt when a
/// WAL lies there without its database: somebody took that away.
[[nodiscard]] Result<> create_sqlite_file(std::string const& path);

/// Makes the folder alone, so that a lock file can be placed in it.
[[nodiscard]] Result<> create_sqlite_folder(std::string const& path);

/// Makes the names in the folder of `path` durable.
void sync_folder_of(std::string const& path);

}  // namespace tunnus::sql
