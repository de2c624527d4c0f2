// SPDX-License-Identifier: MIT
#include "idp/jobs.hpp"

namespace tunnus {

JobRunner::JobRunner(std::vector<PeriodicJob> const& jobs, Log& log) : jobs_(jobs), log_(log) {
    threads_.reserve(jobs.size());
    for (auto const& job : jobs)
        threads_.emplace_back([this, &job] { work(job); });
}

JobRunner::~JobRunner() {
    {
        std::scoped_lock const lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    for (auto const& job : jobs_)
        if (job.stop) job.stop();
    for (auto& thread : threads_)
        thread.join();
}

void JobRunner::work(PeriodicJob const& job) {
    std::unique_lock lock(mutex_);
    while (!wake_.wait_for(lock, job.interval, [this] { return stopping_; })) {
        lock.unlock();
        try {
            if (auto const done = job.run(); !done)
                log_.warning("job.failed", {{"job", job.name}, {"error", done.error().text()}});
        } catch (std::exception const& exception) {
            log_.error("job.threw", {{"job", job.name}, {"error", exception.what()}});
        }
        lock.lock();
    }
}

}  // namespace tunnus
