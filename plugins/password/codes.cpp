// SPDX-License-Identifier: MIT
#include "plugins/password/codes.hpp"

#include "idp/base/ascii.hpp"
#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"

namespace tunnus::plugin::password {

namespace {

constexpr std::size_t digits = 6;

/// Without the spaces and dashes that people and mail readers put in.
std::string digits_of(std::string_view typed) {
    std::string plain;
    for (char const c : typed)
        if (c != ' ' && c != '-') plain += c;
    return plain;
}

sql::Value id_of(std::string_view text) {
    return sql::blob(decode_base64url(text).value_or(""));
}

}  // namespace

Result<Codes::Issued> Codes::issue(std::string_view purpose, std::string_view lookup_key) {
    Issued issued{random_token(host_.random(), 16),
                  Secret(random_text(host_.random(), "0123456789", digits))};
    auto const index = email_index(lookup_key);
    auto const expires_at = host_.clock().now() + host_.limits().mail_code_lifetime;
    std::vector<sql::Statement> steps;
    steps.push_back({"DELETE FROM password_codes WHERE email_index = ? AND purpose = ?",
                     {index, sql::value(purpose)},
                     {}});
    steps.push_back(
        {"INSERT INTO password_codes "
         "(id, purpose, email_index, digest, attempts, expires_at) "
         "VALUES (?, ?, ?, ?, 0, ?)",
         {id_of(issued.id), sql::value(purpose), index,
          sql::blob(digest(issued.id, issued.code.reveal())), sql::value(expires_at)},
         {}});
    auto const verdict =
        host_.database().commit(sql::Write::adding("password.issue_code", std::move(steps)));
    if (!verdict) return verdict.error();
    return issued;
}

Result<Codes::Verdict> Codes::try_code(Sent const& sent, std::string_view typed) {
    auto& database = host_.database();
    auto const now = host_.clock().now();
    auto const attempts = static_cast<std::int64_t>(host_.limits().mail_code_attempts);
    // The attempt is counted before the digest is looked at: parallel guesses cannot outrun it. A
    // code that was sent to another address or for another purpose is none (threats.md L-23, L-27).
    std::vector<sql::Statement> count;
    count.push_back(
        {"UPDATE password_codes SET attempts = attempts + 1 "
         "WHERE id = ? AND email_index = ? AND purpose = ? "
         "AND attempts < ? AND proven_at IS NULL AND expires_at > ?",
         {id_of(sent.id), email_index(sent.lookup_key), sql::value(sent.purpose),
          sql::value(attempts), sql::value(now)},
         1});
    auto const counted = database.commit(sql::Write::adding("password.try_code", std::move(count)));
    if (!counted) return counted.error();
    if (*counted == tunnus::Verdict::lost) return Verdict::expired;

    auto const row =
        database.find({"SELECT digest FROM password_codes WHERE id = ?", {id_of(sent.id)}, {}});
    if (!row) return row.error();
    if (!*row) return Verdict::expired;
    if (!equal_in_constant_time((*row)->bytes(0), digest(sent.id, digits_of(typed))))
        return Verdict::wrong;

    std::vector<sql::Statement> prove;
    prove.push_back({"UPDATE password_codes SET proven_at = ? WHERE id = ? AND proven_at IS NULL",
                     {sql::value(now), id_of(sent.id)},
                     1});
    auto const proven =
        database.commit(sql::Write::adding("password.prove_code", std::move(prove)));
    if (!proven) return proven.error();
    return *proven == tunnus::Verdict::won ? Verdict::right : Verdict::expired;
}

sql::Statement Codes::consume(Sent const& sent) const {
    return {
        "DELETE FROM password_codes "
        "WHERE id = ? AND email_index = ? AND purpose = ? "
        "AND proven_at IS NOT NULL AND expires_at > ?",
        {id_of(sent.id), email_index(sent.lookup_key), sql::value(sent.purpose),
         sql::value(host_.clock().now())},
        1};
}

sql::Statement Codes::forget(std::string_view lookup_key) const {
    return {"DELETE FROM password_codes WHERE email_index = ?", {email_index(lookup_key)}, {}};
}

}  // namespace tunnus::plugin::password
