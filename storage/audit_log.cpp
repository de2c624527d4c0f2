// SPDX-License-Identifier: MIT
#include "storage/audit_log.hpp"

#include "storage/columns.hpp"
#include "storage/ids.hpp"

#include <boost/json/serialize.hpp>

namespace tunnus::storage {

sql::Statement audit_statement(AuditEvent const& event, Random& random) {
    return {
        "INSERT INTO audit_events "
        "(id, at, kind, event_id, request_id, user_id, client_id, fields) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        audit_values(event, make_id(random, event.at)),
        {}};
}

std::vector<sql::Value> audit_values(AuditEvent const& event, std::string_view row_id) {
    return {sql::blob(row_id),
            sql::value(event.at),
            sql::value(to_string(event.kind)),
            sql::value(event.event_id),
            sql::value(event.request_id),
            sql::value(event.user_id),
            sql::value(event.client_id),
            sql::value(boost::json::serialize(event.fields))};
}

Result<> AuditLog::record(AuditEvent event) {
    auto const recorded = database_.commit(recording({std::move(event)}));
    if (!recorded) return recorded.error();
    return {};
}

std::unique_ptr<Intention> AuditLog::recording(std::vector<AuditEvent> events) {
    std::vector<sql::Statement> steps;
    steps.reserve(events.size());
    for (auto const& event : events)
        steps.push_back(audit_statement(event, random_));
    return sql::Write::adding("record_audit", std::move(steps));
}

Result<AuditPiece> find_audit_events(sql::Database& database, std::string_view user_id,
                                     std::optional<AuditPlace> const& before, std::size_t most) {
    auto const place = before.value_or(AuditPlace{TimePoint::max(), {}});
    auto const rows = database.query(
        {"SELECT kind, at, event_id, request_id, user_id, client_id, fields, id FROM audit_events "
         "WHERE user_id = ? AND at <= ? AND (at < ? OR id < ?) "
         "AND kind NOT IN ('password.failed', 'plugin.failed') "
         "ORDER BY at DESC, id DESC LIMIT ?",
         {sql::value(user_id), sql::value(place.at), sql::value(place.at), sql::blob(place.id),
          sql::value(static_cast<std::int64_t>(most))},
         {}});
    if (!rows) return rows.error();
    AuditPiece piece;
    if (rows->size() == most && most > 0)
        piece.behind = AuditPlace{rows->back().time(1), rows->back().bytes(7)};
    for (auto const& row : *rows) {
        auto const kind = audit_kind_of(row.text(0));
        if (!kind) continue;
        auto fields = read_object(row.text(6));
        if (!fields) return fields.error();
        piece.events.push_back({.kind = *kind,
                                .at = row.time(1),
                                .event_id = row.text(2),
                                .request_id = row.text(3),
                                .user_id = row.text(4),
                                .client_id = row.text(5),
                                .fields = std::move(*fields)});
    }
    return piece;
}

}  // namespace tunnus::storage
