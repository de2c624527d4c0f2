// SPDX-License-Identifier: MIT
// Requests and assertions that were used: each may be used once, on whatever node, also after a
// restart and when the clock steps back (threats.md S-102 to S-104).
#pragma once

#include "plugins/api/plugin.hpp"

#include <span>
#include <string_view>

namespace tunnus::plugin::suomifi {

[[nodiscard]] std::span<sql::Migration const> migrations();

/// Any thread may call.
class Seen {
  public:
    Seen(sql::Database& database, Clock& clock, Limits const& limits)
        : database_(database), clock_(clock), limits_(limits) {}

    /// Uses both up, together, by inserting them. False: one of them was used before, and nothing
    /// has changed. An error: whether they are used is unknown, so they count as used.
    [[nodiscard]] Result<bool> use_up(std::string_view request_id, std::string_view assertion_id);

    /// Forgets what is older than any assertion can be valid, limits.expiry_batch rows at a time.
    [[nodiscard]] Result<> clean();

  private:
    sql::Database& database_;
    Clock& clock_;
    Limits const& limits_;
};

}  // namespace tunnus::plugin::suomifi
