// SPDX-License-Identifier: MIT
#include "plugins/host/surroundings.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <utility>

namespace tunnus::plugin {
namespace {

/// The mask can only be read by setting it; for that moment files are closed to others.
mode_t present_mask() {
    constexpr mode_t private_files = 077;
    auto const mask = ::umask(private_files);
    ::umask(mask);
    return mask;
}

bool is_working_folder(int descriptor) {
    struct stat expected {};
    struct stat present {};
    return ::fstat(descriptor, &expected) != 0 ||
           (::stat(".", &present) == 0 && present.st_dev == expected.st_dev &&
            present.st_ino == expected.st_ino);
}

}  // namespace

Surroundings::Surroundings(std::string plugin, Log& log, std::shared_ptr<void const> owner)
    : plugin_(std::move(plugin)),
      log_(log),
      owner_(std::move(owner)),
      locale_(std::setlocale(LC_ALL, nullptr)),
      mask_(present_mask()),
      folder_(::open(".", O_PATH | O_DIRECTORY | O_CLOEXEC)) {}

Surroundings::~Surroundings() {
    if (folder_ >= 0) ::close(folder_);
}

void Surroundings::restore_process() const noexcept {
    auto const tell = [&](std::string_view what) {
        log_.warning("plugin.changed_process", {{"plugin", plugin_}, {"what", what}});
    };
    if (::umask(mask_) != mask_) tell("umask");
    if (locale_ != std::setlocale(LC_ALL, nullptr)) {
        std::setlocale(LC_ALL, locale_.c_str());
        tell("locale");
    }
    if (folder_ >= 0 && !is_working_folder(folder_))
        tell(::fchdir(folder_) == 0 ? "working folder" : "working folder, for good");
}

Surroundings::Visit::Visit(Surroundings const& surroundings)
    : surroundings_(surroundings), errno_(errno), locale_(::uselocale(nullptr)) {
    ::pthread_sigmask(SIG_SETMASK, nullptr, &signals_);
    std::fegetenv(&floating_point_);
}

Surroundings::Visit::~Visit() {
    ::uselocale(locale_);
    std::fesetenv(&floating_point_);
    ::pthread_sigmask(SIG_SETMASK, &signals_, nullptr);
    surroundings_.restore_process();
    errno = errno_;
}

}  // namespace tunnus::plugin
