// SPDX-License-Identifier: MIT
// A copy of a database file that is in use.
#pragma once

#include "storage/sql/database.hpp"

#include <span>
#include <string>

namespace tunnus::sql {

/// Copies the database at `path`, as it is at one moment, into the new file `copy` (mode 0600),
/// runs `marks` in the copy, checks it and makes it durable; only then it has its name. Nobody who
/// uses the database waits. What was deleted is not in the copy. SqlErrc::full when `copy` is there
/// already or cannot be written.
[[nodiscard]] Result<> back_up_sqlite(std::string const& path, std::string const& copy,
                                      std::span<Statement const> marks, milliseconds busy_timeout);

}  // namespace tunnus::sql
