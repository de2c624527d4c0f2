// SPDX-License-Identifier: MIT
#include "storage/token_exchange.hpp"

#include "storage/audit_log.hpp"
#include "storage/columns.hpp"

#include <boost/json/serialize.hpp>

namespace tunnus::storage {

std::unique_ptr<Intention> exchange_token(AccessToken const& token, std::string_view made_of,
                                          AuditEvent const& audit, Random& random) {
    std::vector<sql::Statement> steps;
    steps.push_back(
        {"INSERT INTO access_tokens "
         "(id, secret_hash, grant_id, client_id, scopes, confirmation, created_at, expires_at, "
         "body) SELECT ?, ?, t.grant_id, ?, ?, ?, ?, ?, ? "
         "FROM access_tokens t JOIN grants g ON g.id = t.grant_id "
         "WHERE t.id = ? AND t.revoked_at IS NULL AND t.expires_at > ? AND g.revoked_at IS NULL",
         {sql::blob(token.id), sql::blob(token.secret_hash), sql::value(token.client_id),
          sql::value(join_words(token.scopes)), sql::value(token.confirmation),
          sql::value(token.created_at), sql::value(token.expires_at),
          token.body.empty() ? sql::Value() : sql::value(boost::json::serialize(token.body)),
          sql::blob(made_of), sql::value(token.created_at)},
         1});
    steps.push_back(audit_statement(audit, random));
    return sql::Write::adding("exchange_token", std::move(steps));
}

}  // namespace tunnus::storage
