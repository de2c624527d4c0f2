// SPDX-License-Identifier: MIT
#include "storage/sql/mariadb_batch.hpp"

#include <algorithm>

namespace tunnus::sql {
namespace {

/// A script is sent when it has grown beyond this: far below max_allowed_packet.
constexpr std::size_t script_bytes = 1'048'576;
constexpr std::size_t templates_kept = 1'024;
/// What a batch before this may have left open is undone: START TRANSACTION alone would commit it.
constexpr std::string_view begin_script = "ROLLBACK;START TRANSACTION";
constexpr std::size_t begin_statements = 2;

/// Whether an error leaves the transaction as it was before the statement.
bool leaves_transaction(MariadbTrouble trouble) {
    return trouble == MariadbTrouble::unique || trouble == MariadbTrouble::statement;
}

/// Guards and steps in the order in which they run.
template <class Visit>
void for_each_statement(Write const& write, Visit visit) {
    for (auto const& guard : write.guards)
        visit(guard);
    for (auto const& step : write.steps)
        visit(step);
}

bool holds(Statement const& step, std::uint64_t affected) {
    return !step.expected_rows || affected == *step.expected_rows;
}

}  // namespace

Result<> MariadbTemplates::append(std::string& script, Statement const& statement) {
    auto found = kept_.find(statement.sql);
    if (found == kept_.end()) {
        auto text = std::make_unique<std::string const>(statement.sql);
        auto cut = parse_template(*text);
        if (!cut) return Error(SqlErrc::misuse, "not exactly one statement");
        if (kept_.size() >= templates_kept) kept_.clear();
        std::string_view const key = *text;
        found = kept_.emplace(key, Kept{std::move(text), std::move(*cut)}).first;
    }
    auto const before = script.size();
    if (!script.empty()) script.append("\n;");
    if (append_statement(script, found->second.cut, statement.parameters)) return {};
    script.resize(before);
    return Error(SqlErrc::misuse, "the number of parameters does not fit");
}

BatchEnd MariadbBatch::apply(std::span<PendingWrite const> batch,
                             std::vector<CommitResult>& results) {
    results.clear();
    ends_something_ = false;
    if (auto ended = apply_together(batch)) {
        if (ended->next == Next::done) results.assign(batch.size(), Verdict::won);
        return *ended;
    }
    return apply_each(batch, results);
}

/// Empty: not everybody won, and all is undone or will be when the next transaction begins.
std::optional<BatchEnd> MariadbBatch::apply_together(std::span<PendingWrite const> batch) {
    std::vector<std::pair<Write const*, Statement const*>> sent;
    std::string script(begin_script);
    bool begins = true;
    std::optional<BatchEnd> broke;
    // Whether all that was sent did what it should; what cannot be mended is in `broke`.
    auto const flush = [&] {
        auto const run = connection_.run(script);
        script.clear();
        std::size_t const before = std::exchange(begins, false) ? begin_statements : 0;
        if (run.failure && !leaves_transaction(run.trouble)) broke = broken(*run.failure);
        if (run.failure || run.affected.size() != sent.size() + before) return false;
        for (std::size_t i = 0; i < sent.size(); ++i) {
            auto const affected = run.affected[i + before];
            note_end(*sent[i].first, *sent[i].second, affected);
            if (!holds(*sent[i].second, affected)) return false;
        }
        sent.clear();
        return true;
    };
    bool sound = true;
    for (auto const& pending : batch)
        for_each_statement(*pending.write, [&](Statement const& step) {
            if (sound && script.size() > script_bytes) sound = flush();
            if (!sound || broke) return;
            sound = templates_.append(script, step).has_value();
            sent.emplace_back(pending.write, &step);
        });
    if (sound) sound = flush();
    if (broke) return broke;
    if (sound) return commit();
    return std::nullopt;
}

BatchEnd MariadbBatch::apply_each(std::span<PendingWrite const> batch,
                                  std::vector<CommitResult>& results) {
    ends_something_ = false;
    if (auto const begun = connection_.run(std::string(begin_script)); begun.failure)
        return broken(*begun.failure);
    for (auto const& pending : batch) {
        if (auto const applied = apply_one(*pending.write, results.emplace_back()); !applied)
            return broken(applied.error());
    }
    return commit();
}

/// An error is the end of the transaction; this write's own is in `result`.
Result<> MariadbBatch::apply_one(Write const& write, CommitResult& result) {
    std::string script = "SAVEPOINT intention";
    Result<> fits;
    for_each_statement(write, [&](Statement const& step) {
        if (fits) fits = templates_.append(script, step);
    });
    if (!fits) {
        result = fits.error();
        return {};
    }
    auto const run = connection_.run(script);
    if (run.failure && !leaves_transaction(run.trouble)) return *run.failure;
    result = judge(write, run, 1);
    if (result && *result == Verdict::won) return {};
    if (auto undone = undo_one(); !undone) return undone;
    if (result && *result == Verdict::lost) return apply_if_lost(write, result);
    return {};
}

Result<> MariadbBatch::undo_one() {
    auto const undone = connection_.run("ROLLBACK TO SAVEPOINT intention");
    if (undone.failure) return *undone.failure;
    return {};
}

/// One by one: as elsewhere, one that does not hold is the last, and what ran before it stands. The
/// verdict stays `lost` whatever these do, unless they fail.
Result<> MariadbBatch::apply_if_lost(Write const& write, CommitResult& result) {
    for (auto const& step : write.if_lost) {
        std::string script;
        if (auto const fits = templates_.append(script, step); !fits) {
            result = fits.error();
            return undo_one();
        }
        auto const run = connection_.run(script);
        if (run.failure && !leaves_transaction(run.trouble)) return *run.failure;
        if (run.trouble == MariadbTrouble::unique && step.expected_rows) return {};
        if (run.failure) {
            result = *run.failure;
            return undo_one();
        }
        note_end(write, step, run.affected.front());
        if (!holds(step, run.affected.front())) return {};
    }
    return {};
}

/// What the first statement that did not hold means; what the server ran behind it is undone.
CommitResult MariadbBatch::judge(Write const& write, MariadbConnection::ScriptRun const& run,
                                 std::size_t first) {
    std::size_t at = first;
    std::size_t guard = 0;
    CommitResult result = Verdict::won;
    bool decided = false;
    for_each_statement(write, [&](Statement const& step) {
        if (decided) return;
        auto const here = guard++;
        auto const unmet = here >= write.guards.size() ? Verdict::lost
                           : here == 0                 ? Verdict::first_replayed
                                                       : Verdict::second_replayed;
        decided = true;
        if (at < run.affected.size()) {
            auto const affected = run.affected[at++];
            note_end(write, step, affected);
            if (!holds(step, affected))
                result = unmet;
            else
                decided = false;
        } else if (run.trouble == MariadbTrouble::unique && step.expected_rows) {
            result = unmet;
        } else {
            result = run.failure.value_or(Error(SqlErrc::misuse, "the server answered too little"));
        }
    });
    return result;
}

/// Also where it is undone after all: to look again costs little.
void MariadbBatch::note_end(Write const& write, Statement const& step, std::uint64_t affected) {
    if (affected != 0 && (step.ends || !write.marks_ends)) ends_something_ = true;
}

BatchEnd MariadbBatch::commit() {
    auto const run = connection_.run(ends_something_ ? count_ending_ + "\n;COMMIT" : "COMMIT");
    if (!run.failure) return {};
    // Nobody knows whether the server came to it: what happens once counts as used (F-15).
    if (connection_.is_lost())
        return {Next::give_up, Error(SqlErrc::unknown_outcome, run.failure->detail)};
    bool const at_commit = run.affected.size() == (ends_something_ ? 1U : 0U);
    auto end = broken(*run.failure);
    // No quorum at COMMIT (1180): the server has undone it, and elsewhere it is likely the same.
    if (at_commit && end.next == Next::elsewhere) end.next = Next::give_up;
    return end;
}

BatchEnd MariadbBatch::broken(Error const& error) const {
    switch (connection_.trouble()) {
        case MariadbTrouble::conflict:
            return {Next::again, error};
        case MariadbTrouble::host:
            return {Next::elsewhere, error};
        default:
            return {Next::give_up, error};
    }
}

}  // namespace tunnus::sql
