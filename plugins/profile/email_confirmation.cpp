// SPDX-License-Identifier: MIT
#include "plugins/profile/email_confirmation.hpp"

#include "idp/base/email_address.hpp"
#include "idp/base/limits.hpp"

namespace tunnus::plugin::profile {
namespace {

constexpr std::size_t digits = 6;
constexpr seconds an_hour{3'600};

}  // namespace

sql::Value EmailConfirmation::digest(std::string_view user_id, Email const& email,
                                     std::string_view code) {
    auto text = std::string(user_id) + "\n" + email.id + "\n" + email.address + "\n";
    for (char const c : code)
        if (c != ' ' && c != '-') text += c;
    return sql::blob(host_.blind_index("email_code", text));
}

void EmailConfirmation::count_mail(std::string const& bucket, std::vector<sql::Statement>& steps) {
    auto const index = sql::blob(host_.blind_index("mails", bucket));
    steps.push_back(
        {"INSERT INTO profile_mail_counts (bucket, mails, counted_since) "
         "VALUES (?, 0, ?) /*sqlite ON CONFLICT DO NOTHING */ "
         "/*M! ON DUPLICATE KEY UPDATE mails = mails */",
         {index, sql::value(host_.clock().now())},
         {}});
    steps.push_back(
        {"UPDATE profile_mail_counts SET mails = mails + 1 "
         "WHERE bucket = ? AND mails < ?",
         {index, sql::value(static_cast<std::int64_t>(host_.limits().mails_per_hour))},
         1});
}

Result<EmailConfirmation::Sent> EmailConfirmation::send(std::string_view user_id,
                                                        Email const& email, Caller const& caller) {
    auto const& limits = host_.limits();
    auto const now = host_.clock().now();
    Secret const code(random_text(host_.random(), "0123456789", digits));
    auto const address = parse_email_address(email.address);
    if (!address) return Error(BaseErrc::malformed, "stored e-mail address");
    // The mail is counted before it is sent; a new hour begins the count anew.
    std::vector<sql::Statement> steps;
    steps.push_back({"DELETE FROM profile_mail_counts WHERE counted_since <= ?",
                     {sql::value(now - an_hour)},
                     {}});
    count_mail("by " + std::string(user_id), steps);
    count_mail("to " + address->lookup_key, steps);
    steps.push_back(
        {"INSERT INTO profile_email_codes (user_id, contact_id, digest, attempts, "
         "expires_at) VALUES (?, ?, ?, 0, ?) "
         "/*sqlite ON CONFLICT (user_id) DO UPDATE SET "
         "contact_id = excluded.contact_id, digest = excluded.digest, attempts = 0, "
         "expires_at = excluded.expires_at */ "
         "/*M! ON DUPLICATE KEY UPDATE contact_id = VALUES(contact_id), "
         "digest = VALUES(digest), attempts = 0, expires_at = VALUES(expires_at) */",
         {sql::value(user_id), sql::value(email.id), digest(user_id, email, code.reveal()),
          sql::value(now + limits.mail_code_lifetime)},
         {}});
    auto const written =
        host_.database().commit(sql::Write::adding("profile.email_code", std::move(steps)));
    if (!written) return written.error();
    if (*written == tunnus::Verdict::lost) return Sent::too_many;

    auto const minutes =
        std::chrono::duration_cast<std::chrono::minutes>(limits.mail_code_lifetime).count();
    auto text = filled(host_.text(caller.locale, "mail_confirm_text"), "{code}", code.reveal());
    text = filled(std::move(text), "{minutes}", std::to_string(minutes));
    if (auto sent = host_.mailer().send(
            {email.address, host_.text(caller.locale, "mail_confirm_subject"), std::move(text)});
        !sent)
        return sent.error();
    AuditEvent event;
    event.kind = AuditKind::mail_sent;
    event.at = now;
    event.event_id = event.request_id = caller.event_id;
    event.user_id = std::string(user_id);
    event.fields = {{"message", "confirm_email"}};
    if (auto recorded = host_.audit().record(std::move(event)); !recorded) return recorded.error();
    return Sent::yes;
}

Result<EmailConfirmation::Verdict> EmailConfirmation::try_code(std::string_view user_id,
                                                               Email const& email,
                                                               std::string_view typed) {
    auto& database = host_.database();
    // The try is counted before the digest is looked at: parallel guesses cannot outrun it.
    std::vector<sql::Statement> count;
    count.push_back(
        {"UPDATE profile_email_codes SET attempts = attempts + 1 "
         "WHERE user_id = ? AND contact_id = ? AND attempts < ? AND expires_at > ?",
         {sql::value(user_id), sql::value(email.id),
          sql::value(static_cast<std::int64_t>(host_.limits().mail_code_attempts)),
          sql::value(host_.clock().now())},
         1});
    auto const counted =
        database.commit(sql::Write::adding("profile.try_email_code", std::move(count)));
    if (!counted) return counted.error();
    if (*counted == tunnus::Verdict::lost) return Verdict::expired;

    auto const right = database.query(
        {"SELECT 1 FROM profile_email_codes WHERE user_id = ? AND digest = ? AND expires_at > 0",
         {sql::value(user_id), digest(user_id, email, typed)},
         {}});
    if (!right) return right.error();
    return right->empty() ? Verdict::wrong : Verdict::right;
}

sql::Statement EmailConfirmation::use(std::string_view user_id, Email const& email,
                                      std::string_view typed) {
    return {
        "UPDATE profile_email_codes SET expires_at = 0 "
        "WHERE user_id = ? AND digest = ? AND expires_at > 0",
        {sql::value(user_id), digest(user_id, email, typed)},
        1};
}

Result<bool> EmailConfirmation::is_out(std::string_view user_id, Email const& email) {
    auto const code = host_.database().query(
        {"SELECT 1 FROM profile_email_codes "
         "WHERE user_id = ? AND contact_id = ? AND attempts < ? AND expires_at > ?",
         {sql::value(user_id), sql::value(email.id),
          sql::value(static_cast<std::int64_t>(host_.limits().mail_code_attempts)),
          sql::value(host_.clock().now())},
         {}});
    if (!code) return code.error();
    return !code->empty();
}

}  // namespace tunnus::plugin::profile
