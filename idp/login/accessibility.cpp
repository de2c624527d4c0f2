// SPDX-License-Identifier: MIT
#include "idp/login/accessibility.hpp"

#include "idp/base/ascii.hpp"
#include "idp/base/email_address.hpp"
#include "idp/base/encoding.hpp"
#include "idp/base/form.hpp"
#include "idp/base/ip_address.hpp"
#include "idp/base/limits.hpp"
#include "idp/base/showable.hpp"
#include "idp/base/time_text.hpp"
#include "idp/login/own_form.hpp"
#include "storage/one_time.hpp"

namespace tunnus::login {
namespace {

constexpr std::string_view form_name = "feedback";
constexpr std::string_view feedback_path = "/accessibility/feedback";
constexpr seconds an_hour{3'600};

std::string locale_of(Parts const& parts, HttpRequest const& request) {
    auto const query = parse_form(request.query, parts.provider.limits.form_fields);
    return Pages::choose_locale({std::string(query.form.get("ui_locales"))}, request);
}

}  // namespace

Outcome AccessibilityPages::statement(HttpRequest const& request) const {
    auto const locale = locale_of(parts_, request);
    auto model = theme_.statement(locale);
    model["languages"] = Pages::language_links(locale, "/accessibility");
    model["address"] = parts_.provider.issuer;
    model["feedback"] = !theme_.feedback_to().empty();
    return parts_.provider.pages.render(200, "accessibility", model, locale);
}

HttpResponse AccessibilityPages::nothing_here(HttpRequest const& request) const {
    return parts_.provider.pages.error(404, "not_found", {}, request.request_id,
                                       locale_of(parts_, request));
}

HttpResponse AccessibilityPages::form(HttpRequest const& request, Browser const& browser,
                                      Typed const& typed, std::optional<Fault> const& fault) const {
    auto const locale = locale_of(parts_, request);
    boost::json::object model{{"action", std::string(feedback_path) + "?ui_locales=" + locale},
                              {"csrf", browser.csrf(form_name)},
                              {"languages", Pages::language_links(locale, feedback_path)},
                              {"message", typed.message},
                              {"email", typed.email}};
    if (fault) model["errors"] = {{fault->input, parts_.provider.pages.text(locale, fault->text)}};
    auto response =
        parts_.provider.pages.render(fault ? fault->status : 200, "feedback", model, locale);
    if (fault && fault->status == 429)
        response.headers.set("Retry-After", std::to_string(an_hour.count()));
    keep_browser(parts_, browser, true, response);
    return response;
}

Outcome AccessibilityPages::ask(HttpRequest const& request) const {
    if (theme_.feedback_to().empty()) return nothing_here(request);
    auto browser = read_browser(parts_, request);
    if (auto* answer = std::get_if<HttpResponse>(&browser)) return std::move(*answer);
    return form(request, std::get<Browser>(browser), {}, {});
}

Result<bool> AccessibilityPages::may_send(HttpRequest const& request) const {
    auto const& limits = parts_.provider.limits;
    auto const now = parts_.provider.clock.now();
    auto from_here = storage::reserve_attempt(
        database_, "feedback.address." + client_block(request.client_address),
        limits.feedback_per_hour, an_hour, now);
    if (!from_here || !*from_here) return from_here;
    return storage::reserve_attempt(database_, "feedback", limits.feedback_per_hour_in_all, an_hour,
                                    now);
}

Outcome AccessibilityPages::submit(HttpRequest const& request) const {
    if (theme_.feedback_to().empty()) return nothing_here(request);
    auto const body = parse_form(request.body, parts_.provider.limits.form_fields);
    if (body.error || request.media_type() != "application/x-www-form-urlencoded")
        return bad_request(parts_, request);
    auto read = read_browser(parts_, request);
    if (auto* answer = std::get_if<HttpResponse>(&read)) return std::move(*answer);
    auto const& browser = std::get<Browser>(read);
    if (!browser.has_login_cookie || !comes_from_our_page(parts_, request) ||
        !equal_in_constant_time(body.form.get("csrf"), browser.csrf(form_name)))
        return login_over(parts_, request, 403);

    Typed const typed{body.form.get("message"), trim(body.form.get("email"))};
    auto const has_words = typed.message.find_first_not_of(" \t\r\n") != std::string_view::npos;
    if (!has_words) return form(request, browser, typed, Fault{"message", "error_feedback_empty"});
    if (typed.message.size() > parts_.provider.limits.feedback_bytes)
        return form(request, browser, typed, Fault{"message", "error_feedback_long"});
    auto const address = parse_email_address(typed.email);
    if (!typed.email.empty() && !address)
        return form(request, browser, typed, Fault{"email", "error_feedback_email"});
    auto const may = may_send(request);
    if (!may) return unavailable(parts_, request);
    if (!*may) return form(request, browser, typed, Fault{"form", "error_feedback_too_many", 429});

    auto const locale = locale_of(parts_, request);
    auto const& pages = parts_.provider.pages;
    auto text = pages.text(locale, "mail_feedback_text");
    text = filled(std::move(text), "{host}", parts_.provider.issuer);
    text = filled(std::move(text), "{email}",
                  address ? address->address : pages.text(locale, "mail_feedback_no_address"));
    text = filled(std::move(text), "{time}", date_time_text(parts_.provider.clock.now(), locale));
    // Last, so that nothing of what a stranger wrote is taken for a place to fill.
    text = filled(std::move(text), "{message}", typed.message);
    auto const mailed =
        mailer_.send({theme_.feedback_to(), pages.text(locale, "mail_feedback_subject"), text});
    if (!mailed) return unavailable(parts_, request);
    return redirect_response(parts_.provider.issuer + "/accessibility/sent");
}

Outcome AccessibilityPages::sent(HttpRequest const& request) const {
    auto const locale = locale_of(parts_, request);
    return parts_.provider.pages.render(
        200, "feedback_sent", {{"languages", Pages::language_links(locale, "/accessibility/sent")}},
        locale);
}

}  // namespace tunnus::login
