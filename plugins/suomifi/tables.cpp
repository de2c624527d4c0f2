// SPDX-License-Identifier: MIT
#include "plugins/suomifi/tables.hpp"

#include "idp/base/limits.hpp"

namespace tunnus::plugin::suomifi {

// A bounded delete in SQL that every engine speaks: up to the first row beyond the batch.
Result<> forget_expired(Host& host, Tables const& tables) {
    auto const now = host.clock().now();
    auto const batch = static_cast<std::int64_t>(host.limits().expiry_batch);
    for (auto const& [find_beyond, remove] : tables.expiries) {
        auto const beyond =
            host.database().find({find_beyond, {sql::value(now), sql::value(batch)}, {}});
        if (!beyond) return beyond.error();
        auto const before = *beyond ? (*beyond)->time(0) : now;
        std::vector<sql::Statement> steps{{remove, {sql::value(before)}, {}}};
        auto const done =
            host.database().commit(sql::Write::adding("saml_forget_expired", std::move(steps)));
        if (!done) return done.error();
    }
    return {};
}

}  // namespace tunnus::plugin::suomifi
