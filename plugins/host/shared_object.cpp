// SPDX-License-Identifier: MIT
#include "plugins/host/shared_object.hpp"

#include "plugins/host/builtin.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace tunnus::plugin {

namespace {

Error refused(std::filesystem::path const& path, std::string_view why) {
    return {BaseErrc::denied, path.string() + ": " + std::string(why)};
}

Result<struct stat> status_of(std::filesystem::path const& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0)
        return Error(BaseErrc::not_found, path.string() + ": " + std::strerror(errno));
    return status;
}

Result<> check_safe(std::filesystem::path const& path, bool is_folder) {
    auto const status = status_of(path);
    if (!status) return status.error();
    if (S_ISLNK(status->st_mode)) return refused(path, "is a symbolic link; name the file itself");
    if (is_folder ? !S_ISDIR(status->st_mode) : !S_ISREG(status->st_mode))
        return refused(path, is_folder ? "is not a folder" : "is not a regular file");
    if (status->st_uid != 0 && status->st_uid != ::geteuid())
        return refused(path, "belongs to another user");
    bool const sticky = is_folder && (status->st_mode & S_ISVTX) != 0;
    if (!sticky && (status->st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return refused(path, "can be written by others");
    return {};
}

/// The loader's text on one line.
std::string loader_error() {
    auto const* text = ::dlerror();
    std::string line = text ? text : "no reason given";
    for (auto& c : line)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    return line;
}

/// Whether the file that this address was loaded from is no longer there under its name.
bool is_replaced(void const* address) {
    auto const wanted = reinterpret_cast<std::uintptr_t>(address);
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
        std::istringstream range(line);
        std::uintptr_t first = 0;
        std::uintptr_t last = 0;
        char dash = 0;
        if (range >> std::hex >> first >> dash >> last && first <= wanted && wanted < last)
            return line.ends_with(" (deleted)");
    }
    return false;
}

/// The child's whole life. Of this process's code it runs the loader alone: what a constructor
/// throws must not come out into the callers of probe().
[[noreturn]] void load_and_end(char const* path, int report) noexcept {
    int const nowhere = ::open("/dev/null", O_WRONLY);
    ::dup2(nowhere, STDOUT_FILENO);
    ::dup2(nowhere, STDERR_FILENO);
    static_cast<void>(::dlopen(path, RTLD_NOW | RTLD_LOCAL));
    ::_exit(::write(report, "", 1) == 1 ? 0 : 1);
}

/// Loads the file in a child first: constructors that exit, throw, crash or hang end the child, and
/// the start is refused with the file's name (threats.md X-05). Why a file cannot be loaded is told
/// by the load that follows.
Result<> probe(std::string const& path, milliseconds deadline) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return Error(BaseErrc::unavailable, std::strerror(errno));
    pid_t const child = ::fork();
    if (child == 0) load_and_end(path.c_str(), ends[1]);
    ::close(ends[1]);
    bool came = false;
    bool late = false;
    if (child > 0) {
        pollfd waiting{ends[0], POLLIN, 0};
        int ready = -1;
        while ((ready = ::poll(&waiting, 1, static_cast<int>(deadline.count()))) < 0 &&
               errno == EINTR) {
        }
        char end = 0;
        late = ready == 0;
        came = ready > 0 && ::read(ends[0], &end, 1) == 1;
        ::kill(child, SIGKILL);
        while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
        }
    }
    ::close(ends[0]);
    if (child < 0) return Error(BaseErrc::unavailable, "no process to try " + path + " in");
    if (late) return refused(path, "does not end being loaded");
    if (!came) return refused(path, "ends the process that loads it");
    return {};
}

}  // namespace

Result<> check_plugin_file(std::string const& path) {
    std::filesystem::path const file(path);
    if (!file.is_absolute()) return refused(file, "must be an absolute path");
    if (path.find('\0') != std::string::npos || file.lexically_normal().native() != path)
        return refused(file, "must be a plain path");
    for (auto folder = file.parent_path();; folder = folder.parent_path()) {
        if (auto safe = check_safe(folder, true); !safe) return safe;
        if (folder == folder.root_path()) break;
    }
    return check_safe(file, false);
}

Result<TunnusPluginV1 const*> load_entry(std::string const& path, milliseconds deadline) {
    if (auto probed = probe(path, deadline); !probed) return probed.error();
    auto* const object = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!object) return Error(BaseErrc::unavailable, loader_error());
    auto* const symbol = ::dlsym(object, "tunnus_plugin_v1");
    if (!symbol) return Error(BaseErrc::not_found, path + ": has no symbol tunnus_plugin_v1");
    if (is_replaced(symbol))
        return Error(BaseErrc::denied,
                     path + ": was replaced since it was loaded; a restart loads the new one");
    return reinterpret_cast<EntryFunction>(symbol)();
}

}  // namespace tunnus::plugin
