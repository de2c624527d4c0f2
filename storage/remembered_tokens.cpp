// SPDX-License-Identifier: MIT
#include "storage/remembered_tokens.hpp"

namespace tunnus::storage {

/// Whether the count is that of what is remembered. A count that was passed meanwhile is of no use.
bool RememberedTokens::is_now(std::uint64_t endings) {
    if (endings > endings_) {
        used_.clear();
        before_.clear();
        endings_ = endings;
    }
    return endings == endings_;
}

void RememberedTokens::put(Id const& id, Known known) {
    if (used_.size() >= half_) {
        before_ = std::move(used_);
        used_.clear();
    }
    used_[id] = std::move(known);
}

RememberedTokens::Known RememberedTokens::find(std::uint64_t endings, Id const& id) {
    std::scoped_lock const lock(mutex_);
    if (!is_now(endings)) return nullptr;
    if (auto const found = used_.find(id); found != used_.end()) return found->second;
    auto const found = before_.find(id);
    if (found == before_.end()) return nullptr;
    auto known = found->second;
    put(id, known);
    return known;
}

void RememberedTokens::keep(std::uint64_t endings, Id const& id, Known known) {
    if (half_ == 0) return;
    std::scoped_lock const lock(mutex_);
    if (is_now(endings)) put(id, std::move(known));
}

}  // namespace tunnus::storage
