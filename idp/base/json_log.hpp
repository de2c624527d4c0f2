// SPDX-License-Identifier: MIT
// The operators' log on a file descriptor: one JSON object a line, in ASCII.
//
//   {"ts":"2030-01-02T03:04:05.678Z","level":"info","event":"code.redeemed","request_id":"…","fields":{…}}
//
// Whatever the fields hold, a line stays one line that a terminal shows as it is: control
// characters and everything outside ASCII are \u escapes, a byte that is not UTF-8 is written \xNN
// (threats.md I12, M-18). Texts that look like a personal identity code or a JWT are replaced,
// since a plugin may pass one by mistake.
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/log.hpp"

#include <cstdint>
#include <memory>

namespace tunnus {

class JsonLog final : public Log {
  public:
    /// Writes events of `minimum` and above to `descriptor`, which stays the caller's and must
    /// outlive this. `clock` too.
    JsonLog(Clock const& clock, Level minimum, int descriptor);
    ~JsonLog() override;
    JsonLog(JsonLog const&) = delete;
    JsonLog& operator=(JsonLog const&) = delete;

    /// A member `request_id` stands beside the event's name, the rest in `fields`. A text is cut at
    /// 1,024 bytes. A line is one write of at most 4,096 bytes (what a pipe takes whole); the
    /// fields of a longer one are left out. When the reader does not take it within 100 ms, the
    /// line is lost and counted; so it is when the disk is full or nobody reads any more. The first
    /// line that can be written again is followed by `log.lines_lost` with their number.
    void write(Level level, std::string_view event,
               std::initializer_list<Field> fields) noexcept override;
    /// Lines that could not be written, since the start. For metrics.
    [[nodiscard]] std::uint64_t lost() const noexcept;

  private:
    class Sink;
    Clock const& clock_;
    Level minimum_;
    std::shared_ptr<Sink> sink_;
};

}  // namespace tunnus
