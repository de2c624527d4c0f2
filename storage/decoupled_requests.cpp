// SPDX-License-Identifier: MIT
#include "storage/decoupled_requests.hpp"

#include "storage/audit_log.hpp"
#include "storage/columns.hpp"

namespace tunnus::storage {
namespace {

using State = DecoupledRequest::State;
using Steps = std::vector<sql::Statement>;

constexpr std::string_view sealed_column = "decoupled_requests.body";
/// How long one that has ended can still be asked about.
constexpr milliseconds remembered = std::chrono::minutes(10);

}  // namespace

// Twelve columns: id, secret_hash, client_id, user_code_index, user_id, state, grant_id, body,
// interval_s, asked_at, created_at, expires_at.
Result<std::optional<DecoupledRequest>> DecoupledRequests::read(sql::Row const& row) {
    auto body = open_json(sealer_, sealed_column, row.bytes(0), row.bytes(7));
    if (!body) return body.error();
    if (!body->is_object()) return Error(sql::SqlErrc::corrupt, "decoupled_requests.body");
    return std::optional(DecoupledRequest{.id = row.bytes(0),
                                          .secret_hash = row.bytes(1),
                                          .client_id = row.text(2),
                                          .user_code_index = row.bytes(3),
                                          .user_id = row.text(4),
                                          .state = static_cast<State>(row.integer(5)),
                                          .grant_id = row.bytes(6),
                                          .body = std::move(body->get_object()),
                                          .interval = seconds(row.integer(8)),
                                          .asked_at = row.maybe_time(9),
                                          .created_at = row.time(10),
                                          .expires_at = row.time(11)});
}

Result<std::optional<DecoupledRequest>> DecoupledRequests::find_by_id(std::string_view id) {
    auto const row = database_.find(
        {"SELECT id, secret_hash, client_id, user_code_index, user_id, state, grant_id, body, "
         "interval_s, asked_at, created_at, expires_at FROM decoupled_requests WHERE id = ?",
         {sql::blob(id)},
         {}});
    if (!row) return row.error();
    if (!*row) return std::optional<DecoupledRequest>();
    return read(**row);
}

Result<std::optional<DecoupledRequest>> DecoupledRequests::find(Bearer const& bearer) {
    auto found = find_by_id(bearer.id);
    if (found && *found && !matches(bearer, (*found)->secret_hash)) found->reset();
    return found;
}

Result<std::optional<DecoupledRequest>> DecoupledRequests::find_by_user_code(
    std::string_view index) {
    auto const row = database_.find(
        {"SELECT id, secret_hash, client_id, user_code_index, user_id, state, grant_id, body, "
         "interval_s, asked_at, created_at, expires_at FROM decoupled_requests "
         "WHERE user_code_index = ?",
         {sql::blob(index)},
         {}});
    if (!row) return row.error();
    if (!*row) return std::optional<DecoupledRequest>();
    return read(**row);
}

std::unique_ptr<Intention> add_decoupled_request(DecoupledRequest const& request,
                                                 AuditEvent const& audit, Sealer const& sealer,
                                                 Random& random) {
    Steps steps;
    steps.push_back(
        {"INSERT INTO decoupled_requests (id, secret_hash, client_id, user_code_index, user_id, "
         "state, grant_id, body, interval_s, created_at, expires_at, kept_until) "
         "VALUES (?, ?, ?, ?, ?, 0, NULL, ?, ?, ?, ?, ?)",
         {sql::blob(request.id), sql::blob(request.secret_hash), sql::value(request.client_id),
          request.user_code_index.empty() ? sql::Value() : sql::blob(request.user_code_index),
          sql::value(request.user_id),
          seal_json(sealer, sealed_column, request.id, request.body, random),
          sql::value(std::int64_t{request.interval.count()}), sql::value(request.created_at),
          sql::value(request.expires_at), sql::value(request.expires_at + remembered)},
         1});
    steps.push_back(audit_statement(audit, random));
    return std::make_unique<sql::Write>("add_decoupled_request", std::move(steps));
}

std::unique_ptr<Intention> note_decoupled_question(std::string_view id, seconds interval,
                                                   TimePoint now) {
    Steps steps;
    steps.push_back({"UPDATE decoupled_requests SET asked_at = ?, interval_s = ? WHERE id = ?",
                     {sql::value(now), sql::value(std::int64_t{interval.count()}), sql::blob(id)},
                     {}});
    return std::make_unique<sql::Write>("note_decoupled_question", std::move(steps));
}

std::unique_ptr<Intention> deny_decoupled_request(DenyDecoupledRequest const& data,
                                                  Random& random) {
    Steps steps;
    if (data.login_version > 0)
        steps.push_back({"DELETE FROM login_transactions WHERE id = ? AND version = ?",
                         {sql::blob(data.login_id), sql::value(data.login_version)},
                         1});
    steps.push_back(
        {"UPDATE decoupled_requests SET state = 2 "
         "WHERE id = ? AND state = 0 AND expires_at > ?",
         {sql::blob(data.id), sql::value(data.now)},
         1});
    steps.push_back(audit_statement(data.audit, random));
    return std::make_unique<sql::Write>("deny_decoupled_request", std::move(steps));
}

sql::Statement allow_decoupled_request(std::string_view id, std::string_view user_id,
                                       std::string_view grant_id, TimePoint now) {
    return {
        "UPDATE decoupled_requests SET state = 1, grant_id = ? "
        "WHERE id = ? AND state = 0 AND expires_at > ? AND (user_id = '' OR user_id = ?)",
        {sql::blob(grant_id), sql::blob(id), sql::value(now), sql::value(user_id)},
        1};
}

sql::Statement take_decoupled_request(std::string_view id, std::string_view grant_id) {
    return {"DELETE FROM decoupled_requests WHERE id = ? AND state = 1 AND grant_id = ?",
            {sql::blob(id), sql::blob(grant_id)},
            1};
}

}  // namespace tunnus::storage
