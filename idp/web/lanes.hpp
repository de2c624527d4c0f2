// SPDX-License-Identifier: MIT
// Bounded pools of workers, one for each Lane of idp/base/route.hpp: where handlers run
// (design.md 1.1).
//
// The hand-over is what a prototype measured as cheapest: the I/O thread pushes all that one turn
// of its loop brought, under one lock, and wakes at most one worker; a woken worker wakes the next
// while work is left.
#pragma once

#include "idp/base/limits_fwd.hpp"
#include "idp/base/route.hpp"

#include <array>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace tunnus::web {

/// Something a worker does. Shared, because whoever waits for it may give up first.
class Job {
  public:
    virtual ~Job() = default;
    virtual void run() noexcept = 0;
};

/// Workers and the queue before them. Any thread may push.
class WorkerPool {
  public:
    /// `queue` jobs may wait, beside those that are being run. `name` is the threads' name.
    WorkerPool(std::string const& name, std::size_t workers, std::size_t queue);
    /// Stops. A job that never returns keeps it waiting.
    ~WorkerPool();
    WorkerPool(WorkerPool const&) = delete;
    WorkerPool& operator=(WorkerPool const&) = delete;

    /// Takes no more, runs what is queued, and returns when the workers have ended.
    void stop();
    /// Takes jobs from the front while there is room and returns how many; the caller answers for
    /// the others at once.
    [[nodiscard]] std::size_t push(std::span<std::shared_ptr<Job> const> jobs);
    [[nodiscard]] std::size_t waiting() const;

  private:
    void work();

    std::size_t const bound_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::shared_ptr<Job>> queue_;
    std::size_t asleep_ = 0;
    bool stopping_ = false;
    std::vector<std::thread> workers_;
};

/// The four pools.
class Lanes {
  public:
    explicit Lanes(Limits const& limits);
    /// A job may push to another lane to the end.
    ~Lanes();
    [[nodiscard]] WorkerPool& operator[](Lane lane) {
        return *pools_[static_cast<std::size_t>(lane)];
    }
    static constexpr std::size_t count = 4;

  private:
    std::array<std::unique_ptr<WorkerPool>, count> pools_;
};

}  // namespace tunnus::web
