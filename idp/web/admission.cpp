// SPDX-License-Identifier: MIT
#include "idp/web/admission.hpp"

namespace tunnus::web {

Admission::Answer Admission::enter(IpAddress const& address, std::size_t share) {
    std::scoped_lock const lock(mutex_);
    auto const found = by_address_.find(address);
    if (share > 0 && found != by_address_.end() && found->second >= share) return Answer::too_many;
    if (connections_ >= bound_) return Answer::full;
    ++connections_;
    ++by_address_[address];
    return Answer::enter;
}

void Admission::leave(IpAddress const& address) {
    std::scoped_lock const lock(mutex_);
    --connections_;
    auto const found = by_address_.find(address);
    if (--found->second == 0) by_address_.erase(found);
}

std::size_t Admission::connections() const {
    std::scoped_lock const lock(mutex_);
    return connections_;
}

}  // namespace tunnus::web
