// SPDX-License-Identifier: MIT
#include "idp/base/page_routes.hpp"

#include "idp/base/form.hpp"
#include "idp/base/url.hpp"

#include <boost/json/object.hpp>

namespace tunnus {
namespace {

bool is_elsewhere(std::string_view location, std::string_view issuer) {
    if (location.starts_with('/')) return location.starts_with("//");
    auto const target = parse_http_url(location);
    auto const ours = parse_http_url(issuer);
    return !target || !ours || target->origin() != ours->origin();
}

HttpResponse by_page(Pages const& pages, std::string_view issuer, HttpRequest const& request,
                     HttpResponse response) {
    auto const found = response.headers.find("Location");
    if (response.status != 303 || !found || !is_elsewhere(*found, issuer)) return response;
    std::string const location(*found);
    auto page =
        pages.render(200, "leaving", {{"location", location}, {"languages", boost::json::array()}},
                     choose_locale({}, request));
    page.headers.set("Refresh", "0; url=" + location);
    for (auto const& [name, value] : response.headers.fields())
        if (name == "Set-Cookie") page.headers.add(name, value);
    return page;
}

/// Applies `change` to every response that an outcome may end in, now or on another lane. `change`
/// is copied, and refers to nothing but the request and what outlives it.
template <class Change>
Outcome map(Outcome outcome, Change change) {
    if (auto* response = std::get_if<HttpResponse>(&outcome)) return change(std::move(*response));
    if (auto* more = std::get_if<Continuation>(&outcome)) {
        more->rest = [rest = std::move(more->rest), change] { return map(rest(), change); };
        return outcome;
    }
    auto& pending = std::get<PendingCommit>(outcome);
    pending.if_won = change(std::move(pending.if_won));
    pending.if_lost = change(std::move(pending.if_lost));
    for (auto& replayed : pending.if_replayed)
        replayed = change(std::move(replayed));
    return outcome;
}

}  // namespace

bool accepts_pages(HttpRequest const& request) {
    auto const accept = request.headers.find("Accept");
    return accept && accept->find("text/html") != std::string_view::npos;
}

Handler leave_by_page(Pages const& pages, std::string issuer, Handler handler) {
    return [&pages, issuer = std::move(issuer),
            handler = std::move(handler)](HttpRequest const& request) -> Outcome {
        auto outcome = handler(request);
        if (!accepts_pages(request)) return outcome;
        return map(std::move(outcome), [&pages, issuer, &request](HttpResponse response) {
            return by_page(pages, issuer, request, std::move(response));
        });
    };
}

Handler keep_language(Cookies cookies, seconds lifetime, Handler handler) {
    return [cookies, lifetime,
            handler = std::move(handler)](HttpRequest const& request) -> Outcome {
        auto outcome = handler(request);
        auto const query = parse_form(request.query);
        std::string const chosen(query.form.get("ui_locales"));
        if (!is_locale(chosen) || request.headers.find("Sec-Fetch-Site") != "same-origin")
            return outcome;
        return map(std::move(outcome), [cookies, lifetime, chosen](HttpResponse response) {
            cookies.set(
                response,
                {.name = "lang", .value = chosen, .same_site = SameSite::lax, .max_age = lifetime});
            return response;
        });
    };
}

}  // namespace tunnus
