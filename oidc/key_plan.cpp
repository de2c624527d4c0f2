// SPDX-License-Identifier: MIT
#include "oidc/key_plan.hpp"

#include <algorithm>

namespace tunnus::oidc {
namespace {

void add_successor(KeyPlan& plan, KeyRecords const& records, std::string const& alg,
                   TimePoint sign_from, KeyRotation const& rotation, TimePoint now) {
    plan.made.push_back({alg, sign_from});
    for (auto const& record : records)
        if (record.alg == alg && is_in_force(record, now) && !record.retired_at)
            plan.retired.emplace_back(record.kid, sign_from + rotation.retire);
}

}  // namespace

bool is_in_force(storage::SigningKey const& record, TimePoint now) {
    return !record.revoked_at && (!record.retired_at || now < *record.retired_at);
}

storage::SigningKey const* find_newest(KeyRecords const& records, std::string_view alg,
                                       TimePoint now) {
    storage::SigningKey const* newest = nullptr;
    for (auto const& record : records)
        if (record.alg == alg && is_in_force(record, now) && !record.retired_at &&
            (newest == nullptr || record.sign_from >= newest->sign_from))
            newest = &record;
    return newest;
}

KeyPlan plan_missing(KeyRecords const& records, std::vector<std::string> const& algorithms,
                     TimePoint now) {
    KeyPlan plan;
    for (auto const& alg : algorithms)
        if (find_newest(records, alg, now) == nullptr) plan.made.push_back({alg, now});
    return plan;
}

KeyPlan plan_rotation(KeyRecords const& records, std::vector<std::string> const& algorithms,
                      KeyRotation const& rotation, TimePoint now) {
    KeyPlan plan;
    for (auto const& alg : algorithms)
        add_successor(plan, records, alg, now + rotation.announce, rotation, now);
    return plan;
}

KeyPlan plan_successors(KeyRecords const& records, std::vector<std::string> const& algorithms,
                        KeyRotation const& rotation, TimePoint now) {
    KeyPlan plan;
    if (rotation.every == seconds(0)) return plan;
    for (auto const& alg : algorithms) {
        auto const* const newest = find_newest(records, alg, now);
        if (newest == nullptr || now < newest->sign_from + rotation.every - rotation.announce)
            continue;
        auto const sign_from =
            std::max<TimePoint>(newest->sign_from + rotation.every, now + rotation.announce);
        add_successor(plan, records, alg, sign_from, rotation, now);
    }
    return plan;
}

KeyPlan plan_taking_up(KeyRecords const& records, std::string const& alg,
                       KeyRotation const& rotation, TimePoint now) {
    KeyPlan plan;
    bool const is_first = find_newest(records, alg, now) == nullptr;
    add_successor(plan, records, alg, is_first ? now : now + rotation.announce, rotation, now);
    return plan;
}

}  // namespace tunnus::oidc
