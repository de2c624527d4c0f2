// SPDX-License-Identifier: MIT
#include "storage/assertion_grant.hpp"

#include "storage/audit_log.hpp"
#include "storage/columns.hpp"

#include <boost/json/serialize.hpp>

namespace tunnus::storage {
namespace {

sql::Statement grant_statement(Grant const& grant, std::optional<Consent> const& standing) {
    std::vector<sql::Value> parameters{sql::blob(grant.id),
                                       sql::value(grant.client_id),
                                       sql::blob({}),
                                       sql::blob(grant.code_secret_hash),
                                       sql::value(grant.created_at),
                                       sql::value(grant.created_at),
                                       sql::value(grant.created_at),
                                       sql::value(grant.expires_at),
                                       sql::value(boost::json::serialize(grant.body)),
                                       sql::value(grant.user_id)};
    if (!standing)
        return {
            "INSERT INTO grants (id, client_id, user_id, session_id, code_secret_hash, "
            "code_expires_at, redeemed_at, created_at, expires_at, offline, body) "
            "SELECT ?, ?, u.id, ?, ?, ?, ?, ?, ?, 1, ? FROM users u "
            "WHERE u.id = ? AND u.disabled_at IS NULL",
            std::move(parameters), 1};
    for (auto const& text : {grant.client_id, join_words(standing->scopes),
                             join_words(standing->claims), standing->text_version})
        parameters.push_back(sql::value(text));
    return {
        "INSERT INTO grants (id, client_id, user_id, session_id, code_secret_hash, "
        "code_expires_at, redeemed_at, created_at, expires_at, offline, body) "
        "SELECT ?, ?, u.id, ?, ?, ?, ?, ?, ?, 1, ? FROM users u "
        "JOIN consents c ON c.user_id = u.id "
        "WHERE u.id = ? AND u.disabled_at IS NULL AND c.client_id = ? "
        "AND c.withdrawn_at IS NULL AND c.scopes = ? AND c.claims = ? AND c.text_version = ?",
        std::move(parameters), 1};
}

}  // namespace

std::unique_ptr<Intention> redeem_assertion(RedeemAssertion const& data, Random& random) {
    std::vector<sql::Statement> steps;
    steps.push_back(use_once_statement(data.once));
    steps.push_back(grant_statement(data.grant, data.standing_consent));
    steps.push_back(access_token_statement(data.access_token));
    steps.push_back(audit_statement(data.audit, random));
    return sql::Write::adding("redeem_assertion", std::move(steps));
}

}  // namespace tunnus::storage
