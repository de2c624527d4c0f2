// SPDX-License-Identifier: MIT
#include "plugins/password/attempts.hpp"

#include <algorithm>

namespace tunnus::plugin::password {

namespace {

constexpr milliseconds first_wait{1'000};

// `free_at` before `used`: MariaDB assigns from left to right, and later ones see the new value.
constexpr std::string_view count_and_wait_sql =
    "UPDATE password_attempts SET free_at = CASE WHEN used + 1 < ? THEN 0 "
    "WHEN used <= ? THEN ? WHEN used < ? THEN ? + (? << (used - ?)) ELSE ? END, "
    "expires_at = ?, used = used + 1 "
    "WHERE bucket = ? AND window_start = 0 AND (used < ? OR free_at <= ?) = ?";

}  // namespace

TimePoint Attempts::window_start(Bucket const& bucket) const {
    if (bucket.waits) return {};
    auto const now = host_.clock().now();
    return now - now.time_since_epoch() % milliseconds(bucket.window);
}

sql::Statement Attempts::count_and_wait(Bucket const& bucket, bool is_free) const {
    auto const now = host_.clock().now();
    auto const limit = static_cast<std::int64_t>(bucket.limit);
    std::int64_t doublings = 0;
    while (first_wait * (std::int64_t{1} << doublings) < bucket.window)
        ++doublings;
    return {count_and_wait_sql,
            {sql::value(limit), sql::value(limit), sql::value(now + first_wait),
             sql::value(limit + doublings), sql::value(now),
             sql::value(std::int64_t{first_wait.count()}), sql::value(limit),
             sql::value(now + bucket.window), sql::value(now + 2 * bucket.window), key(bucket),
             sql::value(limit), sql::value(now), sql::value(std::int64_t{is_free})},
            {}};
}

Result<bool> Attempts::reserve(std::vector<Bucket> const& buckets) {
    auto const now = host_.clock().now();
    std::vector<sql::Statement> steps;
    for (auto const& bucket : buckets) {
        auto const start = window_start(bucket);
        if (bucket.waits)
            steps.push_back(
                {"DELETE FROM password_attempts "
                 "WHERE bucket = ? AND window_start = 0 AND expires_at <= ?",
                 {key(bucket), sql::value(now)},
                 {}});
        steps.push_back(
            {"INSERT INTO password_attempts (bucket, window_start, used, free_at, expires_at) "
             "VALUES (?, ?, 0, 0, ?) /*sqlite ON CONFLICT DO NOTHING */ "
             "/*M! ON DUPLICATE KEY UPDATE used = used */",
             {key(bucket), sql::value(start),
              sql::value((bucket.waits ? now : start) + bucket.window)},
             {}});
        if (bucket.waits) {
            steps.push_back(count_and_wait(bucket, true));
            steps.back().expected_rows = 1;
            continue;
        }
        steps.push_back(
            {"UPDATE password_attempts SET used = used + 1 "
             "WHERE bucket = ? AND window_start = ? AND used < ?",
             {key(bucket), sql::value(start), sql::value(static_cast<std::int64_t>(bucket.limit))},
             1});
    }
    auto const verdict =
        host_.database().commit(sql::Write::adding("password.reserve", std::move(steps)));
    if (!verdict) return verdict.error();
    return *verdict == Verdict::won;
}

Result<Attempts::Count> Attempts::count(Bucket const& bucket) {
    auto const row = host_.database().find(
        {"SELECT used, free_at FROM password_attempts WHERE bucket = ? AND window_start = ?",
         {key(bucket), sql::value(window_start(bucket))},
         {}});
    if (!row) return row.error();
    if (!*row) return Count();
    return Count{static_cast<std::size_t>((*row)->integer(0)), (*row)->time(1)};
}

bool Attempts::has_free(Bucket const& bucket, Count const& count) const {
    if (count.used < bucket.limit) return true;
    return bucket.waits && count.free_at <= host_.clock().now();
}

Result<bool> Attempts::is_spent(Bucket const& bucket) {
    auto const counted = count(bucket);
    if (!counted) return counted.error();
    return !has_free(bucket, *counted);
}

Result<seconds> Attempts::refuse(std::vector<Bucket> const& buckets) {
    std::vector<sql::Statement> steps;
    for (auto const& bucket : buckets)
        if (bucket.waits) steps.push_back(count_and_wait(bucket, false));
    if (!steps.empty()) {
        auto const counted =
            host_.database().commit(sql::Write::adding("password.refuse", std::move(steps)));
        if (!counted) return counted.error();
    }
    auto const now = host_.clock().now();
    auto next = now + seconds(1);
    for (auto const& bucket : buckets) {
        auto const present = count(bucket);
        if (!present) return present.error();
        if (has_free(bucket, *present)) continue;
        next =
            std::max(next, bucket.waits ? present->free_at : window_start(bucket) + bucket.window);
    }
    return std::chrono::ceil<seconds>(next - now);
}

sql::Statement Attempts::forget(Bucket const& bucket) const {
    return {"DELETE FROM password_attempts WHERE bucket = ?", {key(bucket)}, {}};
}

sql::Statement Attempts::give_back(Bucket const& bucket) const {
    return {
        "UPDATE password_attempts SET used = used - 1 "
        "WHERE bucket = ? AND window_start = ? AND used > 0",
        {key(bucket), sql::value(window_start(bucket))},
        {}};
}

}  // namespace tunnus::plugin::password
