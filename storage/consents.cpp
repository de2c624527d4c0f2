// SPDX-License-Identifier: MIT
#include "storage/audit_log.hpp"
#include "storage/columns.hpp"
#include "storage/consent_row.hpp"
#include "storage/logins.hpp"

namespace tunnus::storage {

std::optional<Consent> read_consent(sql::Row const& row, std::size_t first) {
    if (row.is_null(first)) return std::nullopt;
    return Consent{.user_id = row.text(first),
                   .client_id = row.text(first + 1),
                   .scopes = split_words(row.text(first + 2)),
                   .claims = split_words(row.text(first + 3)),
                   .text_version = row.text(first + 4),
                   .locale = row.text(first + 5),
                   .given_at = row.time(first + 6),
                   .withdrawn_at = row.maybe_time(first + 7)};
}

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
    return read_consent(**row, 0);
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
        consents.push_back(*read_consent(row, 0));
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
