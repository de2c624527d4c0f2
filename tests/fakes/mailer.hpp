// SPDX-License-Identifier: MIT
// A mailer whose messages can be read.
#pragma once

#include "idp/base/mailer.hpp"

#include <mutex>
#include <vector>

namespace tunnus::fakes {

class RecordingMailer final : public Mailer {
  public:
    [[nodiscard]] Result<> send(Mail const& mail) override {
        std::scoped_lock const lock(mutex_);
        mails_.push_back(mail);
        return {};
    }
    [[nodiscard]] std::vector<Mail> mails() const {
        std::scoped_lock const lock(mutex_);
        return mails_;
    }

  private:
    mutable std::mutex mutex_;
    std::vector<Mail> mails_;
};

}  // namespace tunnus::fakes
