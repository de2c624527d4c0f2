// SPDX-License-Identifier: MIT
// Downloads and erasures as they stand: one row a run, one a service in it, so that whatever
// happens to a process another goes on where it stopped (citizen-services.md 3.2, 3.5). Every step
// of a run is conditional on the run's version: of two that want to take it one loses.
#pragma once

#include "plugins/api/plugin.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunnus::plugin::profile {

/// What a person may have going on at a time: one of each.
struct GdprSubject {
    enum class Kind {
        download,
        profile,  ///< erases all, and the account
        service   ///< erases what one service holds
    } kind = Kind::download;
    std::string service = {};  ///< of Kind::service
};

enum class GdprPhase {
    asking,    ///< services are asked: for the data, or whether they would erase
    asked,     ///< all would erase: the person has the word
    erasing,   ///< services erase
    account,   ///< they have; what we hold goes
    finished,  ///< a download is ready, or all is erased
    stopped    ///< a service refused or failed: what was not erased stands
};
/// Whether there is something to do without the person.
[[nodiscard]] bool is_at_work(GdprPhase phase);

enum class GdprOutcome {
    waiting,
    allowed,  ///< it would erase
    done,     ///< it gave what it has, or has erased it
    refused,  ///< it will not erase, and says why
    failed,   ///< it gave no answer of the contract
    unable    ///< it has no GDPR API
};

/// One service's part of a run.
struct GdprPart {
    std::string service;
    GdprOutcome outcome = GdprOutcome::waiting;
    std::int64_t attempts = 0;
    boost::json::object said = {};  ///< GdprAnswer::said; sealed at rest
};

struct GdprRun {
    std::string id;       ///< a UUID
    std::string user_id;  ///< the run's own id when the account is gone
    GdprSubject subject;
    GdprPhase phase = GdprPhase::asking;
    std::string acr;         ///< of the login in which it was begun
    bool confirmed = false;  ///< erases without another word of the person, when all would
    std::string request_id;  ///< joins its audit events with the log
    std::int64_t version = 1;
    TimePoint begun_at{};
    TimePoint due_at{};           ///< when it is to be taken up again, where it is at work
    std::vector<GdprPart> parts;  ///< by service
};

/// Any thread may call.
class GdprRuns {
  public:
    explicit GdprRuns(Host& host) : host_(host) {}

    [[nodiscard]] Result<std::optional<GdprRun>> find(std::string_view id);
    /// The person's, of this subject, if it is at work or young enough.
    [[nodiscard]] Result<std::optional<GdprRun>> find(std::string_view user_id,
                                                      GdprSubject const& subject);
    /// In the place of the one of the same person and subject, unless that is at work: lost.
    [[nodiscard]] Result<Verdict> begin(GdprRun const& run);
    /// Takes it for limits.gdpr_lease, if nobody has since it was read. Its version moves on.
    [[nodiscard]] Result<Verdict> claim(GdprRun& run);
    /// What a service said; lost when somebody else has taken the run meanwhile.
    [[nodiscard]] Result<Verdict> record(GdprRun const& run, GdprPart const& part);
    /// To a phase, due at a time. `again` has all services wait once more.
    [[nodiscard]] Result<Verdict> move(GdprRun const& run, GdprPhase phase, TimePoint due_at,
                                       bool again = false);
    /// Takes the person out of a run whose account is gone.
    [[nodiscard]] Result<Verdict> forget_person(GdprRun const& run);
    /// Ids of those at work that nobody has taken.
    [[nodiscard]] Result<std::vector<std::string>> due(std::size_t most);
    /// Deletes those that have stood longer than limits.gdpr_run_lifetime.
    [[nodiscard]] Result<> sweep();
    /// What erases the person's runs, but for the one that erases the person.
    [[nodiscard]] static std::vector<sql::Statement> erasing(std::string_view user_id);

  private:
    [[nodiscard]] Result<std::optional<GdprRun>> read(sql::Statement const& statement);
    Host& host_;
};

}  // namespace tunnus::plugin::profile
