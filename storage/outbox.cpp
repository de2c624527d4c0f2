// SPDX-License-Identifier: MIT
#include "storage/outbox.hpp"

#include "idp/base/json.hpp"
#include "storage/columns.hpp"

#include <algorithm>

namespace tunnus::storage {
namespace {

constexpr std::string_view sealed_column = "outbox.sealed";
constexpr milliseconds first_wait = std::chrono::minutes(1);
constexpr milliseconds longest_wait = std::chrono::hours(1);
constexpr milliseconds given_up_after = std::chrono::hours(24);

milliseconds wait_after(std::int64_t attempts) {
    constexpr std::int64_t doublings = 6;  // 64 minutes: more than the longest
    return std::min(longest_wait, first_wait * (1 << std::min(attempts, doublings)));
}

Result<> commit_one(sql::Database& database, std::string_view name, sql::Statement statement) {
    std::vector<sql::Statement> steps;
    steps.push_back(std::move(statement));
    auto const done = database.commit(sql::Write::adding(name, std::move(steps)));
    if (!done) return done.error();
    return {};
}

sql::Statement remove(std::string_view id) {
    return {"DELETE FROM outbox WHERE id = ?", {sql::blob(id)}, {}};
}

sql::Statement postpone(std::string_view id, TimePoint next_attempt_at) {
    return {"UPDATE outbox SET attempts = attempts + 1, next_attempt_at = ? WHERE id = ?",
            {sql::value(next_attempt_at), sql::blob(id)},
            {}};
}

Result<Mail> open_mail(Sealer const& sealer, sql::Row const& row) {
    auto const json = open_json(sealer, sealed_column, row.bytes(0), row.bytes(1));
    if (!json) return json.error();
    auto const text = [&json](std::string_view name) {
        return std::string(json->is_object() ? find_string(json->get_object(), name).value_or("")
                                             : "");
    };
    return Mail{text("to"), text("subject"), text("text")};
}

}  // namespace

sql::Statement mail_statement(Mail const& mail, Sealer const& sealer, Random& random,
                              TimePoint now) {
    Id const id = make_id(random, now);
    boost::json::object const json{{"to", mail.to}, {"subject", mail.subject}, {"text", mail.text}};
    return {"INSERT INTO outbox (id, sealed, attempts, next_attempt_at) VALUES (?, ?, 0, ?)",
            {sql::blob(id), seal_json(sealer, sealed_column, id, json, random), sql::value(now)},
            {}};
}

Result<> Outbox::send(Mail const& mail) {
    return commit_one(database_, "send_mail", mail_statement(mail, sealer_, random_, clock_.now()));
}

Result<std::size_t> Outbox::deliver_due(MailTransport& transport, Log& log, std::size_t most) {
    auto const now = clock_.now();
    auto const due =
        database_.query({"SELECT id, sealed, attempts FROM outbox WHERE next_attempt_at <= ? "
                         "ORDER BY next_attempt_at LIMIT ?",
                         {sql::value(now), sql::value(static_cast<std::int64_t>(most))},
                         {}});
    if (!due) return due.error();
    std::size_t delivered = 0;
    for (auto const& row : *due) {
        auto const& id = row.bytes(0);
        auto const mail = open_mail(sealer_, row);
        auto const sent = mail ? transport.deliver(*mail) : mail.error();
        bool const refused = !sent && sent.error().code == BaseErrc::denied;
        bool const too_old = now - time_of(id) >= given_up_after;
        if (sent) ++delivered;
        if (!sent && (refused || too_old))
            log.warning("mail.given_up", {{"attempts", row.integer(2) + 1}});
        // Removed after the delivery: after a crash in between the person gets it twice, never not
        // at all.
        auto const noted = sent || refused || too_old
                               ? commit_one(database_, "remove_mail", remove(id))
                               : commit_one(database_, "postpone_mail",
                                            postpone(id, now + wait_after(row.integer(2))));
        if (!noted) return noted.error();
    }
    return delivered;
}

Result<std::vector<LogoutDelivery>> LogoutDeliveries::due(TimePoint now, std::size_t most) {
    auto const rows =
        database_.query({"SELECT session_id, client_id, user_id, attempts FROM logout_deliveries "
                         "WHERE next_attempt_at <= ? ORDER BY next_attempt_at LIMIT ?",
                         {sql::value(now), sql::value(static_cast<std::int64_t>(most))},
                         {}});
    if (!rows) return rows.error();
    std::vector<LogoutDelivery> deliveries;
    for (auto const& row : *rows)
        deliveries.push_back({row.bytes(0), row.text(1), row.text(2), row.integer(3)});
    return deliveries;
}

Result<bool> LogoutDeliveries::claim(LogoutDelivery const& delivery, TimePoint next_attempt_at) {
    std::vector<sql::Statement> steps;
    steps.push_back(
        {"UPDATE logout_deliveries SET attempts = attempts + 1, next_attempt_at = ? "
         "WHERE session_id = ? AND client_id = ? AND attempts = ?",
         {sql::value(next_attempt_at), sql::blob(delivery.session_id),
          sql::value(delivery.client_id), sql::value(delivery.attempts)},
         1});
    auto const verdict = database_.commit(sql::Write::adding("claim_logout", std::move(steps)));
    if (!verdict) return verdict.error();
    return *verdict == Verdict::won;
}

Result<std::size_t> LogoutDeliveries::waiting_for(std::string_view session_id) {
    auto const row = database_.find({"SELECT COUNT(*) FROM logout_deliveries WHERE session_id = ?",
                                     {sql::blob(session_id)},
                                     {}});
    if (!row) return row.error();
    return static_cast<std::size_t>((*row)->integer(0));
}

Result<> LogoutDeliveries::done(LogoutDelivery const& delivery) {
    return commit_one(database_, "logout_delivered",
                      {"DELETE FROM logout_deliveries WHERE session_id = ? AND client_id = ?",
                       {sql::blob(delivery.session_id), sql::value(delivery.client_id)},
                       {}});
}

}  // namespace tunnus::storage
