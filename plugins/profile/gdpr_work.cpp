// SPDX-License-Identifier: MIT
#include "plugins/profile/gdpr_work.hpp"

#include "idp/base/limits.hpp"
#include "idp/base/turns.hpp"
#include "plugins/profile/graphql_context.hpp"
#include "plugins/profile/graphql_schema.hpp"

#include <algorithm>

namespace tunnus::plugin::profile {
namespace {

constexpr seconds between_looks{5};
constexpr std::size_t runs_at_once = 4;
constexpr int calls_in_a_row = 4;  // that one turn waits for at most; the job goes on with the rest

bool contains(std::vector<std::string> const& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

bool has_settled_well(GdprPart const& part) {
    return part.outcome == GdprOutcome::allowed || part.outcome == GdprOutcome::done;
}

GdprOutcome outcome_of(GdprAnswer const& answer, bool is_dry_run) {
    switch (answer.kind) {
        case GdprAnswer::Kind::done:
            return is_dry_run ? GdprOutcome::allowed : GdprOutcome::done;
        case GdprAnswer::Kind::refused:
            return GdprOutcome::refused;
        case GdprAnswer::Kind::failed:
            break;
    }
    return GdprOutcome::failed;
}

/// At those that still wait; empty when none does.
std::optional<std::int64_t> fewest_attempts(GdprRun const& run) {
    std::optional<std::int64_t> fewest;
    for (auto const& part : run.parts)
        if (part.outcome == GdprOutcome::waiting)
            fewest = std::min(fewest.value_or(part.attempts), part.attempts);
    return fewest;
}

GdprPart part_for(RegisteredService const& service, GdprSubject::Kind kind) {
    if (service.gdpr) return {service.name};
    auto const* const code = kind == GdprSubject::Kind::download
                                 ? error_code::connected_service_data_query_failed
                                 : error_code::connected_service_deletion_not_allowed;
    return {service.name, GdprOutcome::unable, 0, said_error(code)};
}

}  // namespace

Result<std::vector<std::string>> GdprWork::services_of(std::string_view user_id) {
    auto const permissions = host_.permissions().of(user_id, "fi");
    if (!permissions) return permissions.error();
    std::vector<std::string> names;
    // A client that belongs to no service is none, and has no data to be asked for.
    for (auto const& one : *permissions)
        if (host_.services().find_service(one.service)) names.push_back(one.service);
    std::ranges::sort(names);
    return names;
}

GdprAnswer GdprWork::call(Call call, RegisteredService const& service, std::string_view user_id,
                          std::string_view acr) {
    auto const& limits = host_.limits();
    bool const is_query = call == Call::query;
    auto const token = host_.gdpr_tokens().make(
        service, is_query ? GdprTokens::Use::query : GdprTokens::Use::erase, user_id,
        {{"loa", loa_of(levels_, acr)}});
    if (!token) {
        host_.log().error("gdpr.no_token",
                          {{"service", service.name}, {"error", token.error().text()}});
        return {GdprAnswer::Kind::failed, true, said_error(error_code::general)};
    }
    auto address =
        gdpr_address(service.gdpr->url, {token->sub, profile_id(host_, user_id, service)});
    if (call == Call::dry_run) address = as_dry_run(address);
    auto const answer = host_.http().send(
        {.method = is_query ? "GET" : "DELETE",
         .url = std::move(address),
         .headers = {{"Authorization", "Bearer " + std::string(token->text.reveal())},
                     {"Accept", "application/json"}},
         .body = {},
         .timeout = limits.gdpr_timeout,
         .body_limit = is_query ? limits.gdpr_answer_bytes : limits.http_body_bytes});
    auto read = is_query ? read_query_answer(answer, limits) : read_erase_answer(answer, limits);
    if (read.kind == GdprAnswer::Kind::failed)
        host_.log().warning("gdpr.service_failed",
                            {{"service", service.name},
                             {"status", answer ? answer->status : 0},
                             {"error", answer ? std::string() : answer.error().text()}});
    return read;
}

std::vector<GdprPart> GdprWork::fetch(std::string_view user_id, std::string_view acr,
                                      std::vector<std::string> const& services) {
    std::vector<GdprPart> parts;
    for (auto const& name : services)
        if (auto const service = host_.services().find_service(name))
            parts.push_back(part_for(*service, GdprSubject::Kind::download));
    auto const at_once = host_.limits().gdpr_calls_at_once;
    auto const until = end_of_turn();
    for (auto& part : parts)
        if (part.outcome == GdprOutcome::waiting)
            part.said = said_error(error_code::service_gdpr_api_request);
    for (std::size_t done = 0; done < parts.size() && host_.clock().now() < until;
         done += at_once) {
        std::vector<GdprPart*> some;
        for (auto at = done; at < std::min(done + at_once, parts.size()); ++at)
            if (parts[at].outcome == GdprOutcome::waiting) some.push_back(&parts[at]);
        static_cast<void>(take_turns(some, [&](GdprPart* part) -> Result<bool> {
            auto const service = host_.services().find_service(part->service);
            auto answer =
                service && service->gdpr ? call(Call::query, *service, user_id, acr) : GdprAnswer();
            part->outcome = outcome_of(answer, false);
            part->said = std::move(answer.said);
            return true;
        }));
    }
    return parts;
}

TimePoint GdprWork::end_of_turn() const {
    return host_.clock().now() + calls_in_a_row * host_.limits().gdpr_timeout;
}

Result<GdprRun> GdprWork::begin(Order const& order) {
    auto const permitted = services_of(order.user_id);
    if (!permitted) return permitted.error();
    GdprRun run;
    run.id = random_uuid(host_.random());
    run.user_id = order.user_id;
    run.subject = order.subject;
    run.acr = order.acr;
    run.confirmed = order.confirmed;
    run.request_id = order.request_id;
    run.begun_at = run.due_at = host_.clock().now();
    for (auto const& name : *permitted) {
        if (order.subject.kind == GdprSubject::Kind::service && name != order.subject.service)
            continue;
        if (auto const service = host_.services().find_service(name))
            run.parts.push_back(part_for(*service, order.subject.kind));
    }
    if (order.subject.kind == GdprSubject::Kind::service && run.parts.empty())
        return Error(BaseErrc::not_found, "the person permits this service nothing");
    auto const begun = runs_.begin(run);
    if (!begun) return begun.error();
    if (*begun == Verdict::won) return run;
    auto at_work = runs_.find(order.user_id, order.subject);
    if (!at_work) return at_work.error();
    if (!*at_work) return Error(BaseErrc::unavailable, "another run was begun, and is gone");
    return std::move(**at_work);
}

Result<Verdict> GdprWork::confirm(GdprRun const& run) {
    if (run.phase != GdprPhase::asked) return Verdict::lost;
    auto const permitted = services_of(run.user_id);
    if (!permitted) return permitted.error();
    bool const is_new =
        run.subject.kind == GdprSubject::Kind::profile &&
        std::ranges::any_of(*permitted, [&](std::string const& name) {
            return std::ranges::find(run.parts, name, &GdprPart::service) == run.parts.end();
        });
    if (is_new) {
        auto const again =
            begin({run.subject, run.user_id, run.acr, run.request_id, run.confirmed});
        if (!again) return again.error();
        return Verdict::won;
    }
    return runs_.move(run, GdprPhase::erasing, host_.clock().now(), true);
}

Result<GdprRun> GdprWork::advance(std::string_view id, Patience patience) {
    for (auto const until = end_of_turn();;) {
        auto run = runs_.find(id);
        if (!run) return run.error();
        if (!*run) return Error(BaseErrc::not_found, "gdpr run");
        auto const now = host_.clock().now();
        if (!is_at_work((*run)->phase) || (*run)->due_at > now || now >= until)
            return std::move(**run);
        auto const claimed = runs_.claim(**run);
        if (!claimed) return claimed.error();
        if (*claimed == Verdict::lost) return std::move(**run);
        auto const done =
            (*run)->phase == GdprPhase::account ? erase_account(**run) : ask_some(**run, patience);
        if (!done) return done.error();
    }
}

Result<> GdprWork::ask_some(GdprRun const& run, Patience patience) {
    auto const permitted = services_of(run.user_id);
    if (!permitted) return permitted.error();
    // Those that have been asked least come first: one that hangs holds up none of the others.
    std::vector<GdprPart> some;
    auto const least = fewest_attempts(run);
    for (auto const& part : run.parts)
        if (part.outcome == GdprOutcome::waiting && part.attempts == least &&
            some.size() < host_.limits().gdpr_calls_at_once)
            some.push_back(part);
    auto const asked = take_turns(some, [&](GdprPart const& part) {
        return ask_one(run, part, contains(*permitted, part.service), patience);
    });
    if (!asked) return asked.error();
    auto const now = runs_.find(run.id);
    if (!now) return now.error();
    if (!*now || (*now)->version != run.version) return {};
    auto const fewest = fewest_attempts(**now);
    if (!fewest) return conclude(**now);
    auto const pause =
        *fewest == 0 ? seconds(0) : wait_after(*fewest - 1, host_.limits().gdpr_pause);
    auto const moved = runs_.move(**now, run.phase, host_.clock().now() + pause);
    if (!moved) return moved.error();
    return {};
}

Result<bool> GdprWork::ask_one(GdprRun const& run, GdprPart part, bool permitted,
                               Patience patience) {
    bool const is_download = run.subject.kind == GdprSubject::Kind::download;
    bool const erases = run.phase == GdprPhase::erasing;
    auto const service = host_.services().find_service(part.service);
    ++part.attempts;
    if (!permitted) {
        // Withdrawn meanwhile, by the person or by this run in a process that is gone.
        part.outcome = GdprOutcome::done;
    } else if (!service || !service->gdpr) {
        part.outcome = GdprOutcome::unable;
        part.said = said_error(error_code::connected_service_deletion_not_allowed);
    } else {
        auto answer = call(is_download ? Call::query
                           : erases    ? Call::erase
                                       : Call::dry_run,
                           *service, run.user_id, run.acr);
        auto const most = static_cast<std::int64_t>(host_.limits().gdpr_attempts);
        part.outcome = outcome_of(answer, !is_download && !erases);
        part.said = std::move(answer.said);
        if (answer.passing && patience == Patience::at_length && part.attempts < most)
            part.outcome = GdprOutcome::waiting;
        if (part.outcome == GdprOutcome::done) {
            if (erases) {
                auto const withdrawn =
                    host_.permissions().withdraw(run.user_id, part.service, run.request_id);
                if (!withdrawn) return withdrawn.error();
            }
            auto const noted =
                note(run, erases ? AuditKind::data_erased : AuditKind::data_exported, part.service);
            if (!noted) return noted.error();
        }
    }
    auto const recorded = runs_.record(run, part);
    if (!recorded) return recorded.error();
    return *recorded == Verdict::won;
}

Result<> GdprWork::conclude(GdprRun const& run) {
    bool const all_well = std::ranges::all_of(run.parts, has_settled_well);
    auto const next = [&] {
        switch (run.subject.kind) {
            case GdprSubject::Kind::download:
                return GdprPhase::finished;  // it names those that failed
            case GdprSubject::Kind::profile:
            case GdprSubject::Kind::service:
                break;
        }
        if (!all_well) return GdprPhase::stopped;
        if (run.phase == GdprPhase::asking)
            return run.confirmed ? GdprPhase::erasing : GdprPhase::asked;
        return run.subject.kind == GdprSubject::Kind::profile ? GdprPhase::account
                                                              : GdprPhase::finished;
    }();
    if (next == GdprPhase::account) {
        // Whoever was permitted meanwhile has not been asked.
        auto const permitted = services_of(run.user_id);
        if (!permitted) return permitted.error();
        if (!permitted->empty()) {
            auto const stopped = runs_.move(run, GdprPhase::stopped, host_.clock().now());
            if (!stopped) return stopped.error();
            return {};
        }
    }
    auto const moved = runs_.move(run, next, host_.clock().now(), next == GdprPhase::erasing);
    if (!moved) return moved.error();
    return {};
}

Result<> GdprWork::erase_account(GdprRun const& run) {
    if (auto erased = host_.accounts().erase(run.user_id, run.request_id); !erased) return erased;
    auto const forgotten = runs_.forget_person(run);
    if (!forgotten) return forgotten.error();
    return {};
}

Result<> GdprWork::note(GdprRun const& run, AuditKind kind, std::string_view service) {
    AuditEvent event;
    event.kind = kind;
    event.at = host_.clock().now();
    event.event_id = event.request_id = run.request_id;
    event.user_id = run.user_id;
    if (auto const registered = host_.services().find_service(service);
        registered && !registered->client_ids.empty())
        event.client_id = registered->client_ids.front();
    event.fields = {{"parts", {"service_data"}}, {"service", service}};
    return host_.audit().record(std::move(event));
}

seconds GdprWork::interval() const {
    return between_looks;
}

Result<> GdprWork::run() {
    auto const due = runs_.due(runs_at_once);
    if (!due) return due.error();
    auto const advanced = take_turns(*due, [this](std::string const& id) -> Result<bool> {
        auto const run = advance(id, Patience::at_length);
        if (!run && run.error().code != BaseErrc::not_found) return run.error();
        return true;
    });
    if (!advanced) return advanced.error();
    return runs_.sweep();
}

}  // namespace tunnus::plugin::profile
