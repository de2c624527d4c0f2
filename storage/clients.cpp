// SPDX-License-Identifier: MIT
#include "storage/clients.hpp"

#include "idp/base/encoding.hpp"
#include "storage/audit_log.hpp"
#include "storage/columns.hpp"

#include <boost/json/serialize.hpp>

namespace tunnus::storage {
namespace {

constexpr std::string_view secret_column = "clients.client_secret";
constexpr std::string_view secret_name = "client_secret";

/// The metadata as stored: the secret, if there is one, sealed and in base64.
sql::Value stored_metadata(ClientRecord const& record, Sealer const& sealer, Random& random) {
    auto metadata = record.metadata;
    if (auto* const secret = metadata.if_contains(secret_name)) {
        auto const sealed = seal_json(sealer, secret_column, record.client_id, *secret, random);
        *secret = boost::json::string(encode_base64(std::get<sql::Blob>(sealed).bytes));
    }
    return sql::value(boost::json::serialize(metadata));
}

/// In the order of the columns.
std::vector<sql::Value> stored_values(ClientRecord const& record, Sealer const& sealer,
                                      Random& random) {
    return {sql::value(record.client_id),        stored_metadata(record, sealer, random),
            sql::value(record.created_at),       sql::value(record.version),
            sql::blob(record.registration_hash), sql::value(std::int64_t{record.vouched})};
}

Result<ClientRecord> read_client(sql::Row const& row, Sealer const& sealer) {
    auto metadata = read_object(row.text(1));
    if (!metadata) return metadata.error();
    if (auto* const secret = metadata->if_contains(secret_name)) {
        auto const sealed =
            decode_base64(secret->is_string() ? std::string_view(secret->get_string()) : "");
        if (!sealed) return Error(sql::SqlErrc::corrupt, "a client_secret is not base64");
        auto plain = open_json(sealer, secret_column, row.text(0), *sealed);
        if (!plain) return plain.error();
        *secret = std::move(*plain);
    }
    return ClientRecord{row.text(0),    std::move(*metadata), row.time(2),
                        row.integer(3), row.bytes(4),         row.integer(5) != 0};
}

}  // namespace

Result<std::optional<ClientRecord>> Clients::find(std::string_view client_id) {
    auto const row = database_.find(
        {"SELECT client_id, metadata, created_at, version, registration_hash, vouched FROM clients "
         "WHERE client_id = ?",
         {sql::value(client_id)},
         {}});
    if (!row) return row.error();
    if (!*row) return std::optional<ClientRecord>();
    auto client = read_client(**row, sealer_);
    if (!client) return client.error();
    return std::optional<ClientRecord>(std::move(*client));
}

Result<std::vector<ClientRecord>> Clients::list(std::string_view after, std::size_t most) {
    auto const rows = database_.query(
        {"SELECT client_id, metadata, created_at, version, registration_hash, vouched FROM clients "
         "WHERE client_id > ? ORDER BY client_id LIMIT ?",
         {sql::value(after), sql::value(static_cast<std::int64_t>(most))},
         {}});
    if (!rows) return rows.error();
    std::vector<ClientRecord> clients;
    for (auto const& row : *rows) {
        auto client = read_client(row, sealer_);
        if (!client) return client.error();
        clients.push_back(std::move(*client));
    }
    return clients;
}

std::unique_ptr<Intention> add_client(ClientRecord const& record, AuditEvent const& audit,
                                      Sealer const& sealer, Random& random) {
    std::vector<sql::Statement> steps;
    steps.push_back(
        {"INSERT INTO clients (client_id, metadata, created_at, version, registration_hash, "
         "vouched) "
         "VALUES (?, ?, ?, ?, ?, ?)",
         stored_values(record, sealer, random), 1});
    steps.push_back(audit_statement(audit, random));
    return std::make_unique<sql::Write>("add_client", std::move(steps));
}

std::unique_ptr<Intention> register_client(ClientRecord const& record, std::size_t most,
                                           AuditEvent const& audit, Sealer const& sealer,
                                           Random& random) {
    auto values = stored_values(record, sealer, random);
    values.push_back(sql::value(static_cast<std::int64_t>(most)));
    std::vector<sql::Statement> steps;
    // '.' follows '-' : the range is that of registered_client_prefix.
    steps.push_back(
        {"INSERT INTO clients (client_id, metadata, created_at, version, registration_hash, "
         "vouched) "
         "SELECT ?, ?, ?, ?, ?, ? /*M! FROM DUAL */ WHERE (SELECT COUNT(*) FROM clients "
         "WHERE client_id >= 'dcr-' AND client_id < 'dcr.') < ?",
         std::move(values), 1});
    steps.push_back(audit_statement(audit, random));
    return std::make_unique<sql::Write>("register_client", std::move(steps));
}

std::unique_ptr<Intention> replace_client(ClientRecord const& record, AuditEvent const& audit,
                                          Sealer const& sealer, Random& random) {
    std::vector<sql::Statement> steps;
    steps.push_back(
        {"UPDATE clients SET metadata = ?, registration_hash = ?, version = version + 1 "
         "WHERE client_id = ? AND version = ?",
         {stored_metadata(record, sealer, random), sql::blob(record.registration_hash),
          sql::value(record.client_id), sql::value(record.version)},
         1});
    steps.push_back(audit_statement(audit, random));
    return std::make_unique<sql::Write>("replace_client", std::move(steps));
}

std::unique_ptr<Intention> remove_client(std::string_view client_id, TimePoint now,
                                         AuditEvent const& audit, Random& random) {
    std::vector<sql::Statement> steps;
    steps.push_back({"DELETE FROM clients WHERE client_id = ?", {sql::value(client_id)}, 1});
    steps.push_back({"UPDATE grants SET revoked_at = ? WHERE client_id = ? AND revoked_at IS NULL",
                     {sql::value(now), sql::value(client_id)},
                     {}});
    steps.push_back(audit_statement(audit, random));
    return std::make_unique<sql::Write>("remove_client", std::move(steps));
}

}  // namespace tunnus::storage
