// SPDX-License-Identifier: MIT
// The plugin's tables: two layers of data about a person. Times are milliseconds since 1970.
#pragma once

#include "storage/sql/database.hpp"

#include <array>

namespace tunnus::plugin::profile {

inline constexpr std::array<sql::Migration, 1> migrations{{{1, "initial", R"sql(
-- What the person may edit: names and e-mail.
CREATE TABLE profile_light (
    user_id    VARCHAR(36)      NOT NULL PRIMARY KEY,
    sealed     VARBINARY(16384) NOT NULL,  -- JSON
    updated_at BIGINT           NOT NULL
) /*sqlite WITHOUT ROWID */;

-- What the population register says, replaced whole at each strong login. The identity code is in it.
CREATE TABLE profile_official (
    user_id      VARCHAR(36)      NOT NULL PRIMARY KEY,
    sealed       VARBINARY(65535) NOT NULL,  -- JSON
    refreshed_at BIGINT           NOT NULL
) /*sqlite WITHOUT ROWID */;
)sql"}}};

}  // namespace tunnus::plugin::profile
