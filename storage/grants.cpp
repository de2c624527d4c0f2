// SPDX-License-Identifier: MIT
#include "storage/grants.hpp"

#include "storage/audit_log.hpp"
#include "storage/columns.hpp"
#include "storage/consent_row.hpp"
#include "storage/decoupled_requests.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace tunnus::storage {
namespace {

using Steps = std::vector<sql::Statement>;

/// Twelve columns from `first` on: id, client_id, user_id, session_id, code_secret_hash,
/// code_expires_at, redeemed_at, revoked_at, created_at, expires_at, offline, body.
Result<Grant> read_grant(sql::Row const& row, std::size_t first) {
    auto body = read_object(row.text(first + 11));
    if (!body) return body.error();
    return Grant{
        .id = row.bytes(first),
        .client_id = row.text(first + 1),
        .user_id = row.text(first + 2),
        .session_id = row.bytes(first + 3),
        .code_secret_hash = row.bytes(first + 4),
        .code_expires_at = row.time(first + 5),
        .redeemed_at = row.maybe_time(first + 6),
        .revoked_at = row.maybe_time(first + 7),
        .created_at = row.time(first + 8),
        .expires_at = row.time(first + 9),
        .offline = row.integer(first + 10) != 0,
        .body = std::move(*body),
        .acting_until = {},
    };
}

// A token of either kind with what its life hangs on, so that one look tells all: kind; id,
// secret_hash, grant_id, confirmation, created_at, expires_at, revoked_at or used_at; client_id,
// scopes and body of an access token; twelve columns of the grant, eight of the consent; ended_at,
// idle_expires_at and expires_at of the session, of which a refresh token alone is in need: what
// ends a session ends its grants.
constexpr std::size_t first_of_grant = 11;
constexpr std::size_t first_of_consent = 23;
constexpr std::size_t first_of_session = 31;
constexpr std::int64_t access_kind = 0;

std::string const grant_and_consent =
    "g.id, g.client_id, g.user_id, g.session_id, g.code_secret_hash, g.code_expires_at, "
    "g.redeemed_at, g.revoked_at, g.created_at, g.expires_at, g.offline, g.body, "
    "c.user_id, c.client_id, c.scopes, c.claims, c.text_version, c.locale, c.given_at, "
    "c.withdrawn_at";
std::string const find_access_sql =
    "SELECT 0, t.id, t.secret_hash, t.grant_id, t.confirmation, t.created_at, t.expires_at, "
    "t.revoked_at, t.client_id, t.scopes, t.body, " +
    grant_and_consent +
    ", NULL, NULL, NULL FROM access_tokens t LEFT JOIN grants g ON g.id = t.grant_id "
    "LEFT JOIN consents c ON c.user_id = g.user_id AND c.client_id = g.client_id "
    "WHERE t.id = ?";
std::string const find_refresh_sql =
    "SELECT 1, r.id, r.secret_hash, r.grant_id, r.confirmation, r.created_at, r.expires_at, "
    "r.used_at, NULL, NULL, NULL, " +
    grant_and_consent +
    ", s.ended_at, s.idle_expires_at, s.expires_at "
    "FROM refresh_tokens r JOIN grants g ON g.id = r.grant_id "
    "LEFT JOIN consents c ON c.user_id = g.user_id AND c.client_id = g.client_id "
    "LEFT JOIN sessions s ON s.id = g.session_id WHERE r.id = ?";
std::string const find_either_sql = find_access_sql + " UNION ALL " + find_refresh_sql;

Result<Grants::Token> read_access_token(sql::Row const& row) {
    TokenAndGrant both{{.id = row.bytes(1),
                        .secret_hash = row.bytes(2),
                        .grant_id = {},
                        .client_id = row.text(8),
                        .scopes = split_words(row.text(9)),
                        .confirmation = row.text(4),
                        .created_at = row.time(5),
                        .expires_at = row.time(6),
                        .revoked_at = row.maybe_time(7)},
                       std::nullopt,
                       read_consent(row, first_of_consent)};
    if (!row.is_null(10)) {
        auto body = read_object(row.text(10));
        if (!body) return body.error();
        both.token.body = std::move(*body);
    }
    if (row.is_null(3)) return Grants::Token(std::move(both));
    // A token whose grant is gone (expired and deleted) is as good as unknown.
    if (row.is_null(first_of_grant)) return Grants::Token();
    both.token.grant_id = row.bytes(3);
    auto grant = read_grant(row, first_of_grant);
    if (!grant) return grant.error();
    both.grant = std::move(*grant);
    return Grants::Token(std::move(both));
}

std::optional<TimePoint> read_session_end(sql::Row const& row) {
    if (!row.is_null(first_of_session) || row.is_null(first_of_session + 1)) return std::nullopt;
    return std::min(row.time(first_of_session + 1), row.time(first_of_session + 2));
}

Result<Grants::Token> read_refresh_token(sql::Row const& row) {
    auto grant = read_grant(row, first_of_grant);
    if (!grant) return grant.error();
    return Grants::Token(RefreshAndGrant{{.id = row.bytes(1),
                                          .secret_hash = row.bytes(2),
                                          .grant_id = row.bytes(3),
                                          .confirmation = row.text(4),
                                          .created_at = row.time(5),
                                          .expires_at = row.time(6),
                                          .used_at = row.maybe_time(7)},
                                         std::move(*grant),
                                         read_consent(row, first_of_consent),
                                         read_session_end(row)});
}

Result<Grants::Token> read_found(Result<std::optional<sql::Row>> const& found,
                                 Bearer const& token) {
    if (!found) return found.error();
    if (!*found || !matches(token, (*found)->bytes(2))) return Grants::Token();
    return (*found)->integer(0) == access_kind ? read_access_token(**found)
                                               : read_refresh_token(**found);
}

template <class T>
std::optional<T> only(Grants::Token&& found) {
    if (auto* const one = std::get_if<T>(&found)) return std::move(*one);
    return std::nullopt;
}

Result<std::vector<Grant>> read_grants(Result<std::vector<sql::Row>> const& rows) {
    if (!rows) return rows.error();
    std::vector<Grant> grants;
    for (auto const& row : *rows) {
        auto grant = read_grant(row, 0);
        if (!grant) return grant.error();
        grants.push_back(std::move(*grant));
    }
    return grants;
}

sql::Statement insert_refresh_token(RefreshToken const& token) {
    return {
        "INSERT INTO refresh_tokens "
        "(id, secret_hash, grant_id, confirmation, created_at, expires_at) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        {sql::blob(token.id), sql::blob(token.secret_hash), sql::blob(token.grant_id),
         sql::value(token.confirmation), sql::value(token.created_at),
         sql::value(token.expires_at)},
        {}};
}

/// What a use too many of a code leaves. The event is recorded only by the use that revokes, so
/// that repeating a dead code cannot fill the audit trail.
Steps revoke_reused_code(RedeemCode const& data, Random& random) {
    auto audit = audit_values(data.reuse_audit, make_id(random, data.now));
    audit.push_back(sql::blob(data.grant_id));
    Steps steps;
    steps.push_back(
        {"INSERT INTO audit_events "
         "(id, at, kind, event_id, request_id, user_id, client_id, fields) "
         "SELECT ?, ?, ?, ?, ?, ?, ?, ? FROM grants "
         "WHERE id = ? AND redeemed_at IS NOT NULL AND revoked_at IS NULL",
         std::move(audit),
         {}});
    steps.push_back(
        sql::ending({"UPDATE grants SET revoked_at = ? "
                     "WHERE id = ? AND redeemed_at IS NOT NULL AND revoked_at IS NULL",
                     {sql::value(data.now), sql::blob(data.grant_id)},
                     {}}));
    return steps;
}

/// The same for a refresh token that was rotated before (RFC 9700 §4.14), unless the answer to that
/// is still there for whoever asks again.
Steps revoke_reused_refresh_token(RotateRefreshToken const& data, Random& random) {
    auto audit = audit_values(data.reuse_audit, make_id(random, data.now));
    audit.push_back(sql::blob(data.used_id));
    audit.push_back(sql::blob(data.grant_id));
    audit.push_back(sql::value(data.now));
    Steps steps;
    steps.push_back(
        {"INSERT INTO audit_events "
         "(id, at, kind, event_id, request_id, user_id, client_id, fields) "
         "SELECT ?, ?, ?, ?, ?, ?, ?, ? "
         "FROM refresh_tokens r JOIN grants g ON g.id = r.grant_id "
         "WHERE r.id = ? AND r.used_at IS NOT NULL AND g.id = ? "
         "AND g.revoked_at IS NULL AND NOT EXISTS (SELECT 1 FROM refresh_answers a "
         "JOIN refresh_tokens s ON s.id = a.successor_id "
         "WHERE a.used_id = r.id AND a.expires_at > ? AND s.used_at IS NULL)",
         std::move(audit),
         {}});
    steps.push_back(
        sql::ending({"UPDATE grants SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL "
                     "AND EXISTS (SELECT 1 FROM refresh_tokens r "
                     "WHERE r.id = ? AND r.grant_id = grants.id AND r.used_at IS NOT NULL "
                     "AND NOT EXISTS (SELECT 1 FROM refresh_answers a "
                     "JOIN refresh_tokens s ON s.id = a.successor_id "
                     "WHERE a.used_id = r.id AND a.expires_at > ? AND s.used_at IS NULL))",
                     {sql::value(data.now), sql::blob(data.grant_id), sql::blob(data.used_id),
                      sql::value(data.now)},
                     {}}));
    return steps;
}

}  // namespace

sql::Statement access_token_statement(AccessToken const& token) {
    return {
        "INSERT INTO access_tokens "
        "(id, secret_hash, grant_id, client_id, scopes, confirmation, created_at, expires_at, "
        "body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {sql::blob(token.id), sql::blob(token.secret_hash),
         token.grant_id ? sql::blob(*token.grant_id) : sql::Value(), sql::value(token.client_id),
         sql::value(join_words(token.scopes)), sql::value(token.confirmation),
         sql::value(token.created_at), sql::value(token.expires_at),
         token.body.empty() ? sql::Value() : sql::value(boost::json::serialize(token.body))},
        {}};
}

Result<std::optional<Grant>> Grants::find(std::string_view id) {
    auto const row = database_.find(
        {"SELECT id, client_id, user_id, session_id, code_secret_hash, code_expires_at, "
         "redeemed_at, revoked_at, created_at, expires_at, offline, body "
         "FROM grants WHERE id = ?",
         {sql::blob(id)},
         {}});
    if (!row) return row.error();
    if (!*row) return std::optional<Grant>();
    auto grant = read_grant(**row, 0);
    if (!grant) return grant.error();
    return std::optional<Grant>(std::move(*grant));
}

Result<std::vector<Grant>> Grants::find_acting(std::string_view user_id, TimePoint now) {
    return read_grants(database_.query(
        {"SELECT id, client_id, user_id, session_id, code_secret_hash, code_expires_at, "
         "redeemed_at, revoked_at, created_at, expires_at, offline, body FROM grants "
         "WHERE user_id = ? AND revoked_at IS NULL AND expires_at > ? AND acting_until > ? "
         "ORDER BY id DESC",
         {sql::value(user_id), sql::value(now), sql::value(now)},
         {}}));
}

Result<std::vector<Grant>> Grants::find_acting_over(TimePoint now, std::size_t most) {
    return read_grants(database_.query(
        {"SELECT id, client_id, user_id, session_id, code_secret_hash, code_expires_at, "
         "redeemed_at, revoked_at, created_at, expires_at, offline, body FROM grants "
         "WHERE acting_until > 0 AND (acting_until <= ? OR revoked_at IS NOT NULL) LIMIT ?",
         {sql::value(now), sql::value(static_cast<std::int64_t>(most))},
         {}}));
}

Result<std::optional<Grant>> Grants::find_by_code(Bearer const& code) {
    auto found = find(code.id);
    if (found && *found && !matches(code, (*found)->code_secret_hash)) found->reset();
    return found;
}

// The count is asked before the look: what ends during it is seen by the next caller.
Result<Grants::Token> Grants::look_up(Bearer const& token, sql::Statement const& statement) {
    auto const endings = database_.endings();
    if (!endings) return endings.error();
    if (*endings)
        if (auto const known = remembered_.find(**endings, token.id))
            return matches(token, known->token.secret_hash) ? Token(*known) : Token();
    auto found = read_found(database_.find(statement), token);
    if (found && *endings)
        if (auto const* access = std::get_if<TokenAndGrant>(&*found))
            remembered_.keep(**endings, token.id, std::make_shared<TokenAndGrant const>(*access));
    return found;
}

Result<std::optional<TokenAndGrant>> Grants::find_access_token(Bearer const& token) {
    auto found = look_up(token, {find_access_sql, {sql::blob(token.id)}, {}});
    if (!found) return found.error();
    return only<TokenAndGrant>(std::move(*found));
}

Result<std::optional<RefreshAndGrant>> Grants::find_refresh_token(Bearer const& token) {
    auto found = read_found(database_.find({find_refresh_sql, {sql::blob(token.id)}, {}}), token);
    if (!found) return found.error();
    return only<RefreshAndGrant>(std::move(*found));
}

Result<Grants::Token> Grants::find_token(Bearer const& token) {
    return look_up(token, {find_either_sql, {sql::blob(token.id), sql::blob(token.id)}, {}});
}

Result<std::optional<RefreshAnswer>> Grants::find_refresh_answer(std::string_view used_id) {
    auto const found = database_.find(
        {"SELECT a.used_id, a.successor_id, a.sealed, a.expires_at FROM refresh_answers a "
         "JOIN refresh_tokens s ON s.id = a.successor_id "
         "WHERE a.used_id = ? AND s.used_at IS NULL",
         {sql::blob(used_id)},
         {}});
    if (!found) return found.error();
    if (!*found) return std::optional<RefreshAnswer>();
    auto const& row = **found;
    return std::optional(RefreshAnswer{row.bytes(0), row.bytes(1), row.bytes(2), row.time(3)});
}

std::unique_ptr<Intention> end_acting(EndActing const& data, Random& random) {
    Steps steps;
    steps.push_back(sql::ending(
        {"UPDATE grants SET acting_until = NULL, body = ?, revoked_at = COALESCE(revoked_at, ?) "
         "WHERE id = ? AND acting_until > 0",
         {sql::value(boost::json::serialize(data.body)), sql::value(data.now),
          sql::blob(data.grant_id)},
         1}));
    if (data.audit) steps.push_back(audit_statement(*data.audit, random));
    return sql::Write::adding("end_acting", std::move(steps));
}

std::unique_ptr<Intention> redeem_code(RedeemCode const& data, Random& random) {
    Steps steps;
    if (!data.decoupled_request.empty())
        steps.push_back(take_decoupled_request(data.decoupled_request, data.grant_id));
    steps.push_back(
        {"UPDATE grants SET redeemed_at = ? WHERE id = ? AND redeemed_at IS NULL "
         "AND revoked_at IS NULL AND code_expires_at > ? AND expires_at > ?",
         {sql::value(data.now), sql::blob(data.grant_id), sql::value(data.now),
          sql::value(data.now)},
         1});
    if (data.access_token) steps.push_back(access_token_statement(*data.access_token));
    if (data.refresh_token) steps.push_back(insert_refresh_token(*data.refresh_token));
    steps.push_back(audit_statement(data.audit, random));
    return sql::Write::adding(
        "redeem_code", std::move(steps),
        data.decoupled_request.empty() ? revoke_reused_code(data, random) : Steps());
}

std::unique_ptr<Intention> revoke_grant(RevokeGrant const& data, Random& random) {
    Steps steps;
    steps.push_back({"UPDATE grants SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
                     {sql::value(data.now), sql::blob(data.grant_id)},
                     1});
    steps.push_back(audit_statement(data.audit, random));
    return std::make_unique<sql::Write>("revoke_grant", std::move(steps));
}

std::unique_ptr<Intention> rotate_refresh_token(RotateRefreshToken const& data, Random& random) {
    Steps steps;
    steps.push_back(
        {"UPDATE refresh_tokens SET used_at = ? WHERE id = ? AND grant_id = ? "
         "AND used_at IS NULL AND expires_at > ? AND EXISTS (SELECT 1 FROM grants g "
         "WHERE g.id = refresh_tokens.grant_id AND g.revoked_at IS NULL AND g.expires_at > ?)",
         {sql::value(data.now), sql::blob(data.used_id), sql::blob(data.grant_id),
          sql::value(data.now), sql::value(data.now)},
         1});
    steps.push_back(insert_refresh_token(data.successor));
    if (data.answer)
        steps.push_back(
            {"INSERT INTO refresh_answers (used_id, successor_id, sealed, expires_at) "
             "VALUES (?, ?, ?, ?)",
             {sql::blob(data.answer->used_id), sql::blob(data.answer->successor_id),
              sql::blob(data.answer->sealed), sql::value(data.answer->expires_at)},
             {}});
    if (data.access_token) steps.push_back(access_token_statement(*data.access_token));
    steps.push_back(audit_statement(data.audit, random));
    return sql::Write::adding("rotate_refresh_token", std::move(steps),
                              revoke_reused_refresh_token(data, random));
}

std::unique_ptr<Intention> use_refresh_token(UseRefreshToken const& data, Random& random) {
    Steps steps;
    steps.push_back(
        {"UPDATE refresh_tokens SET expires_at = ? WHERE id = ? AND grant_id = ? "
         "AND used_at IS NULL AND expires_at > ? AND EXISTS (SELECT 1 FROM grants g "
         "WHERE g.id = refresh_tokens.grant_id AND g.revoked_at IS NULL AND g.expires_at > ?)",
         {sql::value(data.expires_at), sql::blob(data.id), sql::blob(data.grant_id),
          sql::value(data.now), sql::value(data.now)},
         1});
    if (data.access_token) steps.push_back(access_token_statement(*data.access_token));
    steps.push_back(audit_statement(data.audit, random));
    return sql::Write::adding("use_refresh_token", std::move(steps));
}

std::unique_ptr<Intention> issue_client_token(AccessToken const& token, AuditEvent const& audit,
                                              Random& random) {
    Steps steps;
    steps.push_back(access_token_statement(token));
    steps.push_back(audit_statement(audit, random));
    return sql::Write::adding("issue_client_token", std::move(steps));
}

std::unique_ptr<Intention> revoke_access_token(std::string_view id, TimePoint now,
                                               AuditEvent const& audit, Random& random) {
    Steps steps;
    steps.push_back({"UPDATE access_tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
                     {sql::value(now), sql::blob(id)},
                     1});
    steps.push_back(audit_statement(audit, random));
    return std::make_unique<sql::Write>("revoke_access_token", std::move(steps));
}

}  // namespace tunnus::storage
