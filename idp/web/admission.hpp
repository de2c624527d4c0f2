// SPDX-License-Identifier: MIT
// How many connections there are, in all and from each address (threats.md H-11).
#pragma once

#include "idp/base/ip_address.hpp"

#include <map>
#include <mutex>

namespace tunnus::web {

/// Any thread may call.
class Admission {
  public:
    explicit Admission(std::size_t connections) : bound_(connections) {}

    enum class Answer : std::uint8_t {
        enter,     ///< counted; leave() gives the place back
        full,      ///< no place at all: room may be made by closing an idle connection
        too_many,  ///< this address has its share
    };
    /// `share` is the bound for this address; zero for none, which is a trusted proxy's.
    [[nodiscard]] Answer enter(IpAddress const& address, std::size_t share);
    void leave(IpAddress const& address);
    [[nodiscard]] std::size_t connections() const;

  private:
    struct Order {
        bool operator()(IpAddress const& a, IpAddress const& b) const {
            return a.bytes() < b.bytes();
        }
    };
    std::size_t const bound_;
    mutable std::mutex mutex_;
    std::size_t connections_ = 0;
    std::map<IpAddress, std::size_t, Order> by_address_;
};

}  // namespace tunnus::web
