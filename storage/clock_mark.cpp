// SPDX-License-Identifier: MIT
#include "storage/clock_mark.hpp"

#include "storage/audit_log.hpp"
#include "storage/facts.hpp"
#include "storage/given_out.hpp"

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
    std::vector<sql::Statement> steps;
    steps.push_back({"UPDATE facts SET value = ? WHERE name = ?",
                     {sql::blob(write_time(data.now)), sql::value(mark_name)},
                     {}});
    for (auto& step : end_what_was_given_out(data.now, data.now, random))
        steps.push_back(std::move(step));
    steps.push_back(audit_statement(data.audit, random));
    return std::make_unique<sql::Write>("accept_clock", std::move(steps));
}

}  // namespace tunnus::storage
