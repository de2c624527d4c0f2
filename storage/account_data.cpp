// SPDX-License-Identifier: MIT
#include "storage/account_data.hpp"

#include "idp/base/time_text.hpp"
#include "storage/account_steps.hpp"
#include "storage/audit_log.hpp"

#include <boost/json/array.hpp>

#include <array>

namespace tunnus::storage {
namespace {

namespace json = boost::json;

/// A column of an answer and how it is written.
struct Column {
    enum class Kind { text, time, integer } kind;
    std::string_view name;
};
struct Part {
    std::string_view name;
    std::string_view sql;  ///< its one value is the account's id
    std::vector<Column> columns;
};

std::vector<Part> parts() {
    using enum Column::Kind;
    return {
        {"identities",
         "SELECT authenticator, linked_at FROM identities WHERE user_id = ? ORDER BY linked_at",
         {{text, "authenticator"}, {time, "linked_at"}}},
        {"sessions",
         "SELECT acr, amr, auth_time, last_used_at, ended_at, client_address, user_agent "
         "FROM sessions WHERE user_id = ? ORDER BY id",
         {{text, "acr"},
          {text, "amr"},
          {time, "auth_time"},
          {time, "last_used_at"},
          {time, "ended_at"},
          {text, "client_address"},
          {text, "user_agent"}}},
        {"consents",
         "SELECT client_id, scopes, claims, locale, given_at, withdrawn_at FROM consents "
         "WHERE user_id = ? ORDER BY client_id",
         {{text, "client_id"},
          {text, "scopes"},
          {text, "claims"},
          {text, "locale"},
          {time, "given_at"},
          {time, "withdrawn_at"}}},
        {"grants",
         "SELECT client_id, created_at, expires_at, revoked_at, offline FROM grants "
         "WHERE user_id = ? ORDER BY id",
         {{text, "client_id"},
          {time, "created_at"},
          {time, "expires_at"},
          {time, "revoked_at"},
          {integer, "offline"}}},
        {"approval_code",
         "SELECT chosen_at FROM approval_codes WHERE user_id = ?",
         {{time, "chosen_at"}}},
        {"requests",
         "SELECT client_id, state, created_at, expires_at FROM decoupled_requests "
         "WHERE user_id = ? ORDER BY id",
         {{text, "client_id"}, {integer, "state"}, {time, "created_at"}, {time, "expires_at"}}},
        {"events",
         "SELECT at, kind, client_id, fields FROM audit_events WHERE user_id = ? ORDER BY at, id",
         {{time, "at"}, {text, "kind"}, {text, "client_id"}, {text, "fields"}}},
    };
}

json::object read(sql::Row const& row, std::vector<Column> const& columns) {
    json::object object;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        auto const& [kind, name] = columns[i];
        if (kind == Column::Kind::text)
            object[name] = row.text(i);
        else if (kind == Column::Kind::integer)
            object[name] = row.integer(i);
        else if (auto const at = row.maybe_time(i))
            object[name] = rfc3339(*at);
    }
    return object;
}

}  // namespace

Result<json::object> export_user(sql::Database& database, std::string_view user_id) {
    auto const user =
        database.find({"SELECT id, created_at, disabled_at, unclaimed FROM users WHERE id = ?",
                       {sql::value(user_id)},
                       {}});
    if (!user) return user.error();
    if (!*user) return json::object();
    using enum Column::Kind;
    auto account = read(**user, {{text, "id"}, {time, "created_at"}, {time, "disabled_at"}});
    if ((*user)->integer(3) != 0) account["unclaimed"] = true;
    for (auto const& part : parts()) {
        auto const rows = database.query({part.sql, {sql::value(user_id)}, {}});
        if (!rows) return rows.error();
        json::array list;
        for (auto const& row : *rows)
            list.push_back(read(row, part.columns));
        account[part.name] = std::move(list);
    }
    return account;
}

void erase_rows_of(std::vector<sql::Statement>& steps, std::string const& user_id) {
    static constexpr std::array before{
        "DELETE FROM access_tokens WHERE grant_id IN (SELECT id FROM grants WHERE user_id = ?)",
        "DELETE FROM refresh_tokens WHERE grant_id IN (SELECT id FROM grants WHERE user_id = ?)",
        "DELETE FROM grants WHERE user_id = ?",
        "DELETE FROM consents WHERE user_id = ?",
        "DELETE FROM decoupled_requests WHERE user_id = ?",
        "DELETE FROM approval_codes WHERE user_id = ?",
        "DELETE FROM sessions WHERE user_id = ?",
        "DELETE FROM identities WHERE user_id = ?",
    };
    for (auto const* text : before)
        steps.push_back({text, {sql::value(user_id)}, {}});
}

std::unique_ptr<Intention> erase_user(EraseUser const& data, Random& random) {
    std::vector<sql::Statement> steps;
    erase_rows_of(steps, data.user_id);
    steps.push_back({"DELETE FROM users WHERE id = ?", {sql::value(data.user_id)}, 1});
    steps.push_back(audit_statement(data.audit, random));
    return std::make_unique<sql::Write>("erase_user", std::move(steps));
}

}  // namespace tunnus::storage
