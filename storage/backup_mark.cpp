// SPDX-License-Identifier: MIT
#include "storage/backup_mark.hpp"

#include "storage/audit_log.hpp"
#include "storage/facts.hpp"
#include "storage/given_out.hpp"

#include <charconv>

namespace tunnus::storage {
namespace {

constexpr std::string_view mark_name = "backup";

sql::Statement no_backup() {
    return {"DELETE FROM facts WHERE name = ?", {sql::value(mark_name)}, {}};
}

}  // namespace

std::vector<sql::Statement> mark_backup(TimePoint now) {
    std::vector<sql::Statement> steps;
    steps.push_back(no_backup());
    steps.push_back({"INSERT INTO facts (name, value) VALUES (?, ?)",
                     {sql::value(mark_name), sql::blob(std::to_string(to_unix_ms(now)))},
                     1});
    return steps;
}

Result<std::optional<TimePoint>> find_backup_mark(sql::Database& database) {
    auto const mark = find_fact(database, mark_name);
    if (!mark) return mark.error();
    if (!*mark) return std::optional<TimePoint>();
    auto const& text = **mark;
    std::int64_t ms = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), ms);
    if (error != std::errc() || end != text.data() + text.size())
        return Error(BaseErrc::malformed, "facts: backup");
    return std::optional(from_unix_ms(ms));
}

std::unique_ptr<Intention> accept_restore(AcceptRestore const& data, Random& random) {
    auto steps = end_what_was_given_out(from_unix_ms(0), data.now, random);
    auto unmark = no_backup();
    unmark.expected_rows = 1;
    steps.insert(steps.begin(), std::move(unmark));
    steps.push_back(audit_statement(data.audit, random));
    return std::make_unique<sql::Write>("accept_restore", std::move(steps));
}

}  // namespace tunnus::storage
