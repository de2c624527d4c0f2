// SPDX-License-Identifier: MIT
// A log that keeps what was written, for tests that look at it.
#pragma once

#include "idp/base/log.hpp"

#include <boost/json/object.hpp>

#include <mutex>
#include <new>
#include <string>
#include <vector>

namespace tunnus::fakes {

class RecordingLog final : public Log {
  public:
    struct Line {
        Level level;
        std::string event;
        boost::json::object fields;
    };
    void write(Level level, std::string_view event,
               std::initializer_list<Field> fields) noexcept override {
        std::scoped_lock const lock(mutex_);
        try {
            boost::json::object object;
            for (auto const& [name, value] : fields)
                object[name] = value;
            lines_.push_back({level, std::string(event), std::move(object)});
        } catch (std::bad_alloc const&) {
            ++lost_;
        }
    }
    [[nodiscard]] std::vector<Line> lines() const {
        std::scoped_lock const lock(mutex_);
        return lines_;
    }
    [[nodiscard]] bool has(std::string_view event) const {
        std::scoped_lock const lock(mutex_);
        for (auto const& line : lines_)
            if (line.event == event) return true;
        return false;
    }

  private:
    mutable std::mutex mutex_;
    std::vector<Line> lines_;
    int lost_ = 0;  ///< for want of memory
};

}  // namespace tunnus::fakes
