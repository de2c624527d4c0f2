// SPDX-License-Identifier: MIT
// Runs the periodic jobs, each on a thread of its own, so that a slow mail server keeps nobody
// waiting.
#pragma once

#include "idp/app.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace tunnus {

/// Starts with construction; the destructor asks every job to stop after its present run and waits
/// for it. The jobs outlive the runner.
class JobRunner {
  public:
    JobRunner(std::vector<PeriodicJob> const& jobs, Log& log);
    ~JobRunner();
    JobRunner(JobRunner const&) = delete;
    JobRunner& operator=(JobRunner const&) = delete;

  private:
    void work(PeriodicJob const& job);

    std::vector<PeriodicJob> const& jobs_;
    Log& log_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace tunnus
