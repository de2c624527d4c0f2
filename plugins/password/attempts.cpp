// SPDX-License-Identifier: MIT
#include "plugins/password/attempts.hpp"

namespace tunnus::plugin::password {

TimePoint Attempts::window_start(Bucket const& bucket) const {
    auto const now = host_.clock().now();
    return now - now.time_since_epoch() % milliseconds(bucket.window);
}

Result<bool> Attempts::reserve(std::vector<Bucket> const& buckets) {
    std::vector<sql::Statement> steps;
    for (auto const& bucket : buckets) {
        auto const start = window_start(bucket);
        steps.push_back(
            {"INSERT INTO password_attempts (bucket, window_start, used, expires_at) "
             "VALUES (?, ?, 0, ?) /*sqlite ON CONFLICT DO NOTHING */ "
             "/*M! ON DUPLICATE KEY UPDATE used = used */",
             {key(bucket), sql::value(start), sql::value(start + bucket.window)},
             {}});
        steps.push_back(
            {"UPDATE password_attempts SET used = used + 1 "
             "WHERE bucket = ? AND window_start = ? AND used < ?",
             {key(bucket), sql::value(start), sql::value(static_cast<std::int64_t>(bucket.limit))},
             1});
    }
    auto const verdict =
        host_.database().commit(std::make_unique<sql::Write>("password.reserve", std::move(steps)));
    if (!verdict) return verdict.error();
    return *verdict == Verdict::won;
}

Result<bool> Attempts::is_spent(Bucket const& bucket) {
    auto const row = host_.database().find(
        {"SELECT used FROM password_attempts WHERE bucket = ? AND window_start = ?",
         {key(bucket), sql::value(window_start(bucket))},
         {}});
    if (!row) return row.error();
    return *row && (*row)->integer(0) >= static_cast<std::int64_t>(bucket.limit);
}

seconds Attempts::until_next(Bucket const& bucket) const {
    auto const left = window_start(bucket) + bucket.window - host_.clock().now();
    return std::chrono::ceil<seconds>(left);
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
