// SPDX-License-Identifier: MIT
// The clock's high-water mark: the latest time that any process on this database is known to have
// told (threats.md F-31).
#pragma once

#include "idp/base/audit.hpp"
#include "idp/base/random.hpp"
#include "storage/sql/database.hpp"

namespace tunnus::storage {

/// The mark that stands; `now` becomes it where there was none.
[[nodiscard]] Result<TimePoint> settle_clock_mark(sql::Database& database, TimePoint now);
/// Sets the mark to `now`. `lost` where it stands there or later.
[[nodiscard]] std::unique_ptr<Intention> raise_clock_mark(TimePoint now);

/// The administrator says that `now` is right although the mark is later: the mark moves back, and
/// everything that was begun or given out in that future ends: logins, sessions (their services
/// hear of it), grants and tokens.
struct AcceptClock {
    TimePoint now{};
    AuditEvent audit;
};
[[nodiscard]] std::unique_ptr<Intention> accept_clock(AcceptClock const& data, Random& random);

}  // namespace tunnus::storage
