// SPDX-License-Identifier: MIT
#include "storage/sessions.hpp"

#include "idp/base/encoding.hpp"
#include "storage/columns.hpp"
#include "storage/session_end.hpp"

namespace tunnus::storage {
namespace {

Result<Session> read_session(sql::Row const& row, Sealer const& sealer) {
    auto logout = open_json(sealer, "sessions.logout", row.bytes(0), row.bytes(13));
    if (!logout) return logout.error();
    if (!logout->is_array()) return Error(sql::SqlErrc::corrupt, "sessions.logout is no array");
    return Session{
        .id = row.bytes(0),
        .secret_hash = row.bytes(1),
        .user_id = row.text(2),
        .acr = row.text(3),
        .amr = split_words(row.text(4)),
        .auth_time = row.time(5),
        .created_at = row.time(6),
        .last_used_at = row.time(7),
        .idle_expires_at = row.time(8),
        .expires_at = row.time(9),
        .ended_at = row.maybe_time(10),
        .client_address = row.text(11),
        .user_agent = row.text(12),
        .logout = std::move(logout->get_array()),
    };
}

}  // namespace

std::string Session::sid() const {
    return encode_base64url(id);
}

Result<std::optional<Session>> Sessions::find(Bearer const& cookie) {
    auto session = find_by_id(cookie.id);
    if (!session) return session;
    if (*session && !matches(cookie, (*session)->secret_hash)) return std::optional<Session>();
    return session;
}

Result<std::optional<Session>> Sessions::find_by_id(std::string_view id) {
    auto const row = database_.find(
        {"SELECT s.id, s.secret_hash, s.user_id, s.acr, s.amr, s.auth_time, s.created_at, "
         "s.last_used_at, s.idle_expires_at, s.expires_at, s.ended_at, s.client_address, "
         "s.user_agent, s.logout "
         "FROM sessions s JOIN users u ON u.id = s.user_id "
         "WHERE s.id = ? AND u.disabled_at IS NULL",
         {sql::blob(id)},
         {}});
    if (!row) return row.error();
    if (!*row) return std::optional<Session>();
    auto session = read_session(**row, sealer_);
    if (!session) return session.error();
    return std::optional<Session>(std::move(*session));
}

Result<std::vector<Session>> Sessions::find_by_user(std::string_view user_id, TimePoint now) {
    auto const rows = database_.query(
        {"SELECT id, secret_hash, user_id, acr, amr, auth_time, created_at, last_used_at, "
         "idle_expires_at, expires_at, ended_at, client_address, user_agent, logout "
         "FROM sessions WHERE user_id = ? AND ended_at IS NULL AND idle_expires_at > ? "
         "AND expires_at > ? ORDER BY id DESC",
         {sql::value(user_id), sql::value(now), sql::value(now)},
         {}});
    if (!rows) return rows.error();
    std::vector<Session> sessions;
    for (auto const& row : *rows) {
        auto session = read_session(row, sealer_);
        if (!session) return session.error();
        sessions.push_back(std::move(*session));
    }
    return sessions;
}

Result<std::vector<std::string>> Sessions::clients_of(std::string_view session_id) {
    auto const rows = database_.query(
        {"SELECT DISTINCT client_id FROM grants WHERE session_id = ? ORDER BY client_id",
         {sql::blob(session_id)},
         {}});
    if (!rows) return rows.error();
    std::vector<std::string> clients;
    for (auto const& row : *rows)
        clients.push_back(row.text(0));
    return clients;
}

std::unique_ptr<Intention> end_sessions(EndSessions const& data, Random& random) {
    std::vector<sql::Statement> steps;
    add_ending(steps, data, random, 1);
    return std::make_unique<sql::Write>("end_sessions", std::move(steps));
}

}  // namespace tunnus::storage
