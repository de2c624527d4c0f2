// SPDX-License-Identifier: MIT
// Who sends one unacceptable message after another at a ReturnPath is not read any more for a while
// (threats.md S-124): reading one costs signatures, and each refusal an audit event.
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/ip_address.hpp"
#include "idp/base/limits.hpp"

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus::login {

/// Counts refused messages by the block of the client's address (IpAddress::block), in the memory
/// of this process, minute by minute and for all addresses the same minute. Addresses beyond
/// Limits::refusal_addresses in one minute are not counted. Any thread may call.
class RefusalThrottle {
  public:
    /// `clock` outlives this.
    RefusalThrottle(Limits const& limits, Clock const& clock)
        : limits_(limits), clock_(clock), minute_ends_(clock.monotonic()) {}

    /// A message of this client was read and refused.
    void refused(std::string_view client_address);
    /// Empty: read this client's message. Otherwise it has been turned away, and counted; the
    /// client may try again after so long, at least a second.
    [[nodiscard]] std::optional<seconds> turn_away(std::string_view client_address);

    struct TurnedAway {
        std::string address;  ///< of the block; empty for clients without one
        std::size_t messages = 0;
    };
    /// What was turned away in minutes that are over, each told once.
    [[nodiscard]] std::vector<TurnedAway> take_ended();

  private:
    struct Count {
        std::size_t refused = 0;
        std::size_t turned_away = 0;
    };
    using Key = std::optional<IpAddress::Bytes>;
    [[nodiscard]] static Key key(std::string_view client_address);
    void turn_minute(MonotonicPoint now);

    Limits const limits_;
    Clock const& clock_;
    std::mutex mutex_;  ///< guards everything below
    MonotonicPoint minute_ends_;
    std::map<Key, Count> counts_;
    std::map<Key, std::size_t> ended_;
};

}  // namespace tunnus::login
