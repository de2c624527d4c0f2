// SPDX-License-Identifier: MIT
#include "plugins/password/accounts.hpp"

#include "idp/base/limits.hpp"

#include <algorithm>

namespace tunnus::plugin::password {

namespace {

constexpr std::string_view email_context = "accounts.email";

}  // namespace

/// When the account changes now: always another time than that of the change before.
std::int64_t Accounts::now_after(Account const& account) const {
    return std::max(to_unix_ms(host_.clock().now()), account.changed_at + 1);
}

Result<bool> Accounts::won(std::string_view name, std::vector<sql::Statement> steps) {
    auto const verdict = host_.database().commit(sql::Write::adding(name, std::move(steps)));
    if (!verdict) return verdict.error();
    return *verdict == Verdict::won;
}

Result<Account> Accounts::read(sql::Row const& row) {
    auto email = host_.open(email_context, row.bytes(2));
    if (!email) return email.error();
    Account account;
    account.id = row.text(0);
    account.user_id = row.text(1);
    account.email = std::move(*email);
    account.hash = row.text(3);
    account.verified = !row.is_null(4);
    account.changed_at = row.integer(5);
    return account;
}

Result<std::optional<Account>> Accounts::find(std::string_view lookup_key,
                                              std::string_view device) {
    auto const row = host_.database().find(
        {"SELECT a.id, a.user_id, a.email, a.hash, a.verified_at, a.changed_at, d.expires_at "
         "FROM password_accounts a LEFT JOIN password_devices d "
         "ON d.account_id = a.id AND d.device_index = ? AND d.expires_at > ? "
         "WHERE a.email_index = ?",
         {sql::blob(host_.blind_index("device", device)), sql::value(host_.clock().now()),
          email_index(lookup_key)},
         {}});
    if (!row) return row.error();
    if (!*row) return std::optional<Account>();
    auto account = read(**row);
    if (!account) return account.error();
    account->known_device = !device.empty() && !(*row)->is_null(6);
    return std::optional(std::move(*account));
}

Result<std::optional<Account>> Accounts::find_by_user(std::string_view user_id) {
    return first(
        {"SELECT id, user_id, email, hash, verified_at, changed_at "
         "FROM password_accounts WHERE user_id = ? ORDER BY id LIMIT 1",
         {sql::value(user_id)},
         {}});
}

Result<std::optional<Account>> Accounts::find_by_id(std::string_view id) {
    return first(
        {"SELECT id, user_id, email, hash, verified_at, changed_at "
         "FROM password_accounts WHERE id = ?",
         {sql::value(id)},
         {}});
}

Result<std::optional<Account>> Accounts::first(sql::Statement const& select) {
    auto const row = host_.database().find(select);
    if (!row) return row.error();
    if (!*row) return std::optional<Account>();
    auto account = read(**row);
    if (!account) return account.error();
    return std::optional(std::move(*account));
}

Result<bool> Accounts::has_password(std::string_view user_id) {
    auto const row = host_.database().find(
        {"SELECT id FROM password_accounts WHERE user_id = ? LIMIT 1", {sql::value(user_id)}, {}});
    if (!row) return row.error();
    return row->has_value();
}

Result<std::optional<std::string>> Accounts::create(EmailAddress const& email,
                                                    std::string const& hash, bool verified,
                                                    std::optional<Codes::Sent> const& code) {
    auto const id = random_uuid(host_.random());
    auto const now = host_.clock().now();
    auto const index = email_index(email.lookup_key);
    std::vector<sql::Statement> steps;
    if (code) {
        steps.push_back(codes_.consume(*code));
        steps.push_back(
            {"DELETE FROM password_accounts WHERE email_index = ? AND verified_at IS NULL",
             {index},
             {}});
    }
    steps.push_back(
        {"INSERT INTO password_accounts "
         "(id, email_index, email, hash, verified_at, created_at, changed_at) "
         "VALUES (?, ?, ?, ?, ?, ?, ?)",
         {sql::value(id), index, sql::blob(host_.seal(email_context, email.address)),
          sql::value(hash), verified ? sql::value(now) : sql::Value(), sql::value(now),
          sql::value(now)},
         1});
    auto const made = won("password.create_account", std::move(steps));
    if (!made) return made.error();
    return *made ? std::optional(id) : std::nullopt;
}

Result<bool> Accounts::reset(Codes::Sent const& code, std::string const& hash) {
    auto const now = sql::value(host_.clock().now());
    auto const index = email_index(code.lookup_key);
    std::vector<sql::Statement> steps;
    steps.push_back(codes_.consume(code));
    steps.push_back(
        {"DELETE FROM password_devices WHERE account_id IN "
         "(SELECT id FROM password_accounts WHERE email_index = ?)",
         {index},
         {}});
    steps.push_back(
        {"UPDATE password_accounts SET hash = ?, "
         "changed_at = CASE WHEN changed_at < ? THEN ? ELSE changed_at + 1 END, "
         "verified_at = COALESCE(verified_at, ?) WHERE email_index = ?",
         {sql::value(hash), now, now, now, index},
         1});
    steps.push_back(codes_.forget(code.lookup_key));
    return won("password.reset", std::move(steps));
}

Result<bool> Accounts::change_password(Account const& account, std::string const& hash,
                                       std::string_view device) {
    auto const email = parse_email_address(account.email);
    if (!email) return email.error();
    std::vector<sql::Statement> steps;
    steps.push_back(
        {"UPDATE password_accounts SET hash = ?, changed_at = ? WHERE id = ? AND changed_at = ?",
         {sql::value(hash), sql::value(now_after(account)), sql::value(account.id),
          sql::value(account.changed_at)},
         1});
    steps.push_back(
        {"DELETE FROM password_devices WHERE account_id = ?", {sql::value(account.id)}, {}});
    if (!device.empty()) steps.push_back(remember_device(account.id, device));
    steps.push_back(codes_.forget(email->lookup_key));
    return won("password.change_password", std::move(steps));
}

Result<bool> Accounts::change_email(Account const& account, EmailAddress const& email,
                                    Codes::Sent const& code, std::string_view undo_token) {
    auto const old = parse_email_address(account.email);
    if (!old) return old.error();
    auto const now = host_.clock().now();
    auto const index = email_index(email.lookup_key);
    std::vector<sql::Statement> steps;
    steps.push_back(codes_.consume(code));
    steps.push_back(
        {"DELETE FROM password_accounts WHERE email_index = ? AND verified_at IS NULL AND id <> ?",
         {index, sql::value(account.id)},
         {}});
    steps.push_back(
        {"UPDATE password_accounts SET email_index = ?, email = ?, verified_at = ?, "
         "changed_at = ? WHERE id = ? AND changed_at = ?",
         {index, sql::blob(host_.seal(email_context, email.address)), sql::value(now),
          sql::value(now_after(account)), sql::value(account.id), sql::value(account.changed_at)},
         1});
    steps.push_back(codes_.forget(old->lookup_key));
    steps.push_back(
        {"INSERT INTO password_undos "
         "(token_index, account_id, email_index, email, expires_at) "
         "VALUES (?, ?, ?, ?, ?)",
         {undo_index(undo_token), sql::value(account.id), email_index(old->lookup_key),
          sql::blob(host_.seal(email_context, old->address)),
          sql::value(now + host_.limits().email_undo_lifetime)},
         1});
    return won("password.change_email", std::move(steps));
}

Result<bool> Accounts::can_undo(std::string_view undo_token) {
    auto const row = host_.database().find(
        {"SELECT 1 FROM password_undos WHERE token_index = ? AND expires_at > ?",
         {undo_index(undo_token), sql::value(host_.clock().now())},
         {}});
    if (!row) return row.error();
    return row->has_value();
}

Result<std::optional<Account>> Accounts::undo_email(std::string_view undo_token,
                                                    std::string const& unmatched) {
    auto const now = host_.clock().now();
    auto const row = host_.database().find(
        {"SELECT a.id, a.user_id, a.email, a.hash, a.verified_at, a.changed_at, u.email_index, "
         "u.email FROM password_undos u JOIN password_accounts a ON a.id = u.account_id "
         "WHERE u.token_index = ? AND u.expires_at > ?",
         {undo_index(undo_token), sql::value(now)},
         {}});
    if (!row) return row.error();
    if (!*row) return std::optional<Account>();
    auto account = read(**row);
    if (!account) return account.error();
    auto const taken_over = parse_email_address(account->email);
    if (!taken_over) return taken_over.error();
    auto const index = sql::blob((*row)->bytes(6));
    std::vector<sql::Statement> steps;
    // Every other way back is void with it: there is one true owner, who has just shown up.
    steps.push_back(
        {"DELETE FROM password_undos WHERE token_index = ?", {undo_index(undo_token)}, 1});
    steps.push_back(
        {"DELETE FROM password_undos WHERE account_id = ?", {sql::value(account->id)}, {}});
    steps.push_back(
        {"DELETE FROM password_accounts WHERE email_index = ? AND verified_at IS NULL AND id <> ?",
         {index, sql::value(account->id)},
         {}});
    steps.push_back(
        {"UPDATE password_accounts SET email_index = ?, email = ?, hash = ?, "
         "changed_at = ? WHERE id = ? AND changed_at = ?",
         {index, sql::blob((*row)->bytes(7)), sql::value(unmatched),
          sql::value(now_after(*account)), sql::value(account->id),
          sql::value(account->changed_at)},
         1});
    steps.push_back(
        {"DELETE FROM password_devices WHERE account_id = ?", {sql::value(account->id)}, {}});
    steps.push_back(codes_.forget(taken_over->lookup_key));
    auto const undone = won("password.undo_email", std::move(steps));
    if (!undone) return undone.error();
    return *undone ? std::optional(std::move(*account)) : std::nullopt;
}

sql::Statement Accounts::remember_device(std::string_view id, std::string_view device) {
    auto const expires_at =
        sql::value(host_.clock().now() + host_.limits().password_device_lifetime);
    return {
        "INSERT INTO password_devices (account_id, device_index, expires_at) VALUES (?, ?, ?) "
        "/*sqlite ON CONFLICT (account_id, device_index) "
        "DO UPDATE SET expires_at = excluded.expires_at */ "
        "/*M! ON DUPLICATE KEY UPDATE expires_at = VALUES(expires_at) */",
        {sql::value(id), sql::blob(host_.blind_index("device", device)), expires_at},
        {}};
}

sql::Statement Accounts::replace_hash(Account const& account, std::string const& hash) {
    // Only where nobody has changed the password meanwhile.
    return {"UPDATE password_accounts SET hash = ? WHERE id = ? AND hash = ?",
            {sql::value(hash), sql::value(account.id), sql::value(account.hash)},
            {}};
}

Result<> Accounts::start_clean(std::string_view id) {
    std::vector<sql::Statement> steps;
    steps.push_back({"UPDATE password_accounts SET changed_at = changed_at + 1 WHERE id = ?",
                     {sql::value(id)},
                     {}});
    steps.push_back({"DELETE FROM password_devices WHERE account_id = ?", {sql::value(id)}, {}});
    auto const written = won("password.start_clean", std::move(steps));
    if (!written) return written.error();
    return {};
}

sql::Statement Accounts::belongs_to(std::string_view id, std::string_view user_id) {
    // Mostly it is known already, and no row changes.
    return {
        "UPDATE password_accounts SET user_id = ? "
        "WHERE id = ? AND (user_id IS NULL OR user_id <> ?)",
        {sql::value(user_id), sql::value(id), sql::value(user_id)},
        {}};
}

Result<boost::json::object> Accounts::export_data(std::string_view user_id) {
    auto const rows = host_.database().query(
        {"SELECT email, verified_at, created_at, changed_at FROM password_accounts "
         "WHERE user_id = ?",
         {sql::value(user_id)},
         {}});
    if (!rows) return rows.error();
    boost::json::array accounts;
    for (auto const& row : *rows) {
        auto email = host_.open(email_context, row.bytes(0));
        if (!email) return email.error();
        accounts.push_back({{"email", *email},
                            {"email_verified", !row.is_null(1)},
                            {"created_at", to_unix_s(row.time(2))},
                            {"changed_at", to_unix_s(row.time(3))}});
    }
    return boost::json::object{{"sign_ins", std::move(accounts)}};
}

std::vector<sql::Statement> Accounts::erasing(std::string_view user_id) {
    auto const user = sql::value(user_id);
    std::vector<sql::Statement> steps;
    steps.push_back(
        {"DELETE FROM password_codes WHERE email_index IN "
         "(SELECT email_index FROM password_accounts WHERE user_id = ?)",
         {user},
         {}});
    steps.push_back(
        {"DELETE FROM password_devices WHERE account_id IN "
         "(SELECT id FROM password_accounts WHERE user_id = ?)",
         {user},
         {}});
    steps.push_back(
        {"DELETE FROM password_undos WHERE account_id IN "
         "(SELECT id FROM password_accounts WHERE user_id = ?)",
         {user},
         {}});
    steps.push_back({"DELETE FROM password_accounts WHERE user_id = ?", {user}, {}});
    return steps;
}

sql::Statement Accounts::moving(std::string_view from, std::string_view into) {
    return {"UPDATE password_accounts SET user_id = ? WHERE user_id = ?",
            {sql::value(into), sql::value(from)},
            {}};
}

Result<> Accounts::erase(std::string_view user_id) {
    auto const erased = won("password.erase", erasing(user_id));
    if (!erased) return erased.error();
    return {};
}

}  // namespace tunnus::plugin::password
