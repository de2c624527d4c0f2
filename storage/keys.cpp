// SPDX-License-Identifier: MIT
#include "storage/keys.hpp"

#include "storage/audit_log.hpp"

namespace tunnus::storage {
namespace {

/// A key moved to another name does not open.
std::string context_of(std::string_view kid) {
    return std::string("signing_keys.sealed:").append(kid);
}

Result<std::vector<SigningKey>> read_keys(Result<sql::Rows> const& rows, Sealer const& sealer) {
    if (!rows) return rows.error();
    std::vector<SigningKey> keys;
    for (auto const& row : *rows) {
        auto jwk = sealer.open(context_of(row.text(0)), row.bytes(2));
        if (!jwk)
            return Error(jwk.error().code, "signing key " + row.text(0) +
                                               " does not open under the key of the configuration");
        keys.push_back({row.text(0), row.text(1), Secret(std::move(*jwk)), row.time(3), row.time(4),
                        row.maybe_time(5), row.maybe_time(6)});
    }
    return keys;
}

}  // namespace

Result<std::vector<SigningKey>> Keys::all() {
    return read_keys(
        database_.query({"SELECT kid, alg, sealed, announced_at, sign_from, retired_at, revoked_at "
                         "FROM signing_keys WHERE retired_at IS NULL AND revoked_at IS NULL "
                         "ORDER BY announced_at, kid",
                         {},
                         {}}),
        sealer_);
}

Result<std::vector<SigningKey>> Keys::all_with_retired() {
    return read_keys(
        database_.query({"SELECT kid, alg, sealed, announced_at, sign_from, retired_at, revoked_at "
                         "FROM signing_keys ORDER BY announced_at, kid",
                         {},
                         {}}),
        sealer_);
}

std::unique_ptr<Intention> change_keys(ChangeKeys const& data, Sealer const& sealer,
                                       Random& random) {
    std::vector<sql::Statement> steps;
    for (auto const& key : data.added)
        steps.push_back(
            {"INSERT INTO signing_keys (kid, alg, sealed, announced_at, sign_from) "
             "VALUES (?, ?, ?, ?, ?)",
             {sql::value(key.kid), sql::value(key.alg),
              sql::blob(sealer.seal(context_of(key.kid), key.private_jwk.reveal(), random)),
              sql::value(key.announced_at), sql::value(key.sign_from)},
             1});
    for (auto const& [kid, at] : data.retired)
        steps.push_back(
            {"UPDATE signing_keys SET retired_at = ? WHERE kid = ? AND retired_at IS NULL",
             {sql::value(at), sql::value(kid)},
             1});
    for (auto const& [kid, at] : data.revoked)
        steps.push_back(
            {"UPDATE signing_keys SET revoked_at = ? WHERE kid = ? AND revoked_at IS NULL",
             {sql::value(at), sql::value(kid)},
             1});
    steps.push_back(audit_statement(data.audit, random));
    return std::make_unique<sql::Write>("change_keys", std::move(steps));
}

}  // namespace tunnus::storage
