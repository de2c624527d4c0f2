// SPDX-License-Identifier: MIT
// Everything that people and services hold: logins, sessions, grants and tokens.
#pragma once

#include "idp/base/random.hpp"
#include "storage/sql/database.hpp"

namespace tunnus::storage {

/// Ends what was begun or given out after `after`; the services of the sessions hear of it.
[[nodiscard]] std::vector<sql::Statement> end_what_was_given_out(TimePoint after, TimePoint now,
                                                                 Random& random);

}  // namespace tunnus::storage
