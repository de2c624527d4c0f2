// SPDX-License-Identifier: MIT
#include "idp/web/lanes.hpp"

#include "idp/base/limits.hpp"

#include <pthread.h>

#include <algorithm>

namespace tunnus::web {

WorkerPool::WorkerPool(std::string const& name, std::size_t workers, std::size_t queue)
    : bound_(queue) {
    for (std::size_t i = 0; i < std::max<std::size_t>(workers, 1); ++i) {
        workers_.emplace_back([this] { work(); });
        pthread_setname_np(workers_.back().native_handle(), name.substr(0, 15).c_str());
    }
}

WorkerPool::~WorkerPool() {
    stop();
}

void WorkerPool::stop() {
    {
        std::scoped_lock const lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    for (auto& worker : workers_)
        if (worker.joinable()) worker.join();
}

std::size_t WorkerPool::push(std::span<std::shared_ptr<Job> const> jobs) {
    std::size_t taken = 0;
    bool wake = false;
    {
        std::scoped_lock const lock(mutex_);
        if (stopping_) return 0;
        // A sleeping worker's next job is in the queue only until he is awake.
        auto const bound = bound_ + asleep_;
        taken = std::min(jobs.size(), bound > queue_.size() ? bound - queue_.size() : 0);
        queue_.insert(queue_.end(), jobs.begin(),
                      jobs.begin() + static_cast<std::ptrdiff_t>(taken));
        wake = taken > 0 && asleep_ > 0;
    }
    if (wake) wake_.notify_one();
    return taken;
}

std::size_t WorkerPool::waiting() const {
    std::scoped_lock const lock(mutex_);
    return queue_.size();
}

void WorkerPool::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        while (queue_.empty() && !stopping_) {
            ++asleep_;
            wake_.wait(lock);
            --asleep_;
        }
        if (queue_.empty()) return;
        auto job = std::move(queue_.front());
        queue_.pop_front();
        bool const wake_another = !queue_.empty() && asleep_ > 0;
        lock.unlock();
        if (wake_another) wake_.notify_one();
        job->run();
        job.reset();  // may be the last owner of a request: not under the lock
        lock.lock();
    }
}

namespace {

/// Work that seldom blocks: more workers than one above the cores only take turns.
std::size_t fast_workers(Limits const& limits) {
    return std::min<std::size_t>(limits.fast_workers, std::thread::hardware_concurrency() + 1U);
}

}  // namespace

Lanes::Lanes(Limits const& limits)
    : pools_{
          std::make_unique<WorkerPool>("fast", fast_workers(limits), limits.fast_queue),
          std::make_unique<WorkerPool>("password", limits.password_workers, limits.password_queue),
          std::make_unique<WorkerPool>("plugin", limits.plugin_workers, limits.plugin_queue),
          std::make_unique<WorkerPool>("outbound", limits.outbound_workers,
                                       limits.outbound_queue)} {}

Lanes::~Lanes() {
    for (auto const& pool : pools_)
        pool->stop();
}

}  // namespace tunnus::web
