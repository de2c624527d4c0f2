// SPDX-License-Identifier: MIT
#include "storage/given_out.hpp"

#include "storage/ids.hpp"

namespace tunnus::storage {

std::vector<sql::Statement> end_what_was_given_out(TimePoint after, TimePoint now, Random& random) {
    auto const since = sql::value(after);
    auto const at = sql::value(now);
    auto const ended_by = sql::blob(make_id(random, now));
    std::vector<sql::Statement> steps;
    steps.push_back({"DELETE FROM login_transactions WHERE created_at > ?", {since}, {}});
    steps.push_back({"DELETE FROM pushed_requests WHERE created_at > ?", {since}, {}});
    steps.push_back({"DELETE FROM decoupled_requests WHERE created_at > ?", {since}, {}});
    steps.push_back(
        {"UPDATE sessions SET ended_at = ?, ended_by = ? "
         "WHERE ended_at IS NULL AND created_at > ?",
         {at, ended_by, since},
         {}});
    steps.push_back(
        {"INSERT INTO logout_deliveries "
         "(session_id, client_id, user_id, attempts, next_attempt_at) "
         "SELECT DISTINCT s.id, g.client_id, s.user_id, 0, ? "
         "FROM sessions s JOIN grants g ON g.session_id = s.id "
         "WHERE s.ended_at IS NOT NULL AND s.ended_by = ?",
         {at, ended_by},
         {}});
    for (auto const* revoke :
         {"UPDATE grants SET revoked_at = ? WHERE revoked_at IS NULL AND created_at > ?",
          "UPDATE access_tokens SET revoked_at = ? WHERE revoked_at IS NULL AND created_at > ?"})
        steps.push_back({revoke, {at, since}, {}});
    return steps;
}

}  // namespace tunnus::storage
