// SPDX-License-Identifier: MIT
#include "storage/finish_login.hpp"

#include "storage/account_steps.hpp"
#include "storage/audit_log.hpp"
#include "storage/columns.hpp"
#include "storage/decoupled_requests.hpp"
#include "storage/session_end.hpp"

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

void give_consent(Steps& steps, Consent const& consent, std::optional<Consent> const& replaced) {
    if (replaced) {
        std::vector<sql::Value> parameters{
            sql::value(consent.user_id), sql::value(consent.client_id),
            sql::value(join_words(replaced->scopes)), sql::value(join_words(replaced->claims)),
            sql::value(replaced->text_version)};
        std::string_view statement =
            "DELETE FROM consents WHERE user_id = ? AND client_id = ? AND scopes = ? "
            "AND claims = ? AND text_version = ? AND withdrawn_at IS NULL";
        if (replaced->withdrawn_at) {
            statement =
                "DELETE FROM consents WHERE user_id = ? AND client_id = ? AND scopes = ? "
                "AND claims = ? AND text_version = ? AND withdrawn_at = ?";
            parameters.push_back(sql::value(*replaced->withdrawn_at));
        }
        steps.push_back(sql::ending({statement, std::move(parameters), 1}));
    }
    steps.push_back(
        {"INSERT INTO consents (user_id, client_id, scopes, claims, text_version, "
         "locale, given_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
         {sql::value(consent.user_id), sql::value(consent.client_id),
          sql::value(join_words(consent.scopes)), sql::value(join_words(consent.claims)),
          sql::value(consent.text_version), sql::value(consent.locale),
          sql::value(consent.given_at)},
         1});
}

/// The browser's own words, short and in ASCII: they are shown to the person in the list of
/// sessions.
std::string printable_user_agent(std::string_view text) {
    std::string printable(text.substr(0, user_agent_characters));
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

void end_oldest_sessions(Steps& steps, Session const& newest, std::size_t keep, Id const& ended_by,
                         TimePoint now) {
    auto const& user_id = newest.user_id;
    // After the clock went back the newest may not have the highest id.
    steps.push_back(sql::ending(
        {"UPDATE sessions SET ended_at = ?, ended_by = ? WHERE user_id = ? AND ended_at IS NULL "
         "AND id <> ? AND id NOT IN (SELECT id FROM (SELECT id FROM sessions WHERE user_id = ? "
         "AND ended_at IS NULL ORDER BY id DESC LIMIT ?) AS newest)",
         {sql::value(now), sql::blob(ended_by), sql::value(user_id), sql::blob(newest.id),
          sql::value(user_id), sql::value(static_cast<std::int64_t>(keep))},
         {}}));
    follow_ended_sessions(steps, user_id, ended_by, now);
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
/// given earlier, only while that stands as it was read (threats.md I10): the conditions are part
/// of the INSERT.
void insert_grant(Steps& steps, Grant const& grant, std::optional<Consent> const& standing) {
    std::vector<sql::Value> parameters{sql::blob(grant.id),
                                       sql::value(grant.client_id),
                                       sql::blob(grant.code_secret_hash),
                                       sql::value(grant.code_expires_at),
                                       sql::value(grant.created_at),
                                       sql::value(grant.expires_at),
                                       sql::value(std::int64_t{grant.offline ? 1 : 0}),
                                       sql::value(grant.acting_until),
                                       sql::value(boost::json::serialize(grant.body)),
                                       sql::blob(grant.session_id),
                                       sql::value(grant.user_id)};
    if (!standing) {
        steps.push_back(
            {"INSERT INTO grants (id, client_id, user_id, session_id, "
             "code_secret_hash, code_expires_at, created_at, expires_at, offline, "
             "acting_until, body) SELECT ?, ?, s.user_id, s.id, ?, ?, ?, ?, ?, ?, ? "
             "FROM sessions s JOIN users u ON u.id = s.user_id "
             "WHERE s.id = ? AND s.user_id = ? AND s.ended_at IS NULL "
             "AND u.disabled_at IS NULL",
             std::move(parameters), 1});
        return;
    }
    for (auto const& text : {grant.client_id, join_words(standing->scopes),
                             join_words(standing->claims), standing->text_version})
        parameters.push_back(sql::value(text));
    steps.push_back(
        {"INSERT INTO grants (id, client_id, user_id, session_id, code_secret_hash, "
         "code_expires_at, created_at, expires_at, offline, acting_until, body) "
         "SELECT ?, ?, s.user_id, s.id, ?, ?, ?, ?, ?, ?, ? "
         "FROM sessions s JOIN users u ON u.id = s.user_id "
         "JOIN consents c ON c.user_id = s.user_id "
         "WHERE s.id = ? AND s.user_id = ? AND s.ended_at IS NULL "
         "AND u.disabled_at IS NULL AND c.client_id = ? AND c.withdrawn_at IS NULL "
         "AND c.scopes = ? AND c.claims = ? AND c.text_version = ?",
         std::move(parameters), 1});
}

void settle_account(Steps& steps, FinishLogin const& data, TimePoint now, Random& random) {
    if (data.new_user) add_user(steps, *data.new_user);
    if (data.new_principal) add_user(steps, *data.new_principal);
    if (!data.claimed_user.empty()) claim_user(steps, data.claimed_user);
    for (auto const& joined : data.joined)
        join_unclaimed(steps, joined);
    if (data.merged) merge_user(steps, *data.merged, now, random);
    for (auto const& identity : data.new_identities)
        add_identity(steps, identity);
    steps.insert(steps.end(), data.plugin_writes.begin(), data.plugin_writes.end());
}

void settle_session(Steps& steps, FinishLogin const& data, TimePoint now, Sealer const& sealer,
                    Random& random) {
    if (data.gives_way) add_ending(steps, *data.gives_way, random, std::nullopt);
    if (data.used_session) use_session(steps, *data.used_session, now);
    if (!data.new_session) return;
    if (data.renews_session) return renew_session(steps, *data.new_session, now, sealer, random);
    insert_session(steps, *data.new_session, sealer, random);
    end_oldest_sessions(steps, *data.new_session, data.sessions_per_user, data.grant.id, now);
}

}  // namespace

std::unique_ptr<Intention> finish_login(FinishLogin const& data, Sealer const& sealer,
                                        Random& random) {
    TimePoint const now = data.grant.created_at;
    Steps steps;
    if (data.login_id) consume_login(steps, *data.login_id, data.login_version);
    if (!data.pushed_request.empty())
        steps.push_back(
            {"DELETE FROM pushed_requests WHERE id = ?", {sql::blob(data.pushed_request)}, 1});
    settle_account(steps, data, now, random);
    if (data.given_consent) give_consent(steps, *data.given_consent, data.replaced_consent);
    settle_session(steps, data, now, sealer, random);
    insert_grant(steps, data.grant, data.standing_consent);
    if (data.access_token) steps.push_back(access_token_statement(*data.access_token));
    if (!data.decoupled_request.empty())
        steps.push_back(allow_decoupled_request(data.decoupled_request, data.grant.user_id,
                                                data.grant.id, now));
    for (auto const& event : data.audit)
        steps.push_back(audit_statement(event, random));
    return sql::Write::adding("finish_login", std::move(steps));
}

}  // namespace tunnus::storage
