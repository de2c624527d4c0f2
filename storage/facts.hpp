// SPDX-License-Identifier: MIT
// Facts of the installation: the pairwise salt, the epoch, the clock's high-water mark.
#pragma once

#include "storage/sql/database.hpp"

namespace tunnus::storage {

/// At most 4,096 bytes. A secret one comes sealed.
[[nodiscard]] Result<std::optional<std::string>> find_fact(sql::Database& database,
                                                           std::string_view name);
/// Writes the fact unless it stands already; returns what stands then. Of several callers all get
/// the first one's value.
[[nodiscard]] Result<std::string> settle_fact(sql::Database& database, std::string_view name,
                                              std::string_view value);

}  // namespace tunnus::storage
