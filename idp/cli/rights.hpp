// SPDX-License-Identifier: MIT
// What a process that was started as root keeps of it before it opens a database or a plugin
// (threats.md X-26).
#pragma once

#include "idp/base/result.hpp"

#include <string>

namespace tunnus::cli {

/// Started as root: becomes `user` with its groups, empty to stay, and in either case gives up
/// every capability but that of listening below port 1024, for good. Started as anyone else:
/// nothing. Call while there is one thread.
/// Errors: `user` is nobody on this system, or a step was refused; the detail is the line to print.
[[nodiscard]] Result<> leave_root(std::string const& user);

}  // namespace tunnus::cli
