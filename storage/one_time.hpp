// SPDX-License-Identifier: MIT
// Things that may happen once or a few times.
#pragma once

#include "idp/base/crypto.hpp"
#include "storage/sql/database.hpp"

namespace tunnus::storage {

/// True for the first caller of (space, id) before `expires_at`, for all others false; decided by
/// insert-once.
[[nodiscard]] Result<bool> use_once(sql::Database& database, std::string_view space,
                                    std::string_view id, TimePoint expires_at);

/// Something that may happen once, and until when it is remembered.
struct OneTimeUse {
    std::string_view space;  ///< a literal: `client_assertion`, `dpop`
    std::string id;
    TimePoint expires_at{};
};
/// Makes an intention of this folder depend on it: one more conditional statement, before all
/// others (sql::Write::guards). At most two.
void add_guard(Intention& intention, OneTimeUse const& use);
/// An intention that writes nothing but its guards, for a request that changes nothing else.
[[nodiscard]] std::unique_ptr<Intention> only_guards();

/// Part of a write that depends on it: a second one loses.
[[nodiscard]] sql::Statement use_once_statement(OneTimeUse const& use);

/// One of `limit` attempts of `bucket` in the current window.
struct Attempt {
    std::string bucket;
    std::size_t limit = 0;
    seconds window{};
    TimePoint now{};
};
/// The same for a write that depends on it: `lost` when none is left.
[[nodiscard]] std::vector<sql::Statement> attempt_steps(Attempt const& attempt);
/// Reserves it and nothing else.
[[nodiscard]] std::unique_ptr<Intention> reserve_attempt(Attempt const& attempt);
/// Reserves one of `limit` attempts of `bucket` in the current window, atomically. False: none is
/// left.
[[nodiscard]] Result<bool> reserve_attempt(sql::Database& database, std::string_view bucket,
                                           std::size_t limit, seconds window, TimePoint now);
/// Gives the bucket's attempts back (after a success).
[[nodiscard]] Result<> reset_attempts(sql::Database& database, std::string_view bucket);

/// Deletes what has expired, in batches of `batch` rows a table. Returns the rows deleted.
[[nodiscard]] Result<std::size_t> delete_expired(sql::Database& database, TimePoint now,
                                                 std::size_t batch);

}  // namespace tunnus::storage
