// SPDX-License-Identifier: MIT
#include "plugins/suomifi/seen.hpp"

#include "idp/base/crypto.hpp"
#include "idp/base/limits.hpp"

#include <array>

namespace tunnus::plugin::suomifi {
namespace {

constexpr std::array all_migrations{
    sql::Migration{1, "0001_seen.sql", R"(
CREATE TABLE suomifi_seen (
    digest     VARBINARY(32) NOT NULL PRIMARY KEY,  -- SHA-256 of the kind and the identifier
    expires_at BIGINT        NOT NULL
) /*sqlite WITHOUT ROWID */;
CREATE INDEX suomifi_seen_by_expiry ON suomifi_seen (expires_at);
)"},
};

sql::Statement insert(std::string_view kind, std::string_view id, TimePoint expires_at) {
    std::string name(kind);
    name.append(":").append(id);
    return {"INSERT INTO suomifi_seen (digest, expires_at) VALUES (?, ?)",
            {sql::blob(sha256(name)), sql::value(expires_at)},
            1};
}

}  // namespace

std::span<sql::Migration const> migrations() {
    return all_migrations;
}

Result<bool> Seen::use_up(std::string_view request_id, std::string_view assertion_id) {
    auto const expires_at = clock_.now() + limits_.saml_seen_lifetime;
    std::vector<sql::Statement> steps{insert("request", request_id, expires_at),
                                      insert("assertion", assertion_id, expires_at)};
    auto const verdict = database_.commit(
        std::make_unique<sql::Write>("suomifi_use_up_assertion", std::move(steps)));
    if (!verdict) return verdict.error();
    return *verdict == Verdict::won;
}

Result<> Seen::clean() {
    // A bounded delete in SQL that every engine speaks: up to the first row beyond the batch.
    auto const now = clock_.now();
    auto const beyond = database_.find(
        {"SELECT expires_at FROM suomifi_seen WHERE expires_at < ? ORDER BY expires_at "
         "LIMIT 1 OFFSET ?",
         {sql::value(now), sql::value(static_cast<std::int64_t>(limits_.expiry_batch))},
         {}});
    if (!beyond) return beyond.error();
    auto const before = *beyond ? (*beyond)->time(0) : now;
    std::vector<sql::Statement> steps{
        {"DELETE FROM suomifi_seen WHERE expires_at < ?", {sql::value(before)}, {}}};
    auto const verdict =
        database_.commit(std::make_unique<sql::Write>("suomifi_clean_seen", std::move(steps)));
    if (!verdict) return verdict.error();
    return {};
}

}  // namespace tunnus::plugin::suomifi
