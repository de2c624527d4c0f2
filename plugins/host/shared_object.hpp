// SPDX-License-Identifier: MIT
// A plugin's file: may it be trusted, and what is its entry (threats.md ).
#pragma once

#include "idp/base/clock.hpp"
#include "plugins/api/entry.hpp"

#include <string>

namespace tunnus::plugin {

/// The path is absolute and has no symbolic link or `..` in it; the file is a regular file of root
/// or of this process's user; neither it nor any folder above it can be written by others (a folder
/// with the sticky bit, as /tmp, passes). The error names the path that is not so.
[[nodiscard]] Result<> check_plugin_file(std::string const& path);

/// Loads the file (RTLD_NOW, RTLD_LOCAL) and asks it for its entry, unchecked. A file that was
/// loaded is never unloaded: a late call may still be inside. Nor is it loaded anew: a file
/// that was replaced since is an error, for the code would be the old one. Errors are for the
/// administrator: the loader's own text, or the symbol that is missing. A child process loads it
/// first, within the deadline: a file that ends or stops its process while being loaded is refused
///
[[nodiscard]] Result<TunnusPluginV1 const*> load_entry(std::string const& path,
                                                       milliseconds deadline);

}  // namespace tunnus::plugin
