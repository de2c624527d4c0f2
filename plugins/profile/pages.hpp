// SPDX-License-Identifier: MIT
// The citizen's pages below /profile/: their details, the services that may use them, what has
// happened (citizen-services.md 4.2, 4.3; H15, H16, H23, H24, H53, H54, H71, H85 to H89).
#pragma once

#include "plugins/profile/claims.hpp"
#include "plugins/profile/email_confirmation.hpp"
#include "plugins/profile/records.hpp"

namespace tunnus::plugin::profile {

/// Any thread may call.
class ProfilePages {
  public:
    /// What it is given outlives it.
    ProfilePages(Host& host, RecordStore& records, EmailConfirmation& emails,
                 LevelMap const& levels)
        : host_(host), records_(records), emails_(emails), levels_(levels) {}

    [[nodiscard]] std::vector<RouteSource::PluginRoute> routes();

  private:
    /// What is wrong with what was sent: the input's id, and the text that says so.
    struct Fault {
        std::string input;
        std::string text;
    };
    Outcome details(Caller const& caller);
    Outcome edit(Caller const& caller);
    Outcome show_email(Caller const& caller);
    Outcome confirm_email(Caller const& caller);
    Outcome services(Caller const& caller);
    Outcome withdraw(Caller const& caller);
    Outcome log(Caller const& caller);

    Outcome show_details(int status, Caller const& caller, std::optional<Fault> const& fault);
    Outcome show_code(int status, Caller const& caller, Email const& email,
                      std::optional<Fault> const& fault);
    Outcome send_code(Caller const& caller, Email const& email);
    [[nodiscard]] boost::json::array official_groups(Caller const& caller,
                                                     Records const& records) const;
    [[nodiscard]] std::string parts_of(AuditEvent const& event, std::string_view locale) const;
    [[nodiscard]] HttpResponse to(std::string_view path) const;
    [[nodiscard]] HttpResponse busy(Caller const& caller, Error const& error);
    [[nodiscard]] AuditEvent changed(Caller const& caller) const;
    [[nodiscard]] bool is_strong(Caller const& caller) const {
        return loa_of(levels_, caller.acr) != "low";
    }

    Host& host_;
    RecordStore& records_;
    EmailConfirmation& emails_;
    LevelMap const& levels_;
};

}  // namespace tunnus::plugin::profile
