// SPDX-License-Identifier: MIT
#include "storage/session_end.hpp"

#include "storage/audit_log.hpp"

namespace tunnus::storage {

void add_ending(std::vector<sql::Statement>& steps, EndSessions const& data, Random& random,
                std::optional<std::uint64_t> audited) {
    // Each session that this write ends carries the id of its audit event, so that the rest of the
    // write can tell them from those that had ended before.
    Id const event = make_id(random, data.now);
    for (auto const& id : data.session_ids)
        steps.push_back(sql::ending(
            {"UPDATE sessions SET ended_at = ?, ended_by = ? "
             "WHERE id = ? AND user_id = ? AND ended_at IS NULL",
             {sql::value(data.now), sql::blob(event), sql::blob(id), sql::value(data.user_id)},
             {}}));

    auto audit = audit_values(data.audit, event);
    audit.push_back(sql::value(data.user_id));
    audit.push_back(sql::blob(event));
    steps.push_back(
        {"INSERT INTO audit_events "
         "(id, at, kind, event_id, request_id, user_id, client_id, fields) "
         "SELECT ?, ?, ?, ?, ?, ?, ?, ? FROM sessions "
         "WHERE user_id = ? AND ended_at IS NOT NULL AND ended_by = ? LIMIT 1",
         std::move(audit), audited});
    follow_ended_sessions(steps, data.user_id, event, data.now);
}

void follow_ended_sessions(std::vector<sql::Statement>& steps, std::string_view user_id,
                           Id const& ended_by, TimePoint now) {
    // Before the revocation nothing tells which services knew the session; after it the rows still
    // do. A session is told of once: its rows are the queue's key.
    steps.push_back(
        {"INSERT INTO logout_deliveries "
         "(session_id, client_id, user_id, attempts, next_attempt_at) "
         "SELECT DISTINCT s.id, g.client_id, s.user_id, 0, ? "
         "FROM sessions s JOIN grants g ON g.session_id = s.id "
         "WHERE s.user_id = ? AND s.ended_at IS NOT NULL AND s.ended_by = ?",
         {sql::value(now), sql::value(user_id), sql::blob(ended_by)},
         {}});
    // A code that was not redeemed in time dies with the session even if the grant is offline.
    steps.push_back(sql::ending(
        {"UPDATE grants SET revoked_at = ? WHERE user_id = ? AND revoked_at IS NULL "
         "AND (offline = 0 OR redeemed_at IS NULL) AND session_id IN "
         "(SELECT id FROM sessions WHERE user_id = ? AND ended_at IS NOT NULL AND ended_by = ?)",
         {sql::value(now), sql::value(user_id), sql::value(user_id), sql::blob(ended_by)},
         {}}));
}

}  // namespace tunnus::storage
