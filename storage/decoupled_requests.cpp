// SPDX-License-Identifier: MIT
#include "storage/decoupled_requests.hpp"

#include "storage/audit_log.hpp"
#include "storage/columns.hpp"
#include "storage/outbox.hpp"

namespace tunnus::storage {
namespace {

using State = DecoupledRequest::State;
using Steps = std::vector<sql::Statement>;

constexpr std::string_view sealed_column = "decoupled_requests.body";
/// How long one that has ended can still be asked about.
constexpr milliseconds remembered = std::chrono::minutes(10);

}  // namespace

// Thirteen columns: id, secret_hash, client_id, user_code_index, user_id, state, grant_id, body,
// interval_s, asked_at, created_at, expires_at, pings.
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
                                          .pings = row.integer(12) != 0,
                                          .interval = seconds(row.integer(8)),
                                          .asked_at = row.maybe_time(9),
                                          .created_at = row.time(10),
                                          .expires_at = row.time(11)});
}

Result<std::optional<DecoupledRequest>> DecoupledRequests::find_by_id(std::string_view id) {
    auto const row = database_.find(
        {"SELECT id, secret_hash, client_id, user_code_index, user_id, state, grant_id, body, "
         "interval_s, asked_at, created_at, expires_at, pings FROM decoupled_requests WHERE id = ?",
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
         "interval_s, asked_at, created_at, expires_at, pings FROM decoupled_requests "
         "WHERE user_code_index = ?",
         {sql::blob(index)},
         {}});
    if (!row) return row.error();
    if (!*row) return std::optional<DecoupledRequest>();
    return read(**row);
}

Result<std::vector<DecoupledRequest>> DecoupledRequests::pending_of(std::string_view user_id,
                                                                    TimePoint now) {
    auto const rows = database_.query(
        {"SELECT id, secret_hash, client_id, user_code_index, user_id, state, grant_id, body, "
         "interval_s, asked_at, created_at, expires_at, pings FROM decoupled_requests "
         "WHERE user_id = ? AND state = 0 AND expires_at > ? ORDER BY id",
         {sql::value(user_id), sql::value(now)},
         {}});
    if (!rows) return rows.error();
    std::vector<DecoupledRequest> found;
    for (auto const& row : *rows) {
        auto one = read(row);
        if (!one) return one.error();
        found.push_back(std::move(**one));
    }
    return found;
}

Result<std::vector<Ping>> DecoupledRequests::due_pings(TimePoint now, std::size_t most) {
    auto const rows =
        database_.query({"SELECT id, client_id, body, ping_attempts FROM decoupled_requests "
                         "WHERE ping_at <= ? ORDER BY ping_at LIMIT ?",
                         {sql::value(now), sql::value(static_cast<std::int64_t>(most))},
                         {}});
    if (!rows) return rows.error();
    std::vector<Ping> due;
    for (auto const& row : *rows) {
        auto body = open_json(sealer_, sealed_column, row.bytes(0), row.bytes(2));
        if (!body) return body.error();
        if (!body->is_object()) return Error(sql::SqlErrc::corrupt, "decoupled_requests.body");
        due.push_back({row.bytes(0), row.text(1), std::move(body->get_object()), row.integer(3)});
    }
    return due;
}

Result<bool> DecoupledRequests::claim_ping(Ping const& ping, std::optional<TimePoint> next_at) {
    Steps steps;
    steps.push_back(
        {"UPDATE decoupled_requests SET ping_attempts = ping_attempts + 1, ping_at = ? "
         "WHERE id = ? AND ping_attempts = ? AND ping_at IS NOT NULL",
         {next_at ? sql::value(*next_at) : sql::Value(), sql::blob(ping.request_id),
          sql::value(ping.attempts)},
         1});
    auto const verdict = database_.commit(sql::Write::adding("claim_ping", std::move(steps)));
    if (!verdict) return verdict.error();
    return *verdict == Verdict::won;
}

Result<> DecoupledRequests::end_pings(std::string_view request_id) {
    Steps steps;
    steps.push_back(
        {"UPDATE decoupled_requests SET ping_at = NULL WHERE id = ?", {sql::blob(request_id)}, {}});
    auto const done = database_.commit(sql::Write::adding("end_pings", std::move(steps)));
    if (!done) return done.error();
    return {};
}

std::unique_ptr<Intention> add_decoupled_request(AddDecoupledRequest const& data,
                                                 Sealer const& sealer, Random& random) {
    auto const& request = data.request;
    Steps steps;
    if (data.once) steps.push_back(use_once_statement(*data.once));
    if (data.attempt)
        for (auto& step : attempt_steps(*data.attempt))
            steps.push_back(std::move(step));
    steps.push_back(
        {"INSERT INTO decoupled_requests (id, secret_hash, client_id, user_code_index, user_id, "
         "state, grant_id, body, interval_s, created_at, expires_at, kept_until, pings, "
         "ping_attempts) VALUES (?, ?, ?, ?, ?, 0, NULL, ?, ?, ?, ?, ?, ?, 0)",
         {sql::blob(request.id), sql::blob(request.secret_hash), sql::value(request.client_id),
          request.user_code_index.empty() ? sql::Value() : sql::blob(request.user_code_index),
          sql::value(request.user_id),
          seal_json(sealer, sealed_column, request.id, request.body, random),
          sql::value(std::int64_t{request.interval.count()}), sql::value(request.created_at),
          sql::value(request.expires_at), sql::value(request.expires_at + remembered),
          sql::value(std::int64_t{request.pings})},
         1});
    if (data.mail) steps.push_back(mail_statement(*data.mail, sealer, random, request.created_at));
    steps.push_back(audit_statement(data.audit, random));
    return sql::Write::adding("add_decoupled_request", std::move(steps));
}

std::unique_ptr<Intention> note_decoupled_question(std::string_view id, seconds interval,
                                                   TimePoint now) {
    Steps steps;
    steps.push_back({"UPDATE decoupled_requests SET asked_at = ?, interval_s = ? WHERE id = ?",
                     {sql::value(now), sql::value(std::int64_t{interval.count()}), sql::blob(id)},
                     {}});
    return sql::Write::adding("note_decoupled_question", std::move(steps));
}

std::unique_ptr<Intention> deny_decoupled_request(DenyDecoupledRequest const& data,
                                                  Random& random) {
    Steps steps;
    if (data.login_version > 0)
        steps.push_back({"DELETE FROM login_transactions WHERE id = ? AND version = ?",
                         {sql::blob(data.login_id), sql::value(data.login_version)},
                         1});
    steps.push_back(
        {"UPDATE decoupled_requests SET state = 2, ping_at = CASE WHEN pings = 1 THEN ? END "
         "WHERE id = ? AND state = 0 AND expires_at > ? AND (user_id = '' OR user_id = ?)",
         {sql::value(data.now), sql::blob(data.id), sql::value(data.now), sql::value(data.user_id)},
         1});
    steps.push_back(audit_statement(data.audit, random));
    return sql::Write::adding("deny_decoupled_request", std::move(steps));
}

sql::Statement allow_decoupled_request(std::string_view id, std::string_view user_id,
                                       std::string_view grant_id, TimePoint now) {
    return {
        "UPDATE decoupled_requests SET state = 1, grant_id = ?, "
        "ping_at = CASE WHEN pings = 1 THEN ? END "
        "WHERE id = ? AND state = 0 AND expires_at > ? AND (user_id = '' OR user_id = ?)",
        {sql::blob(grant_id), sql::value(now), sql::blob(id), sql::value(now), sql::value(user_id)},
        1};
}

sql::Statement take_decoupled_request(std::string_view id, std::string_view grant_id) {
    return {"DELETE FROM decoupled_requests WHERE id = ? AND state = 1 AND grant_id = ?",
            {sql::blob(id), sql::blob(grant_id)},
            1};
}

}  // namespace tunnus::storage
