// SPDX-License-Identifier: MIT
#include "idp/cli/rights.hpp"

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace tunnus::cli {
namespace {

Error refused(std::string const& what) {
    return {BaseErrc::denied, "user: " + what};
}

Result<> become(std::string const& user) {
    auto const* entry = ::getpwnam(user.c_str());
    if (entry == nullptr) return refused(user + ": there is no such user");
    auto const uid = entry->pw_uid;
    auto const gid = entry->pw_gid;
    // The capabilities stay until keep_ports_alone() has chosen.
    if (::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0 || ::initgroups(user.c_str(), gid) != 0 ||
        ::setresgid(gid, gid, gid) != 0 || ::setresuid(uid, uid, uid) != 0)
        return refused(user + ": " + std::strerror(errno));
    // The kernel forgets it with the change of user (main.cpp).
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    return {};
}

Result<> keep_ports_alone() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
    if (::syscall(SYS_capget, &header, sets.data()) != 0)
        return refused(std::string("capabilities: ") + std::strerror(errno));
    auto const ports = sets[0].permitted & (1U << CAP_NET_BIND_SERVICE);
    sets = {};
    sets[0].permitted = ports;
    sets[0].effective = ports;
    if (::syscall(SYS_capset, &header, sets.data()) != 0)
        return refused(std::string("capabilities: ") + std::strerror(errno));
    return {};
}

}  // namespace

Result<> leave_root(std::string const& user) {
    if (::geteuid() != 0) return {};
    if (!user.empty())
        if (auto done = become(user); !done) return done;
    return keep_ports_alone();
}

}  // namespace tunnus::cli
