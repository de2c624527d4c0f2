// SPDX-License-Identifier: MIT
// An audit that keeps its events, and can be made to fail.
#pragma once

#include "idp/base/audit.hpp"
#include "idp/base/outcome.hpp"

#include <algorithm>
#include <mutex>
#include <optional>
#include <vector>

namespace tunnus::fakes {

class RecordingAudit final : public Audit {
  public:
    [[nodiscard]] Result<> record(AuditEvent event) override {
        std::scoped_lock const lock(mutex_);
        if (failure_) return *failure_;
        events_.push_back(std::move(event));
        return {};
    }
    /// Keeps them at once; the intention is nobody's to apply.
    [[nodiscard]] std::unique_ptr<Intention> recording(std::vector<AuditEvent> events) override {
        class Recorded final : public Intention {
            [[nodiscard]] std::string_view name() const noexcept override { return "recorded"; }
        };
        for (auto& event : events)
            if (!record(std::move(event))) break;
        return std::make_unique<Recorded>();
    }
    /// From now on nothing becomes durable.
    void fail_with(Error error) {
        std::scoped_lock const lock(mutex_);
        failure_ = std::move(error);
    }
    [[nodiscard]] std::vector<AuditEvent> events() const {
        std::scoped_lock const lock(mutex_);
        return events_;
    }
    [[nodiscard]] std::size_t count(AuditKind kind) const {
        std::scoped_lock const lock(mutex_);
        return static_cast<std::size_t>(std::count_if(
            events_.begin(), events_.end(), [&](auto const& event) { return event.kind == kind; }));
    }

  private:
    mutable std::mutex mutex_;
    std::optional<Error> failure_;
    std::vector<AuditEvent> events_;
};

}  // namespace tunnus::fakes
