// SPDX-License-Identifier: MIT
// How a database is named and opened.
#pragma once

#include "idp/base/limits.hpp"
#include "idp/base/log.hpp"
#include "idp/base/secret.hpp"
#include "storage/sql/database.hpp"

#include <memory>
#include <string>

namespace tunnus::sql {

struct DatabaseSettings {
    /// `sqlite:PATH`, `sqlite::memory:` or `mariadb://…` (mariadb_address.hpp)
    std::string url;
    Secret password;     ///< MariaDB only
    bool create = true;  ///< false: a missing file is an error (threats.md F-08)
    std::size_t readers = 4;
    /// A server has the database to itself among servers; a command may work beside it.
    enum class Use { server, command } use = Use::server;
    Limits limits;
};
/// Opens and checks the engine's settings (threats.md 8.3). Errors name the setting.
[[nodiscard]] Result<std::unique_ptr<Database>> open_database(DatabaseSettings const& settings,
                                                              Log& log);

}  // namespace tunnus::sql
