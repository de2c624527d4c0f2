// SPDX-License-Identifier: MIT
// Download and erasure with the services that a person has permitted (citizen-services.md 3.2,
// 3.3): first every service is asked whether it would erase, then, when all would, each erases and
// its permission ends, and last the account goes. A run is advanced by whoever is there, the
// request that began it or the job; nothing is done twice but a call whose answer was lost, which
// the contract allows.
#pragma once

#include "plugins/profile/claims.hpp"
#include "plugins/profile/gdpr_answer.hpp"
#include "plugins/profile/gdpr_runs.hpp"

namespace tunnus::plugin::profile {

/// Any thread may call. Calls to services block: not on a plugin's own thread.
class GdprWork final : public Job {
  public:
    /// `levels` outlives it.
    GdprWork(Host& host, LevelMap const& levels) : host_(host), levels_(levels), runs_(host) {}

    [[nodiscard]] GdprRuns& runs() { return runs_; }

    struct Order {
        GdprSubject subject;
        std::string user_id;
        std::string acr;
        std::string request_id;
        bool confirmed = false;
    };
    /// A new run about the services that the person permits now, or the one that is at work.
    /// BaseErrc::not_found: it is about one service, and the person permits it nothing.
    [[nodiscard]] Result<GdprRun> begin(Order const& order);
    /// The person's word on what was asked. Where they permit other services by now, these are
    /// asked first. Lost where it does not stand at `asked` any more.
    [[nodiscard]] Result<Verdict> confirm(GdprRun const& run);

    enum class Patience {
        here,      ///< somebody waits: a service that does not answer has failed
        at_length  ///< it is asked again later, limits.gdpr_attempts times in all
    };
    /// Does what there is to do now, within a few of the longest calls, and returns how the run
    /// stands then; not when another is at it. BaseErrc::not_found: there is no such run.
    [[nodiscard]] Result<GdprRun> advance(std::string_view id, Patience patience);

    /// The registered services that the person permits something, by name.
    [[nodiscard]] Result<std::vector<std::string>> services_of(std::string_view user_id);
    /// Asks these services for what they hold, without a run: for who waits for all or nothing.
    [[nodiscard]] std::vector<GdprPart> fetch(std::string_view user_id, std::string_view acr,
                                              std::vector<std::string> const& services);

    [[nodiscard]] std::string name() const override { return "gdpr"; }
    [[nodiscard]] seconds interval() const override;
    [[nodiscard]] Result<> run() override;

  private:
    enum class Call { query, dry_run, erase };
    [[nodiscard]] GdprAnswer call(Call call, RegisteredService const& service,
                                  std::string_view user_id, std::string_view acr);
    [[nodiscard]] Result<> ask_some(GdprRun const& run, Patience patience);
    [[nodiscard]] Result<bool> ask_one(GdprRun const& run, GdprPart part, bool permitted,
                                       Patience patience);
    [[nodiscard]] Result<> conclude(GdprRun const& run);
    [[nodiscard]] Result<> erase_account(GdprRun const& run);
    [[nodiscard]] TimePoint end_of_turn() const;
    [[nodiscard]] Result<> note(GdprRun const& run, AuditKind kind, std::string_view service);

    Host& host_;
    LevelMap const& levels_;
    GdprRuns runs_;
};

}  // namespace tunnus::plugin::profile
