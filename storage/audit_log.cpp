// SPDX-License-Identifier: MIT
#include "storage/audit_log.hpp"

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
    std::vector<sql::Statement> steps;
    steps.push_back(audit_statement(event, random_));
    auto const recorded = database_.commit(sql::Write::adding("record_audit", std::move(steps)));
    if (!recorded) return recorded.error();
    return {};
}

}  // namespace tunnus::storage
