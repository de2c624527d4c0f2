// SPDX-License-Identifier: MIT
#include "storage/audit_log.hpp"
#include "storage/columns.hpp"
#include "storage/logins.hpp"

namespace tunnus::storage {
namespace {

Consent read_consent(sql::Row const& row) {
    return {
        row.text(0), row.text(1), split_words(row.text(2)), split_words(row.text(3)), row.text(4),
        row.text(5), row.time(6), row.maybe_time(7)};
}

}  // namespace

Result<std::optional<Consent>> Consents::find(std::string_view user_id,
                                              std::string_view client_id) {
    auto const row =
        database_.find({"SELECT user_id, client_id, scopes, claims, text_version, "
                        "locale, given_at, withdrawn_at FROM consents "
                        "WHERE user_id = ? AND client_id = ?",
                        {sql::value(user_id), sql::value(client_id)},
                        {}});
    if (!row) return row.error();
    if (!*row) return std::optional<Consent>();
    return std::optional(read_consent(**row));
}

Result<std::vector<Consent>> Consents::find_by_user(std::string_view user_id) {
    auto const rows =
        database_.query({"SELECT user_id, client_id, scopes, claims, text_version, "
                         "locale, given_at, withdrawn_at FROM consents "
                         "WHERE user_id = ? ORDER BY client_id",
                         {sql::value(user_id)},
                         {}});
    if (!rows) return rows.error();
    std::vector<Consent> consents;
    for (auto const& row : *rows)
        consents.push_back(read_consent(row));
    return consents;
}

// No expectation: a service that never asked for consent has grants to revoke all the same.
std::unique_ptr<Intention> withdraw_consent(WithdrawConsent const& data, Random& random) {
    std::vector<sql::Statement> steps;
    steps.push_back(
        {"UPDATE consents SET withdrawn_at = ? "
         "WHERE user_id = ? AND client_id = ? AND withdrawn_at IS NULL",
         {sql::value(data.now), sql::value(data.user_id), sql::value(data.client_id)},
         {}});
    steps.push_back(
        {"UPDATE grants SET revoked_at = ? "
         "WHERE user_id = ? AND client_id = ? AND revoked_at IS NULL",
         {sql::value(data.now), sql::value(data.user_id), sql::value(data.client_id)},
         {}});
    steps.push_back(audit_statement(data.audit, random));
    return std::make_unique<sql::Write>("withdraw_consent", std::move(steps));
}

}  // namespace tunnus::storage
