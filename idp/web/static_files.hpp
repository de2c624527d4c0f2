// SPDX-License-Identifier: MIT
// Files that never change while we run: read once at start, served from memory, nothing else is
// ever opened (threats.md W-22).
#pragma once

#include "idp/base/outcome.hpp"
#include "idp/base/result.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace tunnus::web {

/// Immutable once loaded; any thread may serve from it.
class StaticFiles {
  public:
    /// Reads every regular file below `folder` whose type is known. Hidden names and symbolic links
    /// are passed over. An error when the folder cannot be read or holds more than `max_bytes`.
    [[nodiscard]] static Result<StaticFiles> load(std::filesystem::path const& folder,
                                                  std::size_t max_bytes = 64 * 1024 * 1024);

    /// One more file, of a known type by its name's ending; one of that name gives way.
    void add(std::string name, std::string content);

    /// A handler for GET of a subtree route (`/static/*`), whose last path variable is the file's
    /// name. 404 for other names; a strong ETag and 304; one range (206, or 416 behind the end),
    /// while several or unreadable ones get the whole (threats.md H-21). A name that holds a hash
    /// (`main.3f2a9c01.css`) may be cached for good, others are asked for again.
    [[nodiscard]] HttpResponse serve(HttpRequest const& request) const;

    [[nodiscard]] std::size_t size() const { return files_.size(); }

  private:
    struct File {
        std::string content;
        std::string_view content_type;
        std::string etag;
        std::string_view cache_control;
    };
    std::map<std::string, File, std::less<>> files_;
};

}  // namespace tunnus::web
