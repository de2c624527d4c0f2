// SPDX-License-Identifier: MIT
#include "storage/sql/write_queue.hpp"

#include <algorithm>
#include <iterator>

namespace tunnus::sql {

bool WriteQueue::push(PendingWrite& write) {
    bool wake = false;
    {
        std::scoped_lock const lock(mutex_);
        if (closed_ || waiting_.size() >= capacity_) return false;
        waiting_.push_back(std::move(write));
        wake = waiting_.size() == 1 || waiting_.size() == wanted_;
    }
    // The writer sleeps only on an empty queue, or for want of enough: a wake for a whole batch,
    // not for each.
    if (wake) filled_.notify_one();
    return true;
}

std::vector<PendingWrite> WriteQueue::take(std::size_t most, std::size_t enough,
                                           std::chrono::microseconds patience) {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
    wanted_ = enough;
    filled_.wait_for(lock, patience, [&] { return closed_ || waiting_.size() >= enough; });
    wanted_ = 1;
    return pop(most);
}

std::vector<PendingWrite> WriteQueue::take_all() {
    std::scoped_lock const lock(mutex_);
    return pop(waiting_.size());
}

void WriteQueue::close() {
    std::scoped_lock const lock(mutex_);
    closed_ = true;
    filled_.notify_one();
}

std::vector<PendingWrite> WriteQueue::pop(std::size_t most) {
    auto const end =
        waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(most, waiting_.size()));
    std::vector<PendingWrite> taken(std::make_move_iterator(waiting_.begin()),
                                    std::make_move_iterator(end));
    waiting_.erase(waiting_.begin(), end);
    return taken;
}

}  // namespace tunnus::sql
