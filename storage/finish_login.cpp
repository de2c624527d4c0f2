// SPDX-License-Identifier: MIT
#include "storage/audit_log.hpp"
#include "storage/columns.hpp"
#include "storage/logins.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace tunnus::storage {
namespace {

using Steps = std::vector<sql::Statement>;

void consume_login(Steps& steps, Id const& id, std::int64_t version) {
    steps.push_back({"DELETE FROM login_transactions WHERE id = ? AND version = ?",
                     {sql::blob(id), sql::value(version)},
                     1});
}

void give_consent(Steps& steps, Consent const& consent) {
    steps.push_back({"DELETE FROM consents WHERE user_id = ? AND client_id = ?",
                     {sql::value(consent.user_id), sql::value(consent.client_id)},
                     {}});
    steps.push_back(
        {"INSERT INTO consents (user_id, client_id, scopes, claims, text_version, "
         "locale, given_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
         {sql::value(consent.user_id), sql::value(consent.client_id),
          sql::value(join_words(consent.scopes)), sql::value(join_words(consent.claims)),
          sql::value(consent.text_version), sql::value(consent.locale),
          sql::value(consent.given_at)},
         {}});
}

/// The browser's own words, short and in ASCII: they are shown to the person in the list of
/// sessions.
std::string printable_user_agent(std::string_view text) {
    constexpr std::size_t column_characters = 255;
    std::string printable(text.substr(0, column_characters));
    std::replace_if(
        printable.begin(), printable.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
    return printable;
}

void insert_session(Steps& steps, Session const& session, Sealer const& sealer, Random& random) {
    steps.push_back(
        {"INSERT INTO sessions (id, secret_hash, user_id, acr, amr, auth_time, created_at, "
         "last_used_at, idle_expires_at, expires_at, client_address, user_agent, logout) "
         "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
         {sql::blob(session.id), sql::blob(session.secret_hash), sql::value(session.user_id),
          sql::value(session.acr), sql::value(join_words(session.amr)),
          sql::value(session.auth_time), sql::value(session.created_at),
          sql::value(session.last_used_at), sql::value(session.idle_expires_at),
          sql::value(session.expires_at), sql::value(session.client_address),
          sql::value(printable_user_agent(session.user_agent)),
          seal_json(sealer, "sessions.logout", session.id, session.logout, random)},
         {}});
}

/// The same session under a new secret, at a higher level: `sid` stays what the services know.
void renew_session(Steps& steps, Session const& session, TimePoint now, Sealer const& sealer,
                   Random& random) {
    steps.push_back(
        {"UPDATE sessions SET secret_hash = ?, acr = ?, amr = ?, auth_time = ?, last_used_at = ?, "
         "idle_expires_at = ?, expires_at = ?, client_address = ?, user_agent = ?, logout = ? "
         "WHERE id = ? AND user_id = ? AND ended_at IS NULL AND idle_expires_at > ? "
         "AND expires_at > ?",
         {sql::blob(session.secret_hash), sql::value(session.acr),
          sql::value(join_words(session.amr)), sql::value(session.auth_time),
          sql::value(session.last_used_at), sql::value(session.idle_expires_at),
          sql::value(session.expires_at), sql::value(session.client_address),
          sql::value(printable_user_agent(session.user_agent)),
          seal_json(sealer, "sessions.logout", session.id, session.logout, random),
          sql::blob(session.id), sql::value(session.user_id), sql::value(now), sql::value(now)},
         1});
}

/// A session under a new id. What the same person gave under the old id goes on under the new one;
/// what another person gave in this browser ends with the old session.
void replace_session(Steps& steps, Id const& old_id, Session const& session, TimePoint now) {
    steps.push_back({"UPDATE sessions SET ended_at = ? WHERE id = ? AND ended_at IS NULL",
                     {sql::value(now), sql::blob(old_id)},
                     1});
    steps.push_back({"UPDATE grants SET session_id = ? WHERE session_id = ? AND user_id = ?",
                     {sql::blob(session.id), sql::blob(old_id), sql::value(session.user_id)},
                     {}});
    steps.push_back(
        {"UPDATE grants SET revoked_at = ? WHERE session_id = ? "
         "AND revoked_at IS NULL AND (offline = 0 OR redeemed_at IS NULL)",
         {sql::value(now), sql::blob(old_id)},
         {}});
}

void end_oldest_sessions(Steps& steps, Session const& newest, std::size_t keep, TimePoint now) {
    auto const& user_id = newest.user_id;
    // After the clock went back the newest may not have the highest id.
    steps.push_back(
        {"UPDATE sessions SET ended_at = ? WHERE user_id = ? AND ended_at IS NULL "
         "AND id <> ? AND id NOT IN (SELECT id FROM (SELECT id FROM sessions WHERE user_id = ? "
         "AND ended_at IS NULL ORDER BY id DESC LIMIT ?) AS newest)",
         {sql::value(now), sql::value(user_id), sql::blob(newest.id), sql::value(user_id),
          sql::value(static_cast<std::int64_t>(keep))},
         {}});
    steps.push_back(
        {"UPDATE grants SET revoked_at = ? WHERE user_id = ? AND revoked_at IS NULL "
         "AND (offline = 0 OR redeemed_at IS NULL) AND session_id IN "
         "(SELECT id FROM sessions WHERE user_id = ? AND ended_at = ?)",
         {sql::value(now), sql::value(user_id), sql::value(user_id), sql::value(now)},
         {}});
}

void use_session(Steps& steps, Session const& session, TimePoint now) {
    steps.push_back(
        {"UPDATE sessions SET last_used_at = ?, idle_expires_at = ? WHERE id = ? "
         "AND ended_at IS NULL AND idle_expires_at > ? AND expires_at > ?",
         {sql::value(session.last_used_at), sql::value(session.idle_expires_at),
          sql::blob(session.id), sql::value(now), sql::value(now)},
         1});
}

/// Only into a live session of a user who is not disabled, and where the login rests on a consent
/// given earlier, only while that stands (threats.md I10): the conditions are part of the INSERT.
void insert_grant(Steps& steps, Grant const& grant, bool needs_standing_consent) {
    std::vector<sql::Value> parameters{sql::blob(grant.id),
                                       sql::value(grant.client_id),
                                       sql::blob(grant.code_secret_hash),
                                       sql::value(grant.code_expires_at),
                                       sql::value(grant.created_at),
                                       sql::value(grant.expires_at),
                                       sql::value(std::int64_t{grant.offline ? 1 : 0}),
                                       sql::value(boost::json::serialize(grant.body)),
                                       sql::blob(grant.session_id),
                                       sql::value(grant.user_id)};
    if (!needs_standing_consent) {
        steps.push_back(
            {"INSERT INTO grants (id, client_id, user_id, session_id, "
             "code_secret_hash, code_expires_at, created_at, expires_at, offline, "
             "body) SELECT ?, ?, s.user_id, s.id, ?, ?, ?, ?, ?, ? "
             "FROM sessions s JOIN users u ON u.id = s.user_id "
             "WHERE s.id = ? AND s.user_id = ? AND s.ended_at IS NULL "
             "AND u.disabled_at IS NULL",
             std::move(parameters), 1});
        return;
    }
    parameters.push_back(sql::value(grant.client_id));
    steps.push_back(
        {"INSERT INTO grants (id, client_id, user_id, session_id, code_secret_hash, "
         "code_expires_at, created_at, expires_at, offline, body) "
         "SELECT ?, ?, s.user_id, s.id, ?, ?, ?, ?, ?, ? "
         "FROM sessions s JOIN users u ON u.id = s.user_id "
         "JOIN consents c ON c.user_id = s.user_id "
         "WHERE s.id = ? AND s.user_id = ? AND s.ended_at IS NULL "
         "AND u.disabled_at IS NULL AND c.client_id = ? AND c.withdrawn_at IS NULL",
         std::move(parameters), 1});
}

}  // namespace

std::unique_ptr<Intention> finish_login(FinishLogin const& data, Sealer const& sealer,
                                        Random& random) {
    TimePoint const now = data.grant.created_at;
    Steps steps;
    if (data.login_id) consume_login(steps, *data.login_id, data.login_version);
    if (data.given_consent) give_consent(steps, *data.given_consent);
    if (data.new_session) {
        auto const& session = *data.new_session;
        if (data.replaces == session.id) {
            renew_session(steps, session, now, sealer, random);
        } else {
            insert_session(steps, session, sealer, random);
            if (data.replaces) replace_session(steps, *data.replaces, session, now);
            end_oldest_sessions(steps, session, data.sessions_per_user, now);
        }
    }
    if (data.used_session) use_session(steps, *data.used_session, now);
    insert_grant(steps, data.grant, data.needs_standing_consent);
    for (auto const& event : data.audit)
        steps.push_back(audit_statement(event, random));
    return std::make_unique<sql::Write>("finish_login", std::move(steps));
}

}  // namespace tunnus::storage
