// SPDX-License-Identifier: MIT
#include "storage/users.hpp"

#include "storage/account_steps.hpp"
#include "storage/audit_log.hpp"
#include "storage/session_end.hpp"

namespace tunnus::storage {
namespace {

std::optional<User> read_user(std::optional<sql::Row> const& row) {
    if (!row) return std::nullopt;
    return User{row->text(0), row->time(1), row->maybe_time(2), row->integer(3) != 0};
}

}  // namespace

Result<std::optional<User>> Users::find(std::string_view id) {
    auto const row =
        database_.find({"SELECT id, created_at, disabled_at, unclaimed FROM users WHERE id = ?",
                        {sql::value(id)},
                        {}});
    if (!row) return row.error();
    return read_user(*row);
}

Result<std::optional<User>> Users::find_by_identity(std::string_view authenticator,
                                                    std::string_view subject_index) {
    auto const row =
        database_.find({"SELECT u.id, u.created_at, u.disabled_at, u.unclaimed "
                        "FROM identities i JOIN users u ON u.id = i.user_id "
                        "WHERE i.authenticator = ? AND i.subject_index = ?",
                        {sql::value(authenticator), sql::blob(subject_index)},
                        {}});
    if (!row) return row.error();
    return read_user(*row);
}

Result<std::optional<AskedPerson>> Users::find_asked(std::string_view id) {
    auto const row = database_.find(
        {"SELECT u.id, u.created_at, u.disabled_at, u.unclaimed, c.code_index "
         "FROM users u LEFT JOIN approval_codes c ON c.user_id = u.id WHERE u.id = ?",
         {sql::value(id)},
         {}});
    if (!row) return row.error();
    if (!*row) return std::optional<AskedPerson>();
    return std::optional(AskedPerson{*read_user(*row), (*row)->bytes(4)});
}

Result<std::vector<IdentityLink>> Users::identities_of(std::string_view user_id) {
    auto const rows =
        database_.query({"SELECT authenticator, subject_index, user_id, linked_at "
                         "FROM identities WHERE user_id = ? "
                         "ORDER BY linked_at, authenticator",
                         {sql::value(user_id)},
                         {}});
    if (!rows) return rows.error();
    std::vector<IdentityLink> links;
    for (auto const& row : *rows)
        links.push_back({row.text(0), row.bytes(1), row.text(2), row.time(3)});
    return links;
}

std::unique_ptr<Intention> choose_approval_code(ChooseApprovalCode const& data, Random& random) {
    std::vector<sql::Statement> steps;
    steps.push_back(
        {"DELETE FROM approval_codes WHERE user_id = ?", {sql::value(data.user_id)}, {}});
    if (!data.index.empty())
        steps.push_back(
            {"INSERT INTO approval_codes (user_id, code_index, chosen_at) VALUES (?, ?, ?)",
             {sql::value(data.user_id), sql::blob(data.index), sql::value(data.now)},
             1});
    steps.push_back(audit_statement(data.audit, random));
    return std::make_unique<sql::Write>("choose_approval_code", std::move(steps));
}

void add_user(std::vector<sql::Statement>& steps, User const& user) {
    steps.push_back({"INSERT INTO users (id, created_at, unclaimed) VALUES (?, ?, ?)",
                     {sql::value(user.id), sql::value(user.created_at),
                      sql::value(std::int64_t{user.unclaimed ? 1 : 0})},
                     {}});
}

void add_identity(std::vector<sql::Statement>& steps, IdentityLink const& identity) {
    steps.push_back(
        {"INSERT INTO identities (authenticator, subject_index, user_id, linked_at) "
         "SELECT ?, ?, id, ? FROM users WHERE id = ? AND disabled_at IS NULL",
         {sql::value(identity.authenticator), sql::blob(identity.subject_index),
          sql::value(identity.linked_at), sql::value(identity.user_id)},
         1});
}

void claim_user(std::vector<sql::Statement>& steps, std::string const& user_id) {
    steps.push_back(
        {"UPDATE users SET unclaimed = 0 WHERE id = ? AND unclaimed = 1 AND disabled_at IS NULL",
         {sql::value(user_id)},
         1});
}

void join_unclaimed(std::vector<sql::Statement>& steps, UnclaimedJoined const& joined) {
    steps.push_back(
        {"UPDATE identities SET user_id = ?, linked_at = ? "
         "WHERE authenticator = ? AND subject_index = ? AND user_id = ?",
         {sql::value(joined.identity.user_id), sql::value(joined.identity.linked_at),
          sql::value(joined.identity.authenticator), sql::blob(joined.identity.subject_index),
          sql::value(joined.user_id)},
         1});
    steps.push_back({"DELETE FROM users WHERE id = ? AND unclaimed = 1 AND disabled_at IS NULL",
                     {sql::value(joined.user_id)},
                     1});
}

std::unique_ptr<Intention> create_user(CreateUser const& data, Random& random) {
    std::vector<sql::Statement> steps;
    add_user(steps, data.user);
    add_identity(steps, data.identity);
    steps.insert(steps.end(), data.plugin_writes.begin(), data.plugin_writes.end());
    for (auto const& event : data.audit)
        steps.push_back(audit_statement(event, random));
    return sql::Write::adding("create_user", std::move(steps));
}

std::unique_ptr<Intention> revoke_grants_of_user(RevokeGrantsOfUser const& data, Random& random) {
    return std::make_unique<sql::Write>(
        "revoke_grants_of_user",
        std::vector<sql::Statement>{
            // No session has an empty id.
            {"UPDATE grants SET revoked_at = ? "
             "WHERE user_id = ? AND revoked_at IS NULL AND session_id <> ?",
             {sql::value(data.now), sql::value(data.user_id), sql::blob(data.kept_session)},
             {}},
            audit_statement(data.audit, random)});
}

std::unique_ptr<Intention> remove_identity(RemoveIdentity const& data, Random& random) {
    std::vector<sql::Statement> steps;
    steps.push_back(
        {"DELETE FROM identities WHERE user_id = ? AND authenticator = ? AND EXISTS "
         "(SELECT 1 FROM (SELECT authenticator FROM identities "
         "WHERE user_id = ? AND authenticator <> ?) AS other)",
         {sql::value(data.user_id), sql::value(data.authenticator), sql::value(data.user_id),
          sql::value(data.authenticator)},
         1});
    if (data.ends) add_ending(steps, *data.ends, random, std::nullopt);
    steps.insert(steps.end(), data.writes.begin(), data.writes.end());
    for (auto const& event : data.audit)
        steps.push_back(audit_statement(event, random));
    return std::make_unique<sql::Write>("remove_identity", std::move(steps));
}

void end_all_of(std::vector<sql::Statement>& steps, std::string const& user_id, TimePoint now,
                Random& random) {
    Id const ended_by = make_id(random, now);
    steps.push_back(
        {"UPDATE sessions SET ended_at = ?, ended_by = ? WHERE user_id = ? AND ended_at IS NULL",
         {sql::value(now), sql::blob(ended_by), sql::value(user_id)},
         {}});
    follow_ended_sessions(steps, user_id, ended_by, now);
    steps.push_back({"UPDATE grants SET revoked_at = ? WHERE user_id = ? AND revoked_at IS NULL",
                     {sql::value(now), sql::value(user_id)},
                     {}});
}

void merge_user(std::vector<sql::Statement>& steps, MergedUser const& merged, TimePoint now,
                Random& random) {
    for (auto const& identity : merged.moved)
        steps.push_back(
            {"UPDATE identities SET user_id = ?, linked_at = ? "
             "WHERE authenticator = ? AND subject_index = ? AND user_id = ?",
             {sql::value(merged.into), sql::value(identity.linked_at),
              sql::value(identity.authenticator), sql::blob(identity.subject_index),
              sql::value(merged.user_id)},
             1});
    for (auto const& identity : merged.dropped)
        steps.push_back(
            {"DELETE FROM identities "
             "WHERE authenticator = ? AND subject_index = ? AND user_id = ?",
             {sql::value(identity.authenticator), sql::blob(identity.subject_index),
              sql::value(merged.user_id)},
             1});
    // Neither was disabled meanwhile, and nothing has been linked to the one that goes.
    steps.push_back(
        sql::ending({"DELETE FROM users WHERE id = ? AND disabled_at IS NULL AND unclaimed = 0 "
                     "AND NOT EXISTS (SELECT 1 FROM identities i WHERE i.user_id = ?)",
                     {sql::value(merged.user_id), sql::value(merged.user_id)},
                     1}));
    end_all_of(steps, merged.user_id, now, random);
    erase_rows_of(steps, merged.user_id);
}

std::unique_ptr<Intention> disable_user(DisableUser const& data, Random& random) {
    std::vector<sql::Statement> steps;
    steps.push_back({"UPDATE users SET disabled_at = ? WHERE id = ? AND disabled_at IS NULL",
                     {sql::value(data.now), sql::value(data.user_id)},
                     1});
    end_all_of(steps, data.user_id, data.now, random);
    steps.push_back(audit_statement(data.audit, random));
    return std::make_unique<sql::Write>("disable_user", std::move(steps));
}

}  // namespace tunnus::storage
