// SPDX-License-Identifier: MIT
#include "idp/assets.hpp"

#include <filesystem>

namespace tunnus {

Assets find_assets() {
    namespace fs = std::filesystem;
    std::error_code error;
    auto const folder = fs::read_symlink("/proc/self/exe", error).parent_path();
    auto const shared = folder / ".." / "share" / "tunnus";
    if (fs::is_directory(shared / "pages", error))
        return {.templates = (shared / "pages").lexically_normal(),
                .texts = (shared / "texts").lexically_normal(),
                .static_files = (shared / "static").lexically_normal(),
                .plugins = (shared / "plugins").lexically_normal()};
    auto const tree = folder / ".." / "..";
    return {.templates = (tree / "conf" / "pages").lexically_normal(),
            .texts = (tree / "conf" / "texts").lexically_normal(),
            .static_files = (tree / "conf" / "static" / "public").lexically_normal(),
            .plugins = (tree / "plugins").lexically_normal()};
}

}  // namespace tunnus
