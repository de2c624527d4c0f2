// SPDX-License-Identifier: MIT
#include "storage/logins.hpp"

#include "storage/audit_log.hpp"
#include "storage/columns.hpp"

#include <algorithm>

namespace tunnus::storage {
namespace {

constexpr std::string_view body_column = "login_transactions.body";

/// Counting all logins walks through an index, so only one new login in many does it. Which one,
/// its random id says: no process has to remember anything, and no client can choose.
bool makes_room(Id const& id, std::size_t in_all) {
    std::uint32_t random_bits = 0;
    for (std::size_t i = id.size() - std::min(id.size(), sizeof random_bits); i < id.size(); ++i)
        random_bits = random_bits << 8 | static_cast<unsigned char>(id[i]);
    return random_bits % std::max<std::size_t>(1, in_all / 16) == 0;
}

}  // namespace

Result<std::optional<LoginRecord>> Logins::find(std::string_view id, std::string_view browser_hash,
                                                TimePoint now) {
    auto const found =
        database_.find({"SELECT id, browser_hash, version, body, created_at, "
                        "expires_at FROM login_transactions "
                        "WHERE id = ? AND browser_hash = ? AND expires_at > ?",
                        {sql::blob(id), sql::blob(browser_hash), sql::value(now)},
                        {}});
    if (!found) return found.error();
    if (!*found) return std::optional<LoginRecord>();
    auto const& row = **found;
    auto body = open_json(sealer_, body_column, row.bytes(0), row.bytes(3));
    if (!body) return body.error();
    if (!body->is_object()) return Error(sql::SqlErrc::corrupt, "a login's body is no object");
    return std::optional(LoginRecord{row.bytes(0), row.bytes(1), row.integer(2),
                                     std::move(body->get_object()), row.time(4), row.time(5)});
}

std::unique_ptr<Intention> begin_login(LoginRecord const& record, LoginBounds const& bounds,
                                       Sealer const& sealer, Random& random) {
    std::vector<sql::Statement> steps;
    steps.push_back(
        {"INSERT INTO login_transactions "
         "(id, browser_hash, version, body, created_at, expires_at) "
         "VALUES (?, ?, ?, ?, ?, ?)",
         {sql::blob(record.id), sql::blob(record.browser_hash), sql::value(record.version),
          seal_json(sealer, body_column, record.id, record.body, random),
          sql::value(record.created_at), sql::value(record.expires_at)},
         {}});
    // The inner SELECT stands in FROM because MariaDB knows no LIMIT directly inside IN.
    steps.push_back(
        {"DELETE FROM login_transactions WHERE browser_hash = ? AND id NOT IN "
         "(SELECT id FROM (SELECT id FROM login_transactions WHERE browser_hash = ? "
         "ORDER BY id DESC LIMIT ?) AS newest)",
         {sql::blob(record.browser_hash), sql::blob(record.browser_hash),
          sql::value(static_cast<std::int64_t>(bounds.per_browser))},
         {}});
    if (makes_room(record.id, bounds.in_all))
        steps.push_back(
            {"DELETE FROM login_transactions WHERE id IN "
             "(SELECT id FROM (SELECT id FROM login_transactions "
             "ORDER BY expires_at DESC, id DESC LIMIT ? OFFSET ?) AS oldest)",
             {sql::value(static_cast<std::int64_t>(bounds.in_all)),
              sql::value(static_cast<std::int64_t>(bounds.in_all))},
             {}});
    return sql::Write::adding("begin_login", std::move(steps));
}

std::unique_ptr<Intention> update_login(LoginRecord const& record, Sealer const& sealer,
                                        Random& random, std::vector<AuditEvent> const& audit) {
    std::vector<sql::Statement> steps;
    steps.push_back(
        {"UPDATE login_transactions SET body = ?, version = version + 1 "
         "WHERE id = ? AND version = ?",
         {seal_json(sealer, body_column, record.id, record.body, random), sql::blob(record.id),
          sql::value(record.version)},
         1});
    for (auto const& event : audit)
        steps.push_back(audit_statement(event, random));
    return sql::Write::adding("update_login", std::move(steps));
}

std::unique_ptr<Intention> drop_login(std::string_view id, std::int64_t version,
                                      AuditEvent const& audit, Random& random,
                                      Id const& pushed_request) {
    std::vector<sql::Statement> steps;
    steps.push_back({"DELETE FROM login_transactions WHERE id = ? AND version = ?",
                     {sql::blob(id), sql::value(version)},
                     1});
    if (!pushed_request.empty())
        steps.push_back(
            {"DELETE FROM pushed_requests WHERE id = ?", {sql::blob(pushed_request)}, {}});
    steps.push_back(audit_statement(audit, random));
    return sql::Write::adding("drop_login", std::move(steps));
}

}  // namespace tunnus::storage
