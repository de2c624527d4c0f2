// SPDX-License-Identifier: MIT
#include "storage/clock_mark.hpp"

#include "storage/audit_log.hpp"
#include "storage/facts.hpp"
#include "storage/ids.hpp"

#include <algorithm>
#include <charconv>

namespace tunnus::storage {
namespace {

constexpr std::string_view mark_name = "clock";

/// Milliseconds in so many digits that the later time is also the greater text.
std::string write_time(TimePoint time) {
    constexpr std::size_t digits = 15;
    auto const text = std::to_string(to_unix_ms(time));
    return std::string(digits - std::min(digits, text.size()), '0') + text;
}

Result<TimePoint> read_time(std::string const& text) {
    std::int64_t ms = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), ms);
    if (error != std::errc() || end != text.data() + text.size())
        return Error(BaseErrc::malformed, "facts: clock");
    return from_unix_ms(ms);
}

}  // namespace

Result<TimePoint> settle_clock_mark(sql::Database& database, TimePoint now) {
    auto const standing = settle_fact(database, mark_name, write_time(now));
    if (!standing) return standing.error();
    return read_time(*standing);
}

std::unique_ptr<Intention> raise_clock_mark(TimePoint now) {
    auto const mark = write_time(now);
    std::vector<sql::Statement> steps;
    steps.push_back({"UPDATE facts SET value = ? WHERE name = ? AND value < ?",
                     {sql::blob(mark), sql::value(mark_name), sql::blob(mark)},
                     1});
    return sql::Write::adding("raise_clock_mark", std::move(steps));
}

std::unique_ptr<Intention> accept_clock(AcceptClock const& data, Random& random) {
    auto const now = sql::value(data.now);
    auto const ended_by = sql::blob(make_id(random, data.now));
    std::vector<sql::Statement> steps;
    steps.push_back({"UPDATE facts SET value = ? WHERE name = ?",
                     {sql::blob(write_time(data.now)), sql::value(mark_name)},
                     {}});
    steps.push_back({"DELETE FROM login_transactions WHERE created_at > ?", {now}, {}});
    steps.push_back({"DELETE FROM pushed_requests WHERE created_at > ?", {now}, {}});
    steps.push_back({"DELETE FROM decoupled_requests WHERE created_at > ?", {now}, {}});
    steps.push_back(
        {"UPDATE sessions SET ended_at = ?, ended_by = ? "
         "WHERE ended_at IS NULL AND created_at > ?",
         {now, ended_by, now},
         {}});
    steps.push_back(
        {"INSERT INTO logout_deliveries "
         "(session_id, client_id, user_id, attempts, next_attempt_at) "
         "SELECT DISTINCT s.id, g.client_id, s.user_id, 0, ? "
         "FROM sessions s JOIN grants g ON g.session_id = s.id "
         "WHERE s.ended_at IS NOT NULL AND s.ended_by = ?",
         {now, ended_by},
         {}});
    for (auto const* revoke :
         {"UPDATE grants SET revoked_at = ? WHERE revoked_at IS NULL AND created_at > ?",
          "UPDATE access_tokens SET revoked_at = ? WHERE revoked_at IS NULL AND created_at > ?"})
        steps.push_back({revoke, {now, now}, {}});
    steps.push_back(audit_statement(data.audit, random));
    return std::make_unique<sql::Write>("accept_clock", std::move(steps));
}

}  // namespace tunnus::storage
