// SPDX-License-Identifier: MIT
// What a call into a plugin must leave as it found it (threats.md X-17): of its thread the signal
// mask, the floating-point environment, the thread's locale and errno; of the process the file
// creation mask, the working folder and the locale.
#pragma once

#include "idp/base/log.hpp"

#include <sys/types.h>

#include <cfenv>
#include <clocale>
#include <csignal>
#include <memory>
#include <string>

namespace tunnus::plugin {

/// The process as it was before a plugin was loaded, and whom to name when it is not so any more.
/// Any thread may call.
class Surroundings {
  public:
    /// `owner` keeps `log` alive, for calls that outlive their host.
    Surroundings(std::string plugin, Log& log, std::shared_ptr<void const> owner);
    ~Surroundings();
    Surroundings(Surroundings const&) = delete;
    Surroundings& operator=(Surroundings const&) = delete;

    /// One call: its end puts everything back, and says in the log what of the process had to be.
    /// That line names the plugin whose call ended, which in rare cases is another that ran at the
    /// same time.
    class Visit {
      public:
        explicit Visit(Surroundings const& surroundings);
        ~Visit();
        Visit(Visit const&) = delete;
        Visit& operator=(Visit const&) = delete;

      private:
        Surroundings const& surroundings_;
        int const errno_;
        sigset_t signals_{};
        std::fenv_t floating_point_{};
        locale_t locale_;
    };

  private:
    void restore_process() const noexcept;

    std::string const plugin_;
    Log& log_;
    std::shared_ptr<void const> const owner_;
    std::string const locale_;
    mode_t const mask_;
    int const folder_;  ///< a descriptor of the working folder; -1 when there is none
};

}  // namespace tunnus::plugin
