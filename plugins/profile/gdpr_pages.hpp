// SPDX-License-Identifier: MIT
// The citizen's pages for download and erasure (citizen-services.md 3.5, 4.2, 4.3): what services
// said, how far it is, and the file. Where the register has told of the person, at strong levels
// alone; erasing, soon after a login.
#pragma once

#include "plugins/profile/claims.hpp"
#include "plugins/profile/gdpr_work.hpp"
#include "plugins/profile/records.hpp"

namespace tunnus::plugin::profile {

/// Any thread may call.
class GdprPages {
  public:
    /// What it is given outlives it.
    GdprPages(Host& host, RecordStore& records, GdprWork& work, LevelMap const& levels)
        : host_(host), records_(records), work_(work), levels_(levels) {}

    [[nodiscard]] std::vector<RouteSource::PluginRoute> routes();

  private:
    Outcome download(Caller const& caller);
    Outcome begin_download(Caller const& caller);
    Outcome file(Caller const& caller);
    Outcome erasure(Caller const& caller);
    Outcome erase(Caller const& caller);
    Outcome erased(Caller const& caller);

    Outcome show_erasure(int status, Caller const& caller, std::optional<GdprRun> const& run);
    Outcome show_erasing(Caller const& caller, GdprRun const& run);
    Outcome show_erased(Caller const& caller, std::optional<GdprRun> const& run);
    /// Begins or goes on, and answers how it stands, on a lane that may wait for services.
    Outcome ask(Caller const& caller, GdprSubject const& subject);
    Outcome erase_for_real(Caller const& caller, GdprSubject const& subject);
    [[nodiscard]] Result<boost::json::object> all_of(Caller const& caller, GdprRun const& run);
    [[nodiscard]] boost::json::array parts_of(GdprRun const& run, std::string_view locale) const;
    /// Whether the person must sign in strongly first.
    [[nodiscard]] Result<bool> is_too_weak(Caller const& caller,
                                           std::string_view begun_at_acr = {});
    [[nodiscard]] HttpResponse to(std::string_view path) const;
    [[nodiscard]] HttpResponse busy(Caller const& caller, Error const& error);

    Host& host_;
    RecordStore& records_;
    GdprWork& work_;
    LevelMap const& levels_;
};

}  // namespace tunnus::plugin::profile
