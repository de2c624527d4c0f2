// SPDX-License-Identifier: MIT
#include "plugins/profile/gdpr_runs.hpp"

#include "idp/base/json.hpp"
#include "idp/base/limits.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace tunnus::plugin::profile {
namespace {

constexpr std::array<std::string_view, 3> kinds{"download", "profile", "service"};
constexpr std::array<std::string_view, 6> phases{"asking",  "asked",    "erasing",
                                                 "account", "finished", "stopped"};
constexpr std::array<std::string_view, 6> outcomes{"waiting", "allowed", "done",
                                                   "refused", "failed",  "unable"};

template <class Enum, std::size_t n>
sql::Value word(std::array<std::string_view, n> const& words, Enum one) {
    return sql::value(words.at(static_cast<std::size_t>(one)));
}

template <class Enum, std::size_t n>
Enum meaning(std::array<std::string_view, n> const& words, std::string_view text) {
    auto const at = std::ranges::find(words, text);
    if (at == words.end()) throw std::logic_error("no such word: " + std::string(text));
    return static_cast<Enum>(at - words.begin());
}

constexpr std::string_view part_context = "gdpr_part";

sql::Value sealed(Host& host, boost::json::object const& said) {
    if (said.empty()) return {};
    return sql::blob(host.seal(part_context, boost::json::serialize(said)));
}

Result<boost::json::object> opened(Host& host, std::string const& bytes) {
    auto const text = host.open(part_context, bytes);
    if (!text) return text.error();
    auto const& limits = host.limits();
    return parse_json_object(*text,
                             {2 * limits.gdpr_answer_bytes, 2 * limits.gdpr_answer_depth + 4});
}

}  // namespace

bool is_at_work(GdprPhase phase) {
    return phase == GdprPhase::asking || phase == GdprPhase::erasing || phase == GdprPhase::account;
}

Result<std::optional<GdprRun>> GdprRuns::read(sql::Statement const& statement) {
    auto const row = host_.database().find(statement);
    if (!row) return row.error();
    if (!*row) return std::optional<GdprRun>();
    GdprRun run;
    run.id = (*row)->text(0);
    run.user_id = (*row)->text(1);
    run.subject = {meaning<GdprSubject::Kind>(kinds, (*row)->text(2)), (*row)->text(3)};
    run.phase = meaning<GdprPhase>(phases, (*row)->text(4));
    run.acr = (*row)->text(5);
    run.confirmed = (*row)->integer(6) != 0;
    run.request_id = (*row)->text(7);
    run.version = (*row)->integer(8);
    run.begun_at = (*row)->time(9);
    run.due_at = (*row)->time(10);
    auto const parts = host_.database().query(
        {"SELECT service, outcome, attempts, sealed FROM profile_gdpr_parts WHERE run_id = ? "
         "ORDER BY service",
         {sql::value(run.id)},
         {}});
    if (!parts) return parts.error();
    for (auto const& part : *parts) {
        run.parts.push_back(
            {part.text(0), meaning<GdprOutcome>(outcomes, part.text(1)), part.integer(2)});
        if (part.is_null(3)) continue;
        auto said = opened(host_, part.bytes(3));
        if (!said) return said.error();
        run.parts.back().said = std::move(*said);
    }
    return std::optional(std::move(run));
}

Result<std::optional<GdprRun>> GdprRuns::find(std::string_view id) {
    return read(
        {"SELECT id, user_id, kind, of_service, phase, acr, confirmed, request_id, version, "
         "begun_at, due_at FROM profile_gdpr_runs WHERE id = ?",
         {sql::value(id)},
         {}});
}

Result<std::optional<GdprRun>> GdprRuns::find(std::string_view user_id,
                                              GdprSubject const& subject) {
    return read(
        {"SELECT id, user_id, kind, of_service, phase, acr, confirmed, request_id, version, "
         "begun_at, due_at FROM profile_gdpr_runs WHERE user_id = ? AND kind = ? AND "
         "of_service = ? AND (begun_at > ? OR phase IN ('asking', 'erasing', 'account'))",
         {sql::value(user_id), word(kinds, subject.kind), sql::value(subject.service),
          sql::value(host_.clock().now() - host_.limits().gdpr_run_lifetime)},
         {}});
}

Result<Verdict> GdprRuns::begin(GdprRun const& run) {
    auto const key = [&] {
        return std::vector<sql::Value>{sql::value(run.user_id), word(kinds, run.subject.kind),
                                       sql::value(run.subject.service)};
    };
    std::vector<sql::Statement> steps;
    steps.push_back(
        {"DELETE FROM profile_gdpr_parts WHERE run_id IN (SELECT id FROM profile_gdpr_runs "
         "WHERE user_id = ? AND kind = ? AND of_service = ? AND "
         "phase IN ('asked', 'finished', 'stopped'))",
         key(),
         {}});
    steps.push_back(
        {"DELETE FROM profile_gdpr_runs WHERE user_id = ? AND kind = ? AND of_service = ? AND "
         "phase IN ('asked', 'finished', 'stopped')",
         key(),
         {}});
    // The person has one of this subject: where another is at work, this one is lost.
    steps.push_back(
        {"INSERT INTO profile_gdpr_runs (id, user_id, kind, of_service, phase, acr, confirmed, "
         "request_id, version, begun_at, due_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)",
         {sql::value(run.id), sql::value(run.user_id), word(kinds, run.subject.kind),
          sql::value(run.subject.service), word(phases, run.phase), sql::value(run.acr),
          sql::value(std::int64_t(run.confirmed)), sql::value(run.request_id),
          sql::value(run.begun_at), sql::value(run.due_at)},
         1});
    for (auto const& part : run.parts)
        steps.push_back(
            {"INSERT INTO profile_gdpr_parts (run_id, service, outcome, attempts, sealed) "
             "VALUES (?, ?, ?, 0, ?)",
             {sql::value(run.id), sql::value(part.service), word(outcomes, part.outcome),
              sealed(host_, part.said)},
             1});
    return host_.database().commit(sql::Write::adding("profile.gdpr_begin", std::move(steps)));
}

Result<Verdict> GdprRuns::claim(GdprRun& run) {
    std::vector<sql::Statement> steps;
    steps.push_back(
        {"UPDATE profile_gdpr_runs SET version = version + 1, due_at = ? "
         "WHERE id = ? AND version = ?",
         {sql::value(host_.clock().now() + host_.limits().gdpr_lease), sql::value(run.id),
          sql::value(run.version)},
         1});
    auto verdict =
        host_.database().commit(sql::Write::adding("profile.gdpr_claim", std::move(steps)));
    if (verdict && *verdict == Verdict::won) ++run.version;
    return verdict;
}

Result<Verdict> GdprRuns::record(GdprRun const& run, GdprPart const& part) {
    std::vector<sql::Statement> steps;
    steps.push_back(
        {"UPDATE profile_gdpr_parts SET outcome = ?, attempts = ?, sealed = ? "
         "WHERE run_id = ? AND service = ? AND EXISTS "
         "(SELECT 1 FROM profile_gdpr_runs WHERE id = ? AND version = ?)",
         {word(outcomes, part.outcome), sql::value(part.attempts), sealed(host_, part.said),
          sql::value(run.id), sql::value(part.service), sql::value(run.id),
          sql::value(run.version)},
         1});
    return host_.database().commit(sql::Write::adding("profile.gdpr_record", std::move(steps)));
}

Result<Verdict> GdprRuns::move(GdprRun const& run, GdprPhase phase, TimePoint due_at, bool again) {
    std::vector<sql::Statement> steps;
    steps.push_back(
        {"UPDATE profile_gdpr_runs SET phase = ?, due_at = ?, version = version + 1 "
         "WHERE id = ? AND version = ?",
         {word(phases, phase), sql::value(due_at), sql::value(run.id), sql::value(run.version)},
         1});
    if (again)
        steps.push_back(
            {"UPDATE profile_gdpr_parts SET outcome = 'waiting', attempts = 0, sealed = NULL "
             "WHERE run_id = ?",
             {sql::value(run.id)},
             {}});
    return host_.database().commit(sql::Write::adding("profile.gdpr_move", std::move(steps)));
}

Result<Verdict> GdprRuns::forget_person(GdprRun const& run) {
    std::vector<sql::Statement> steps;
    steps.push_back(
        {"UPDATE profile_gdpr_runs SET user_id = id, acr = '', phase = 'finished', "
         "version = version + 1 WHERE id = ? AND version = ?",
         {sql::value(run.id), sql::value(run.version)},
         1});
    return host_.database().commit(sql::Write::adding("profile.gdpr_forget", std::move(steps)));
}

Result<std::vector<std::string>> GdprRuns::due(std::size_t most) {
    auto const rows = host_.database().query(
        {"SELECT id FROM profile_gdpr_runs WHERE phase IN ('asking', 'erasing', 'account') "
         "AND due_at <= ? ORDER BY due_at LIMIT ?",
         {sql::value(host_.clock().now()), sql::value(static_cast<std::int64_t>(most))},
         {}});
    if (!rows) return rows.error();
    std::vector<std::string> ids;
    for (auto const& row : *rows)
        ids.push_back(row.text(0));
    return ids;
}

Result<> GdprRuns::sweep() {
    auto const before = sql::value(host_.clock().now() - host_.limits().gdpr_run_lifetime);
    auto const old = host_.database().query(
        {"SELECT 1 FROM profile_gdpr_runs WHERE phase IN ('asked', 'finished', 'stopped') "
         "AND begun_at <= ? LIMIT 1",
         {before},
         {}});
    if (!old) return old.error();
    if (old->empty()) return {};
    std::vector<sql::Statement> steps;
    steps.push_back(
        {"DELETE FROM profile_gdpr_parts WHERE run_id IN (SELECT id FROM profile_gdpr_runs "
         "WHERE phase IN ('asked', 'finished', 'stopped') AND begun_at <= ?)",
         {before},
         {}});
    steps.push_back(
        {"DELETE FROM profile_gdpr_runs WHERE phase IN ('asked', 'finished', 'stopped') "
         "AND begun_at <= ?",
         {before},
         {}});
    auto const swept =
        host_.database().commit(sql::Write::adding("profile.gdpr_sweep", std::move(steps)));
    if (!swept) return swept.error();
    return {};
}

std::vector<sql::Statement> GdprRuns::erasing(std::string_view user_id) {
    std::vector<sql::Statement> steps;
    steps.push_back(
        {"DELETE FROM profile_gdpr_parts WHERE run_id IN (SELECT id FROM profile_gdpr_runs "
         "WHERE user_id = ? AND phase <> 'account')",
         {sql::value(user_id)},
         {}});
    steps.push_back({"DELETE FROM profile_gdpr_runs WHERE user_id = ? AND phase <> 'account'",
                     {sql::value(user_id)},
                     {}});
    return steps;
}

}  // namespace tunnus::plugin::profile
