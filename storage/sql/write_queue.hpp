// SPDX-License-Identifier: MIT
// The bounded queue in front of an engine's writer.
#pragma once

#include "storage/sql/database.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>

namespace tunnus::sql {

/// A write that waits, and whom to tell how it ended.
struct PendingWrite {
    std::unique_ptr<Intention> owner;
    Write const* write;  ///< `owner`, seen as what it is
    std::function<void(CommitResult)> done;
};

/// Any thread pushes; one thread takes. Order is kept.
class WriteQueue {
  public:
    explicit WriteQueue(std::size_t capacity) : capacity_(capacity) {}
    /// False when it is full or closed; `write` is then untouched.
    [[nodiscard]] bool push(PendingWrite& write);
    /// Waits until something is there, then at most `patience` until there are `enough`, and takes
    /// at most `most`. Empty: closed, and nothing is left.
    [[nodiscard]] std::vector<PendingWrite> take(std::size_t most, std::size_t enough = 1,
                                                 std::chrono::microseconds patience = {});
    /// Everything that waits now.
    [[nodiscard]] std::vector<PendingWrite> take_all();
    /// Nothing more comes in; what is in still goes out.
    void close();

  private:
    [[nodiscard]] std::vector<PendingWrite> pop(std::size_t most);

    std::size_t const capacity_;
    std::mutex mutex_;
    std::condition_variable filled_;
    std::deque<PendingWrite> waiting_;
    std::size_t wanted_ = 1;  ///< how many the taker waits for
    bool closed_ = false;
};

}  // namespace tunnus::sql
