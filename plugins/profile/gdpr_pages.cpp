// SPDX-License-Identifier: MIT
#include "plugins/profile/gdpr_pages.hpp"

#include "idp/base/ascii.hpp"
#include "idp/base/encoding.hpp"
#include "idp/base/json.hpp"
#include "idp/base/limits.hpp"
#include "idp/base/time_text.hpp"
#include "plugins/profile/graphql_schema.hpp"
#include "plugins/profile/graphql_values.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace tunnus::plugin::profile {
namespace {

using boost::json::array;
using boost::json::object;

constexpr std::string_view ticket_context = "gdpr_ticket";

GdprSubject erasure_in(Form const& form) {
    std::string service(form.get("service"));
    if (service.empty()) return {GdprSubject::Kind::profile};
    return {GdprSubject::Kind::service, std::move(service)};
}

std::string page_of(GdprSubject const& subject) {
    if (subject.service.empty()) return "delete";
    return "delete?" + build_form({{"service", subject.service}});
}

/// The service's words in the person's language, or in another where it has none in that.
object reason_in(object const& message, std::string_view locale) {
    object reason{{"text", false}, {"lang", locale}};
    for (std::string_view const language : {locale, std::string_view("fi"), std::string_view("en")})
        if (auto const text = find_string(message, language)) {
            reason["text"] = *text;
            reason["lang"] = language;
            return reason;
        }
    return reason;
}

array reasons_of(GdprPart const& part, std::string_view locale) {
    array reasons;
    if (auto const* const errors = part.said.if_contains("errors"))
        for (auto const& error : errors->as_array())
            if (auto reason = reason_in(error.at("message").as_object(), locale);
                reason.at("text").is_string())
                reasons.push_back(std::move(reason));
    return reasons;
}

}  // namespace

std::vector<RouteSource::PluginRoute> GdprPages::routes() {
    using enum Method;
    using Page = Outcome (GdprPages::*)(Caller const&);
    auto const at = [this](Method method, std::string path, Page page) {
        return RouteSource::PluginRoute{
            .method = method,
            .path = std::move(path),
            .handler = [this, page](HttpRequest const&,
                                    Caller const& caller) { return (this->*page)(caller); },
            .form = true};
    };
    auto const strongly_to = [&](std::string path, std::string const& page) {
        auto route = at(GET, std::move(path), &GdprPages::download);
        route.handler = [this, page](HttpRequest const&, Caller const&) -> Outcome {
            return to(page);
        };
        for (auto const& level : levels_)
            route.acr_values.push_back(level.first);
        return route;
    };
    auto const lately = [&](RouteSource::PluginRoute route, int times) {
        route.max_age = host_.limits().gdpr_login_age * times;
        return route;
    };
    auto const by_anybody = [](RouteSource::PluginRoute route) {
        route.needs = RouteSource::Needs::nothing;
        return route;
    };
    // A page that was opened in time can still be sent.
    return {at(GET, "download", &GdprPages::download),
            at(POST, "download", &GdprPages::begin_download),
            at(GET, "download/file", &GdprPages::file),
            strongly_to("download/strong", "download"),
            lately(at(GET, "delete", &GdprPages::erasure), 1),
            lately(at(POST, "delete", &GdprPages::erase), 2),
            strongly_to("delete/strong", "delete"),
            by_anybody(at(GET, "erased", &GdprPages::erased)),
            by_anybody(at(POST, "erased", &GdprPages::erased))};
}

HttpResponse GdprPages::to(std::string_view path) const {
    return redirect_response(host_.issuer() + "/profile/" + std::string(path));
}

HttpResponse GdprPages::busy(Caller const& caller, Error const& error) {
    host_.log().error("profile.unavailable", {{"error", error.text()}});
    return host_.error_page(503, "temporarily_unavailable", "error_busy", caller);
}

Result<bool> GdprPages::is_too_weak(Caller const& caller, std::string_view begun_at_acr) {
    if (loa_of(levels_, caller.acr) != "low") return false;
    if (loa_of(levels_, begun_at_acr) != "low") return true;
    auto const records = records_.find(caller.user_id);
    if (!records) return records.error();
    return records->official.has_value();
}

array GdprPages::parts_of(GdprRun const& run, std::string_view locale) const {
    array shown;
    for (auto const& part : run.parts) {
        auto const service = host_.services().find_service(part.service);
        auto const is = [&](GdprOutcome outcome) { return part.outcome == outcome; };
        auto reasons = reasons_of(part, locale);
        shown.push_back(object{{"name", service ? service->title.in(locale) : part.service},
                               {"waiting", is(GdprOutcome::waiting)},
                               {"allowed", is(GdprOutcome::allowed)},
                               {"done", is(GdprOutcome::done)},
                               {"refused", is(GdprOutcome::refused)},
                               {"failed", is(GdprOutcome::failed)},
                               {"unable", is(GdprOutcome::unable)},
                               {"any_reasons", !reasons.empty()},
                               {"reasons", std::move(reasons)}});
    }
    return shown;
}

// ---- Download

Outcome GdprPages::download(Caller const& caller) {
    auto const run = work_.runs().find(caller.user_id, {GdprSubject::Kind::download});
    if (!run) return busy(caller, run.error());
    auto const weak = is_too_weak(caller, *run ? (*run)->acr : std::string_view());
    if (!weak) return busy(caller, weak.error());
    bool const at_work = *run && is_at_work((*run)->phase);
    bool const ready = *run && !at_work;
    object model{{"nav", {{"details", true}}},
                 {"needs_strong", *weak},
                 {"at_work", at_work && !*weak},
                 {"ready", ready && !*weak},
                 {"may_begin", !at_work && !*weak},
                 {"any_parts", *run && !*weak && !(*run)->parts.empty()},
                 {"parts", array()}};
    if (*run && !*weak) {
        auto const ends = (*run)->begun_at + host_.limits().gdpr_run_lifetime;
        model["parts"] = parts_of(**run, caller.locale);
        model["until"] = date_time_text(ends, caller.locale);
        model["until_at"] = rfc3339(ends);
    }
    return host_.page(200, "download", std::move(model), caller);
}

Outcome GdprPages::begin_download(Caller const& caller) {
    auto const weak = is_too_weak(caller);
    if (!weak) return busy(caller, weak.error());
    if (*weak) return to("download");
    return Continuation{
        Lane::outbound, [this, caller]() -> Outcome {
            auto const run = work_.begin(
                {{GdprSubject::Kind::download}, caller.user_id, caller.acr, caller.event_id});
            if (!run) return busy(caller, run.error());
            auto const advanced = work_.advance(run->id, GdprWork::Patience::at_length);
            if (!advanced) return busy(caller, advanced.error());
            return to("download");
        }};
}

/// Everything: the profile in the contract's shape, what the product and each plugin keep, and of
/// each service its own tree or that it failed.
Result<object> GdprPages::all_of(Caller const& caller, GdprRun const& run) {
    auto const records = records_.find(caller.user_id);
    if (!records) return records.error();
    auto stored = host_.accounts().export_data(caller.user_id);
    if (!stored) return stored.error();
    array services;
    for (auto const& part : run.parts) {
        object service{{"key", to_upper(part.service)}};
        auto const* const tree = part.said.if_contains("tree");
        if (part.outcome == GdprOutcome::done)
            service["children"] = tree ? array{*tree} : array();
        else
            service["error"] = part.said.contains("errors")
                                   ? part.said.at("errors").at(0).at("code")
                                   : boost::json::value(error_code::service_gdpr_api_request);
        services.push_back(std::move(service));
    }
    return object{{"key", "DATA"},
                  {"children", array{profile_tree(*records, true), to_gdpr_tree("ACCOUNT", *stored),
                                     object{{"key", "SERVICES"}, {"children", services}}}}};
}

Outcome GdprPages::file(Caller const& caller) {
    return Continuation{Lane::outbound, [this, caller]() -> Outcome {
                            auto const run =
                                work_.runs().find(caller.user_id, {GdprSubject::Kind::download});
                            if (!run) return busy(caller, run.error());
                            if (!*run || is_at_work((*run)->phase)) return to("download");
                            auto const weak = is_too_weak(caller, (*run)->acr);
                            if (!weak) return busy(caller, weak.error());
                            if (*weak) return to("download");
                            auto const all = all_of(caller, **run);
                            if (!all) return busy(caller, all.error());
                            AuditEvent event;
                            event.kind = AuditKind::data_exported;
                            event.at = host_.clock().now();
                            event.event_id = event.request_id = caller.event_id;
                            event.user_id = caller.user_id;
                            event.fields = {{"part", "account"}};
                            if (auto noted = host_.audit().record(std::move(event)); !noted)
                                return busy(caller, noted.error());
                            auto response = json_response(200, boost::json::serialize(*all));
                            response.headers.set("Content-Disposition",
                                                 "attachment; filename=\"profile_data.json\"");
                            response.headers.set("Cache-Control", "no-store");
                            return response;
                        }};
}

// ---- Erasure

Outcome GdprPages::erasure(Caller const& caller) {
    auto const run = work_.runs().find(caller.user_id, erasure_in(caller.form));
    if (!run) return busy(caller, run.error());
    if (*run && is_at_work((*run)->phase)) return show_erasing(caller, **run);
    return show_erasure(200, caller, *run);
}

Outcome GdprPages::show_erasure(int status, Caller const& caller,
                                std::optional<GdprRun> const& run) {
    auto const subject = erasure_in(caller.form);
    auto const weak = is_too_weak(caller);
    if (!weak) return busy(caller, weak.error());
    auto const permitted = work_.services_of(caller.user_id);
    if (!permitted) return busy(caller, permitted.error());
    bool const is_one = subject.kind == GdprSubject::Kind::service;
    bool const is_done = run && run->phase == GdprPhase::finished;
    auto const service = host_.services().find_service(subject.service);
    if (is_one && !is_done &&
        (!service || std::ranges::find(*permitted, subject.service) == permitted->end()))
        return to("services");
    array names;
    for (auto const& name : *permitted)
        if (auto const one = host_.services().find_service(name))
            names.push_back(object{{"name", one->title.in(caller.locale)}});
    bool const asked = run && run->phase == GdprPhase::asked;
    bool const stopped = run && run->phase == GdprPhase::stopped;
    object model{{"nav", {{is_one ? "services" : "details", true}}},
                 {"service", subject.service},
                 {"one", false},
                 {"all", !is_one},
                 {"needs_strong", *weak},
                 {"first", !*weak && !asked && !stopped && !is_done},
                 {"asked", !*weak && asked},
                 {"stopped", !*weak && stopped},
                 {"done", !*weak && is_done},
                 {"any_services", !is_one && !names.empty()},
                 {"services", std::move(names)},
                 {"any_parts", !*weak && run && !run->parts.empty()},
                 {"parts", run && !*weak ? parts_of(*run, caller.locale) : array()}};
    if (is_one)
        model["one"] = {{"name", service ? service->title.in(caller.locale)
                                         : std::string_view(subject.service)}};
    if (status == 422) model["errors"] = {{"confirm", host_.text(caller.locale, "error_confirm")}};
    return host_.page(status, "erase", std::move(model), caller);
}

Outcome GdprPages::show_erasing(Caller const& caller, GdprRun const& run) {
    // The account may go between two looks, and the session with it: the ticket shows the rest.
    object model{{"ticket", encode_base64url(host_.seal(ticket_context, run.id))},
                 {"asking", run.phase == GdprPhase::asking},
                 {"any_parts", !run.parts.empty()},
                 {"parts", parts_of(run, caller.locale)}};
    return host_.page(200, "erasing", std::move(model), caller);
}

Outcome GdprPages::show_erased(Caller const& caller, std::optional<GdprRun> const& run) {
    object model{{"sure", run.has_value()},
                 {"any_parts", run && !run->parts.empty()},
                 {"parts", run ? parts_of(*run, caller.locale) : array()}};
    return host_.page(200, "erased", std::move(model), caller);
}

Outcome GdprPages::erase(Caller const& caller) {
    auto const subject = erasure_in(caller.form);
    auto const weak = is_too_weak(caller);
    if (!weak) return busy(caller, weak.error());
    if (*weak) return to(page_of(subject));
    if (caller.form.get("step") != "erase") return ask(caller, subject);
    if (caller.form.get("confirm") == "yes") return erase_for_real(caller, subject);
    auto const run = work_.runs().find(caller.user_id, subject);
    if (!run) return busy(caller, run.error());
    return show_erasure(422, caller, *run);
}

Outcome GdprPages::ask(Caller const& caller, GdprSubject const& subject) {
    return Continuation{
        Lane::outbound, [this, caller, subject]() -> Outcome {
            auto const run = work_.begin({subject, caller.user_id, caller.acr, caller.event_id});
            if (!run && run.error().code == BaseErrc::not_found) return to("services");
            if (!run) return busy(caller, run.error());
            auto const advanced = work_.advance(run->id, GdprWork::Patience::at_length);
            if (!advanced) return busy(caller, advanced.error());
            return to(page_of(subject));
        }};
}

Outcome GdprPages::erase_for_real(Caller const& caller, GdprSubject const& subject) {
    return Continuation{Lane::outbound, [this, caller, subject]() -> Outcome {
                            auto const run = work_.runs().find(caller.user_id, subject);
                            if (!run) return busy(caller, run.error());
                            if (!*run) return to(page_of(subject));
                            auto const confirmed = work_.confirm(**run);
                            if (!confirmed) return busy(caller, confirmed.error());
                            auto const advanced =
                                work_.advance((*run)->id, GdprWork::Patience::at_length);
                            if (!advanced && advanced.error().code == BaseErrc::not_found)
                                return to(page_of(subject));
                            if (!advanced) return busy(caller, advanced.error());
                            if (is_at_work(advanced->phase)) return show_erasing(caller, *advanced);
                            if (advanced->user_id == advanced->id)
                                return show_erased(caller, *advanced);
                            return to(page_of(subject));
                        }};
}

Outcome GdprPages::erased(Caller const& caller) {
    auto const ticket = decode_base64url(caller.form.get("ticket"));
    auto const id = ticket ? host_.open(ticket_context, *ticket) : Result<std::string>("");
    if (!id || id->empty()) return show_erased(caller, {});
    auto const run = work_.runs().find(*id);
    if (!run) return busy(caller, run.error());
    if (!*run) return show_erased(caller, {});
    if (is_at_work((*run)->phase)) return show_erasing(caller, **run);
    if ((*run)->user_id == (*run)->id) return show_erased(caller, *run);
    return to(page_of((*run)->subject));
}

}  // namespace tunnus::plugin::profile
