// SPDX-License-Identifier: MIT
#include "idp/login/logout.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/form.hpp"
#include "idp/base/limits.hpp"
#include "idp/base/time_text.hpp"
#include "idp/login/accounts.hpp"
#include "idp/login/acting_now.hpp"
#include "idp/login/departure.hpp"
#include "idp/login/front_channel_logout.hpp"
#include "idp/login/levels.hpp"
#include "idp/login/own_pages.hpp"
#include "idp/login/session_form.hpp"
#include "idp/login/sign_in_methods.hpp"
#include "oidc/endpoints/end_session.hpp"

#include <algorithm>

namespace tunnus::login {
namespace {

using boost::json::array;
using boost::json::object;

/// What the service asked, again as a query: it is read and checked anew when the person answers.
std::string as_query(HttpRequest const& request) {
    auto const parsed = parse_form(request.method == Method::POST ? request.body : request.query);
    std::vector<std::pair<std::string_view, std::string_view>> fields;
    for (auto const name : {"client_id", "id_token_hint", "post_logout_redirect_uri", "state"})
        if (auto const value = parsed.form.find(name)) fields.emplace_back(name, *value);
    return build_form(fields);
}

HttpResponse after_logout(Parts const& parts, oidc::EndSessionRequest const& ending, array frames,
                          std::string_view locale) {
    if (ending.return_to && frames.empty()) return redirect_response(*ending.return_to);
    object model{
        {"languages", Pages::language_links(
                          locale, "/logout?" + build_form({{"client_id", ending.client_id}}))}};
    if (auto const client = parts.provider.clients.find(ending.client_id)) {
        model["service"] = {{"name", client->name(locale)}};
        if (client->client_uri.starts_with("https://")) model["return_uri"] = client->client_uri;
    }
    if (!frames.empty())
        return tell_by_frames(parts, std::move(model), std::move(frames), ending.return_to, locale);
    return parts.provider.pages.render(200, "logged_out", model, locale);
}

/// The hint speaks of this very session, or of its person by the `sub` that the client knows.
bool is_about(Parts const& parts, oidc::EndSessionRequest const& ending,
              storage::Session const& session) {
    auto const client = parts.provider.clients.find(ending.client_id);
    if (!client || ending.hinted_subject.empty()) return false;
    if (!ending.hinted_sid.empty()) return ending.hinted_sid == session.sid();
    return ending.hinted_subject == oidc::subject_for(parts.provider, *client, session.user_id);
}

/// Where the browser goes in the end when it is led elsewhere first: to the service, or to the page
/// that says that all is done.
std::string last_stop(Parts const& parts, oidc::EndSessionRequest const& ending,
                      std::string_view locale) {
    if (ending.return_to) return *ending.return_to;
    return parts.provider.issuer + "/logout?" +
           build_form({{"client_id", ending.client_id}, {"ui_locales", locale}});
}

/// Services hear of it by frames before the browser leaves. A way out by a form, of an identity
/// provider that takes nothing else, is left out where there are frames: they cannot lead on to it.
HttpResponse leave_after_logout(Parts const& parts, oidc::EndSessionRequest ending, array frames,
                                std::optional<plugin::Redirect> const& way_out,
                                std::string_view locale) {
    if (way_out && way_out->form.empty())
        ending.return_to = way_out->url;
    else if (way_out && frames.empty())
        return depart(parts.provider.pages, *way_out, locale);
    return after_logout(parts, ending, std::move(frames), locale);
}

/// What ends in this browser, and where it goes then.
struct Goodbye {
    storage::Session session;             ///< of this browser
    oidc::EndSessionRequest ending = {};  ///< what a service asked, if one did
    std::string locale;
    std::string_view reason = "logout";         ///< for the record
    std::vector<storage::Session> others = {};  ///< of the same person, in other browsers
};

/// The session ends here before anybody else is asked (suomifi.md 2.4), whatever becomes of that.
Outcome end_and_leave(Parts const& parts, HttpRequest const& request, Goodbye const& goodbye,
                      std::optional<plugin::Redirect> const& way_out) {
    auto const& [session, ending, locale, reason, others] = goodbye;
    auto const clients = parts.provider.sessions.clients_of(session.id);
    if (!clients) return unavailable(parts, request);
    auto all = others;
    all.push_back(session);
    auto intention = storage::end_sessions(
        ending_of(all, reason, request.request_id, parts.provider.clock.now()),
        parts.provider.random);
    auto response = leave_after_logout(parts, ending, frames_of(parts, session, *clients, locale),
                                       way_out, locale);
    parts.cookies.remove(response, "sid");
    hide_browser_state(parts, request, response);
    // Losing means that the session had ended already: the same answer is true.
    return PendingCommit{
        .intention = std::move(intention), .if_won = response, .if_lost = response};
}

Outcome end_and_leave(Parts const& parts, HttpRequest const& request, Goodbye goodbye) {
    if (!may_leave(parts.plugins, goodbye.session))
        return end_and_leave(parts, request, goodbye, std::nullopt);
    return Continuation{
        Lane::plugin, [&parts, &request, goodbye = std::move(goodbye)]() -> Outcome {
            auto const way_out =
                find_way_out(parts.plugins, goodbye.session,
                             last_stop(parts, goodbye.ending, goodbye.locale), goodbye.locale);
            return end_and_leave(parts, request, goodbye, way_out);
        }};
}

}  // namespace

Outcome Logout::end_session(HttpRequest const& request) const {
    auto read = oidc::read_end_session(parts_.provider, request);
    if (auto* answer = std::get_if<HttpResponse>(&read)) return std::move(*answer);
    auto const& ending = std::get<oidc::EndSessionRequest>(read);
    auto const locale = Pages::choose_locale(ending.ui_locales, request);
    auto found = find_session(parts_, request);
    if (auto* answer = std::get_if<HttpResponse>(&found)) return std::move(*answer);
    auto const& session = std::get<std::optional<storage::Session>>(found);
    bool const cookie_came = parts_.cookies.find(request, "sid").value.has_value();
    // A cross-site POST brings no Lax cookie: ask again by GET, which brings it, before anything is
    // said or removed.
    if (!cookie_came && request.method == Method::POST)
        return redirect_response(parts_.provider.issuer + "/logout?" + as_query(request));
    if (!session) {
        auto response = after_logout(parts_, ending, {}, locale);
        if (cookie_came) parts_.cookies.remove(response, "sid");
        hide_browser_state(parts_, request, response);
        return response;
    }
    if (is_about(parts_, ending, *session))
        return end_and_leave(parts_, request,
                             {.session = *session, .ending = ending, .locale = locale});

    auto const clients = parts_.provider.sessions.clients_of(session->id);
    auto acting = acting_now(parts_, *session, locale);
    if (!clients || !acting) return unavailable(parts_, request);
    array services;
    for (auto const& client_id : *clients)
        if (auto const client = parts_.provider.clients.find(client_id))
            services.push_back(object{{"name", client->name(locale)}});
    auto const query = as_query(request);
    object model{{"action",
                  "/logout/confirm?" + query + (query.empty() ? "" : "&") + "ui_locales=" + locale},
                 {"csrf", session_csrf(parts_, request)},
                 {"languages", Pages::language_links(locale, "/logout?" + query)},
                 {"services", std::move(services)},
                 {"acting_now", std::move(*acting)}};
    if (auto const client = parts_.provider.clients.find(ending.client_id))
        model["service"] = {{"name", client->name(locale)}};
    return parts_.provider.pages.render(200, "logout", model, locale);
}

Outcome Logout::confirm(HttpRequest const& request) const {
    auto own = read_session_form(parts_, request);
    if (auto* answer = std::get_if<HttpResponse>(&own)) return std::move(*answer);
    auto const& [session, form] = std::get<SessionForm>(own);
    HttpRequest asked = request;
    asked.method = Method::GET;
    auto read = oidc::read_end_session(parts_.provider, asked);
    if (auto* answer = std::get_if<HttpResponse>(&read)) return std::move(*answer);
    auto const& ending = std::get<oidc::EndSessionRequest>(read);
    if (form.get("decision") != "logout")
        return redirect_response(ending.return_to ? *ending.return_to
                                                  : parts_.provider.issuer + "/profile/signin");
    return end_and_leave(parts_, request,
                         {.session = session,
                          .ending = ending,
                          .locale = Pages::choose_locale(ending.ui_locales, request)});
}

Outcome Logout::sessions(HttpRequest const& request) const {
    auto found = find_session(parts_, request);
    if (auto* answer = std::get_if<HttpResponse>(&found)) return std::move(*answer);
    auto const& session = std::get<std::optional<storage::Session>>(found);
    auto const query = parse_form(request.query, parts_.provider.limits.form_fields);
    auto const locale = Pages::choose_locale({std::string(query.form.get("ui_locales"))}, request);
    auto const& pages = parts_.provider.pages;
    if (!session) {
        if (auto sign_in = lead_to_sign_in(parts_, request)) return std::move(*sign_in);
        return pages.error(401, "login_required", "error_sign_in_first", request.request_id,
                           locale);
    }

    auto const now = parts_.provider.clock.now();
    auto const all = parts_.provider.sessions.find_by_user(session->user_id, now);
    if (!all) return unavailable(parts_, request);
    array rows;
    for (auto const& one : *all) {
        array services;
        auto const clients = parts_.provider.sessions.clients_of(one.id);
        if (!clients) return unavailable(parts_, request);
        for (auto const& client_id : *clients)
            if (auto const client = parts_.provider.clients.find(client_id))
                services.push_back(object{{"name", client->name(locale)}});
        std::string method;
        for (auto const& proof : one.logout)
            method = label_of(parts_, proof.as_object().at("method").as_string(), locale);
        rows.push_back(
            {{"id", one.sid()},
             {"current", one.id == session->id},
             {"method", method},
             {"level", pages.text(locale, text_of_level(parts_.plugins.authenticators(), one.acr))},
             {"browser", one.user_agent},
             {"address", one.client_address},
             {"started", date_time_text(one.created_at, locale)},
             {"started_at", rfc3339(one.created_at)},
             {"used", date_time_text(one.last_used_at, locale)},
             {"used_at", rfc3339(one.last_used_at)},
             {"services", std::move(services)}});
    }
    auto acting = acting_now(parts_, *session, locale);
    if (!acting) return unavailable(parts_, request);
    object model{{"action", "/profile/signin?ui_locales=" + locale},
                 {"csrf", session_csrf(parts_, request)},
                 {"languages", Pages::language_links(locale, "/profile/signin")},
                 {"nav", {{"signin", true}}},
                 {"acting_now", std::move(*acting)},
                 {"sessions", std::move(rows)}};
    if (auto answer = add_methods(parts_, request, *session, locale, model))
        return std::move(*answer);
    return pages.render(200, "sessions", model, locale);
}

Outcome Logout::end_sessions(HttpRequest const& request) const {
    auto own = read_session_form(parts_, request);
    if (auto* answer = std::get_if<HttpResponse>(&own)) return std::move(*answer);
    auto const& [session, form] = std::get<SessionForm>(own);
    auto const chosen = form.get("session");
    auto const now = parts_.provider.clock.now();
    auto all = parts_.provider.sessions.find_by_user(session.user_id, now);
    if (!all) return unavailable(parts_, request);
    if (!form.find("everywhere"))
        std::erase_if(*all, [&](storage::Session const& one) { return one.sid() != chosen; });
    oidc::EndSessionRequest ending;
    ending.return_to = parts_.provider.issuer + "/profile/signin";
    std::string_view const reason = form.find("everywhere") ? "everywhere" : "by the person";
    // This browser's own session ends as by /logout: services and identity providers hear of it.
    // Theirs of other browsers end where those browsers are: nobody can be led there from here.
    auto const& own_id = session.id;
    if (std::erase_if(*all, [&](storage::Session const& one) { return one.id == own_id; }) != 0)
        return end_and_leave(parts_, request,
                             {.session = session,
                              .ending = std::move(ending),
                              .locale = Pages::choose_locale({}, request),
                              .reason = reason,
                              .others = std::move(*all)});
    auto response = redirect_response(*ending.return_to);
    if (all->empty()) return response;
    auto intention = storage::end_sessions(ending_of(*all, reason, request.request_id, now),
                                           parts_.provider.random);
    return PendingCommit{
        .intention = std::move(intention), .if_won = response, .if_lost = response};
}

}  // namespace tunnus::login
