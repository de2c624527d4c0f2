// SPDX-License-Identifier: MIT
#include "storage/services.hpp"

#include "storage/audit_log.hpp"
#include "storage/columns.hpp"

#include <boost/json/serialize.hpp>

namespace tunnus::storage {

Result<std::vector<ServiceRecord>> Services::list() {
    auto const rows =
        database_.query({"SELECT name, members, created_at FROM services ORDER BY name", {}, {}});
    if (!rows) return rows.error();
    std::vector<ServiceRecord> services;
    for (auto const& row : *rows) {
        auto members = read_object(row.text(1));
        if (!members) return members.error();
        services.push_back({row.text(0), std::move(*members), row.time(2)});
    }
    return services;
}

std::unique_ptr<Intention> add_service(ServiceRecord const& record, AuditEvent const& audit,
                                       Random& random) {
    std::vector<sql::Statement> steps;
    steps.push_back({"INSERT INTO services (name, members, created_at) VALUES (?, ?, ?)",
                     {sql::value(record.name), sql::value(boost::json::serialize(record.members)),
                      sql::value(record.created_at)},
                     1});
    steps.push_back(audit_statement(audit, random));
    return std::make_unique<sql::Write>("add_service", std::move(steps));
}

std::unique_ptr<Intention> remove_service(std::string_view name, AuditEvent const& audit,
                                          Random& random) {
    std::vector<sql::Statement> steps;
    steps.push_back({"DELETE FROM services WHERE name = ?", {sql::value(name)}, 1});
    steps.push_back(audit_statement(audit, random));
    return std::make_unique<sql::Write>("remove_service", std::move(steps));
}

}  // namespace tunnus::storage
