// SPDX-License-Identifier: MIT
#include "storage/one_time.hpp"

namespace tunnus::storage {
namespace {

struct Expiring {
    std::string_view count;
    std::string_view remove;
};

// The inner SELECT stands in FROM because MariaDB knows no LIMIT directly inside IN, and deletes
// from no table that it reads in the same breath.
constexpr Expiring expiring[] = {
    {"SELECT COUNT(*) FROM "
     "(SELECT id FROM login_transactions WHERE expires_at <= ? LIMIT ?) AS expired",
     "DELETE FROM login_transactions WHERE id IN (SELECT id FROM "
     "(SELECT id FROM login_transactions WHERE expires_at <= ? LIMIT ?) AS expired)"},
    {"SELECT COUNT(*) FROM "
     "(SELECT id FROM pushed_requests WHERE expires_at <= ? LIMIT ?) AS expired",
     "DELETE FROM pushed_requests WHERE id IN (SELECT id FROM "
     "(SELECT id FROM pushed_requests WHERE expires_at <= ? LIMIT ?) AS expired)"},
    {"SELECT COUNT(*) FROM (SELECT id FROM sessions WHERE expires_at <= ? LIMIT ?) AS expired",
     "DELETE FROM sessions WHERE id IN (SELECT id FROM "
     "(SELECT id FROM sessions WHERE expires_at <= ? LIMIT ?) AS expired)"},
    {"SELECT COUNT(*) FROM (SELECT id FROM grants WHERE expires_at <= ? LIMIT ?) AS expired",
     "DELETE FROM grants WHERE id IN (SELECT id FROM "
     "(SELECT id FROM grants WHERE expires_at <= ? LIMIT ?) AS expired)"},
    {"SELECT COUNT(*) FROM "
     "(SELECT id FROM access_tokens WHERE expires_at <= ? LIMIT ?) AS expired",
     "DELETE FROM access_tokens WHERE id IN (SELECT id FROM "
     "(SELECT id FROM access_tokens WHERE expires_at <= ? LIMIT ?) AS expired)"},
    {"SELECT COUNT(*) FROM "
     "(SELECT id FROM refresh_tokens WHERE expires_at <= ? LIMIT ?) AS expired",
     "DELETE FROM refresh_tokens WHERE id IN (SELECT id FROM "
     "(SELECT id FROM refresh_tokens WHERE expires_at <= ? LIMIT ?) AS expired)"},
    {"SELECT COUNT(*) FROM "
     "(SELECT used_id FROM refresh_answers WHERE expires_at <= ? LIMIT ?) AS expired",
     "DELETE FROM refresh_answers WHERE used_id IN (SELECT used_id FROM "
     "(SELECT used_id FROM refresh_answers WHERE expires_at <= ? LIMIT ?) AS expired)"},
    {"SELECT COUNT(*) FROM "
     "(SELECT id FROM decoupled_requests WHERE kept_until <= ? LIMIT ?) AS expired",
     "DELETE FROM decoupled_requests WHERE id IN (SELECT id FROM "
     "(SELECT id FROM decoupled_requests WHERE kept_until <= ? LIMIT ?) AS expired)"},
    {"SELECT COUNT(*) FROM "
     "(SELECT space FROM one_time WHERE expires_at <= ? LIMIT ?) AS expired",
     "DELETE FROM one_time WHERE (space, id_hash) IN (SELECT space, id_hash FROM "
     "(SELECT space, id_hash FROM one_time WHERE expires_at <= ? LIMIT ?) AS expired)"},
    {"SELECT COUNT(*) FROM "
     "(SELECT bucket FROM attempts WHERE expires_at <= ? LIMIT ?) AS expired",
     "DELETE FROM attempts WHERE (bucket, window_start) IN (SELECT bucket, window_start FROM "
     "(SELECT bucket, window_start FROM attempts WHERE expires_at <= ? LIMIT ?) AS expired)"},
};

}  // namespace

// Counted first: a table with nothing to delete costs no commit. What has expired stays so, hence
// the count holds. Each table is a write of its own, so that logins get their turn in between.
Result<std::size_t> delete_expired(sql::Database& database, TimePoint now, std::size_t batch) {
    std::vector<sql::Value> const parameters{sql::value(now),
                                             sql::value(static_cast<std::int64_t>(batch))};
    std::size_t deleted = 0;
    for (auto const& table : expiring) {
        auto const count = database.find({table.count, parameters, {}});
        if (!count) return count.error();
        auto const expired = static_cast<std::size_t>((*count)->integer(0));
        if (expired == 0) continue;
        std::vector<sql::Statement> steps;
        steps.push_back({table.remove, parameters, {}});
        auto const done = database.commit(sql::Write::adding("delete_expired", std::move(steps)));
        if (!done) return done.error();
        deleted += expired;
    }
    return deleted;
}

}  // namespace tunnus::storage
