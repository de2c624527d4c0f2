// SPDX-License-Identifier: MIT
#include "plugins/suomifi/tables.hpp"

#include "idp/base/limits.hpp"

namespace tunnus::plugin::suomifi {
namespace {

/// One batch of one table, in SQL that every engine speaks: up to the first row beyond it. True:
/// there is more.
Result<bool> forget_batch(Host& host, Tables::Expiry const& expiry, TimePoint now) {
    auto const find = [&](std::size_t row) {
        return host.database().find({expiry.find_beyond,
                                     {sql::value(now), sql::value(static_cast<std::int64_t>(row))},
                                     {}});
    };
    auto const first = find(0);
    if (!first) return first.error();
    if (!*first) return false;
    auto const beyond = find(host.limits().expiry_batch);
    if (!beyond) return beyond.error();
    // A batch whose rows are all of one millisecond goes with the rest of that millisecond.
    auto before = *beyond ? (*beyond)->time(0) : now;
    if (before == (*first)->time(0)) before += milliseconds(1);
    std::vector<sql::Statement> steps{{expiry.remove, {sql::value(before)}, {}}};
    auto const done =
        host.database().commit(sql::Write::adding("saml_forget_expired", std::move(steps)));
    if (!done) return done.error();
    return beyond->has_value();
}

}  // namespace

Result<> forget_expired(Host& host, Tables const& tables) {
    auto const now = host.clock().now();
    auto const stop = host.clock().monotonic() + host.limits().plugin_job_deadline / 2;
    for (bool more = true; more && host.clock().monotonic() < stop;) {
        more = false;
        for (auto const& expiry : tables.expiries) {
            auto const left = forget_batch(host, expiry, now);
            if (!left) return left.error();
            more = more || *left;
        }
    }
    return {};
}

}  // namespace tunnus::plugin::suomifi
