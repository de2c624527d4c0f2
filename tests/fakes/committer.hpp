// SPDX-License-Identifier: MIT
// A committer for tests of handlers that need no storage: it keeps the intentions and ends each as
// told.
#pragma once

#include "idp/base/outcome.hpp"

#include <mutex>
#include <vector>

namespace tunnus::fakes {

class ScriptedCommitter final : public Committer {
  public:
    /// How commits end from now on; they are won at first.
    void end_with(CommitResult result) {
        std::scoped_lock const lock(mutex_);
        result_ = std::move(result);
    }
    void submit(std::unique_ptr<Intention> intention,
                std::function<void(CommitResult)> done) override {
        CommitResult result = Verdict::won;
        {
            std::scoped_lock const lock(mutex_);
            intentions_.push_back(std::move(intention));
            result = result_;
        }
        done(std::move(result));
    }
    /// Oldest first. Look only when no other thread submits.
    [[nodiscard]] std::vector<std::unique_ptr<Intention>> const& intentions() const {
        return intentions_;
    }

  private:
    std::mutex mutex_;
    CommitResult result_ = Verdict::won;
    std::vector<std::unique_ptr<Intention>> intentions_;
};

}  // namespace tunnus::fakes
