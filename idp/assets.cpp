// SPDX-License-Identifier: MIT
#include "idp/assets.hpp"

#include <filesystem>

namespace tunnus {

namespace fs = std::filesystem;

namespace {

Assets below(fs::path const& shared) {
    return {.templates = (shared / "pages").lexically_normal(),
            .texts = (shared / "texts").lexically_normal(),
            .static_files = (shared / "static").lexically_normal(),
            .plugins = (shared / "plugins").lexically_normal()};
}

}  // namespace

Assets find_assets() {
    std::error_code error;
    auto const folder = fs::read_symlink("/proc/self/exe", error).parent_path();
    auto const shared = folder / ".." / "share" / "tunnus";
    if (fs::is_directory(shared / "pages", error)) return below(shared);
    auto const tree = folder / ".." / "..";
    if (!fs::is_directory(tree / "conf" / "pages", error)) return below(shared);
    return {.templates = (tree / "conf" / "pages").lexically_normal(),
            .texts = (tree / "conf" / "texts").lexically_normal(),
            .static_files = (tree / "conf" / "static" / "public").lexically_normal(),
            .plugins = (tree / "plugins").lexically_normal()};
}

}  // namespace tunnus
