// SPDX-License-Identifier: MIT
#include "storage/one_time.hpp"

#include <stdexcept>

namespace tunnus::storage {
namespace {

Result<bool> won(sql::Database& database, std::string_view name,
                 std::vector<sql::Statement> steps) {
    auto const verdict = database.commit(sql::Write::adding(name, std::move(steps)));
    if (!verdict) return verdict.error();
    return *verdict == Verdict::won;
}

}  // namespace

Result<bool> use_once(sql::Database& database, std::string_view space, std::string_view id,
                      TimePoint expires_at) {
    return won(database, "use_once", {use_once_statement({space, std::string(id), expires_at})});
}

void add_guard(Intention& intention, OneTimeUse const& use) {
    auto& guards = dynamic_cast<sql::Write&>(intention).guards;
    if (guards.size() == 2) throw std::logic_error("a third guard");
    guards.push_back(use_once_statement(use));
}

std::unique_ptr<Intention> only_guards() {
    return sql::Write::adding("only_guards", std::vector<sql::Statement>());
}

sql::Statement use_once_statement(OneTimeUse const& use) {
    return {"INSERT INTO one_time (space, id_hash, expires_at) VALUES (?, ?, ?)",
            {sql::value(use.space), sql::blob(sha256(use.id)), sql::value(use.expires_at)},
            1};
}

std::vector<sql::Statement> attempt_steps(Attempt const& attempt) {
    auto const bucket_hash = sql::blob(sha256(attempt.bucket));
    milliseconds const window_ms = attempt.window;
    TimePoint const window_start = attempt.now - attempt.now.time_since_epoch() % window_ms;
    std::vector<sql::Statement> steps;
    steps.push_back(
        {"INSERT INTO attempts (bucket, window_start, used, expires_at) "
         "VALUES (?, ?, 0, ?) /*sqlite ON CONFLICT DO NOTHING */ "
         "/*M! ON DUPLICATE KEY UPDATE used = used */",
         {bucket_hash, sql::value(window_start), sql::value(window_start + window_ms)},
         {}});
    steps.push_back(
        {"UPDATE attempts SET used = used + 1 "
         "WHERE bucket = ? AND window_start = ? AND used < ?",
         {bucket_hash, sql::value(window_start),
          sql::value(static_cast<std::int64_t>(attempt.limit))},
         1});
    return steps;
}

std::unique_ptr<Intention> reserve_attempt(Attempt const& attempt) {
    return sql::Write::adding("reserve_attempt", attempt_steps(attempt));
}

Result<bool> reserve_attempt(sql::Database& database, std::string_view bucket, std::size_t limit,
                             seconds window, TimePoint now) {
    return won(database, "reserve_attempt",
               attempt_steps({std::string(bucket), limit, window, now}));
}

Result<> reset_attempts(sql::Database& database, std::string_view bucket) {
    std::vector<sql::Statement> steps;
    steps.push_back({"DELETE FROM attempts WHERE bucket = ?", {sql::blob(sha256(bucket))}, {}});
    auto const reset = won(database, "reset_attempts", std::move(steps));
    if (!reset) return reset.error();
    return {};
}

}  // namespace tunnus::storage
