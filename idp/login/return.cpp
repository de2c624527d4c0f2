// SPDX-License-Identifier: MIT
// /login/return/<plugin> and the ReturnPaths of authenticators: the browser is back with a plugin.
#include "idp/base/limits.hpp"
#include "idp/login/flow.hpp"
#include "idp/login/own_form.hpp"
#include "idp/login/plugin_answer.hpp"

namespace tunnus::login {
namespace {

/// A ReturnPath as the plugin declared it; whole for a page of the plugin's own.
std::string path_for(std::string_view plugin, std::string const& path) {
    auto const prefix = "/" + std::string(plugin) + "/";
    return path.starts_with(prefix) ? path.substr(prefix.size()) : path;
}

plugin::BrowserRequest browser_request(HttpRequest const& request, std::string_view plugin,
                                       Form form, std::string device) {
    return {.method = request.method,
            .path = path_for(plugin, request.path),
            .query = request.query,
            .form = std::move(form),
            .media_type = request.media_type(),
            .client_address = request.client_address,
            .device = std::move(device)};
}

HttpResponse turned_away(Parts const& parts, HttpRequest const& request, seconds wait) {
    auto response =
        parts.provider.pages.error(429, "temporarily_unavailable", "error_too_many",
                                   request.request_id, Pages::choose_locale({}, request));
    response.headers.set("Retry-After", std::to_string(wait.count()));
    return response;
}

Outcome resume_plugin(Parts const& parts, HttpRequest const& request, Walk walk, Form form,
                      std::string_view plugin) {
    auto const running = walk.transaction().running;
    if (!running || running->plugin != plugin) return login_over(parts, request, 409);
    auto const browser = browser_request(request, plugin, std::move(form), walk.browser().device);
    return walk.resume(browser);
}

}  // namespace

Outcome LoginFlow::submit(HttpRequest const& request, std::string_view plugin) const {
    auto own = read_own_form(parts_, request);
    if (auto* answer = std::get_if<HttpResponse>(&own)) return std::move(*answer);
    auto& [walk, form] = std::get<OwnForm>(own);
    return resume_plugin(parts_, request, std::move(walk), std::move(form), plugin);
}

Outcome LoginFlow::come_back(HttpRequest const& request, std::string_view plugin,
                             std::string_view login_field) const {
    if (auto const wait = parts_.refusals.turn_away(request.client_address))
        return turned_away(parts_, request, *wait);
    // The message is another server's: what is wrong with it is answered alike (S-REJ), and nothing
    // of ours changes.
    auto const rejected = [&](std::string_view reason) -> HttpResponse {
        parts_.refusals.refused(request.client_address);
        if (!parts_.provider.audit.record(rejection_event(parts_, request, plugin, reason)))
            return unavailable(parts_, request);
        return parts_.provider.pages.error(400, "invalid_request", "error_not_accepted",
                                           request.request_id, Pages::choose_locale({}, request));
    };
    bool const by_form = request.method == Method::POST;
    if (by_form && request.media_type() != "application/x-www-form-urlencoded")
        return bad_request(parts_, request, 415);
    auto parsed =
        parse_form(by_form ? request.body : request.query, parts_.provider.limits.form_fields);
    if (parsed.error) return rejected("unreadable_form");
    auto walk = resume_walk(parts_, request, parsed.form.get(login_field), {});
    if (auto* answer = std::get_if<HttpResponse>(&walk)) {
        if (answer->status == 403) return rejected("no_such_login_in_this_browser");
        return std::move(*answer);
    }
    auto& found = std::get<Walk>(walk);
    if (auto answer = found.recall_session()) return std::move(*answer);
    auto const& running = found.transaction().running;
    if (!running || running->plugin != plugin || !running->template_name.empty())
        return rejected("not_awaited");
    return resume_plugin(parts_, request, std::move(found), std::move(parsed.form), plugin);
}

}  // namespace tunnus::login
