// SPDX-License-Identifier: MIT
#include "idp/login/refusal_throttle.hpp"

#include "idp/base/limits.hpp"

#include <utility>

namespace tunnus::login {

RefusalThrottle::Key RefusalThrottle::key(std::string_view client_address) {
    auto const address = IpAddress::parse(client_address);
    if (!address) return std::nullopt;
    return address->block().bytes();
}

void RefusalThrottle::turn_minute(MonotonicPoint now) {
    if (now < minute_ends_) return;
    for (auto const& [client, count] : counts_) {
        if (count.turned_away == 0) continue;
        if (ended_.size() < limits_.refusal_addresses || ended_.contains(client))
            ended_[client] += count.turned_away;
    }
    counts_.clear();
    minute_ends_ = now + std::chrono::minutes(1);
}

void RefusalThrottle::refused(std::string_view client_address) {
    auto const client = key(client_address);
    std::scoped_lock const lock(mutex_);
    turn_minute(clock_.monotonic());
    if (counts_.size() < limits_.refusal_addresses || counts_.contains(client))
        ++counts_[client].refused;
}

std::optional<seconds> RefusalThrottle::turn_away(std::string_view client_address) {
    auto const client = key(client_address);
    std::scoped_lock const lock(mutex_);
    auto const now = clock_.monotonic();
    turn_minute(now);
    auto const found = counts_.find(client);
    if (found == counts_.end() || found->second.refused < limits_.refused_messages_per_minute)
        return std::nullopt;
    ++found->second.turned_away;
    return std::chrono::ceil<seconds>(minute_ends_ - now);
}

std::vector<RefusalThrottle::TurnedAway> RefusalThrottle::take_ended() {
    std::scoped_lock const lock(mutex_);
    turn_minute(clock_.monotonic());
    std::vector<TurnedAway> all;
    for (auto const& [client, messages] : std::exchange(ended_, {}))
        all.push_back({.address = client ? IpAddress::from_v6(*client).to_string() : std::string(),
                       .messages = messages});
    return all;
}

}  // namespace tunnus::login
