// SPDX-License-Identifier: MIT
#include "plugins/password/accounts.hpp"

#include "idp/base/limits.hpp"

namespace tunnus::plugin::password {

namespace {

constexpr std::string_view email_context = "accounts.email";

}  // namespace

Result<bool> Accounts::won(std::string_view name, std::vector<sql::Statement> steps) {
    auto const verdict = host_.database().commit(sql::Write::adding(name, std::move(steps)));
    if (!verdict) return verdict.error();
    return *verdict == Verdict::won;
}

Result<std::optional<Account>> Accounts::find(std::string_view lookup_key,
                                              std::string_view device) {
    auto const row = host_.database().find(
        {"SELECT a.id, a.user_id, a.email, a.hash, a.verified_at, d.expires_at "
         "FROM password_accounts a LEFT JOIN password_devices d "
         "ON d.account_id = a.id AND d.device_index = ? AND d.expires_at > ? "
         "WHERE a.email_index = ?",
         {sql::blob(host_.blind_index("device", device)), sql::value(host_.clock().now()),
          email_index(lookup_key)},
         {}});
    if (!row) return row.error();
    if (!*row) return std::optional<Account>();
    auto email = host_.open(email_context, (*row)->bytes(2));
    if (!email) return email.error();
    Account account;
    account.id = (*row)->text(0);
    account.user_id = (*row)->text(1);
    account.email = std::move(*email);
    account.hash = (*row)->text(3);
    account.verified = !(*row)->is_null(4);
    account.known_device = !device.empty() && !(*row)->is_null(5);
    return std::optional(std::move(account));
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
        {"UPDATE password_accounts SET hash = ?, changed_at = ?, "
         "verified_at = COALESCE(verified_at, ?) WHERE email_index = ?",
         {sql::value(hash), now, now, index},
         1});
    steps.push_back(codes_.forget(code.lookup_key));
    return won("password.reset", std::move(steps));
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

Result<> Accounts::forget_devices(std::string_view id) {
    std::vector<sql::Statement> steps;
    steps.push_back({"DELETE FROM password_devices WHERE account_id = ?", {sql::value(id)}, {}});
    auto const written = won("password.forget_devices", std::move(steps));
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

Result<> Accounts::erase(std::string_view user_id) {
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
    steps.push_back({"DELETE FROM password_accounts WHERE user_id = ?", {user}, {}});
    auto const erased = won("password.erase", std::move(steps));
    if (!erased) return erased.error();
    return {};
}

}  // namespace tunnus::plugin::password
