// SPDX-License-Identifier: MIT
#include "idp/login/device.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/form.hpp"
#include "idp/base/limits.hpp"
#include "idp/login/own_form.hpp"
#include "oidc/endpoints/decoupled.hpp"
#include "oidc/protocol/user_code.hpp"
#include "storage/one_time.hpp"

namespace tunnus::login {
namespace {

constexpr std::string_view form_name = "device";

/// Of what an address brings, only what can be a code is shown.
std::string shown(std::string_view typed) {
    auto const code = oidc::read_user_code(typed);
    return code ? oidc::show_user_code(*code) : std::string();
}

std::string locale_of(HttpRequest const& request, Form const& query) {
    return Pages::choose_locale({std::string(query.get("ui_locales"))}, request);
}

}  // namespace

HttpResponse DevicePages::form(HttpRequest const& request, Browser const& browser, int status,
                               std::string_view user_code, std::string_view error_key) const {
    auto const query = parse_form(request.query, parts_.provider.limits.form_fields);
    auto const locale = locale_of(request, query.form);
    auto const code = shown(user_code);
    auto const address =
        code.empty() ? std::string("/device") : "/device?" + build_form({{"user_code", code}});
    boost::json::object model{{"action", "/device?ui_locales=" + locale},
                              {"csrf", browser.csrf(form_name)},
                              {"user_code", code},
                              {"languages", Pages::language_links(locale, address)}};
    if (!error_key.empty())
        model["errors"] = {{"user_code", parts_.provider.pages.text(locale, error_key)}};
    auto response = parts_.provider.pages.render(status, "device", model, locale);
    keep_browser(parts_, browser, true, response);
    return response;
}

/// The address is what a guesser has to change; that nobody guesses from very many is the second
/// bound's.
Result<bool> DevicePages::may_try(HttpRequest const& request) const {
    auto const& limits = parts_.provider.limits;
    auto const now = parts_.provider.clock.now();
    auto from_here = storage::reserve_attempt(
        database_, "user_code.address." + client_block(request.client_address),
        limits.user_code_attempts, limits.user_code_window, now);
    if (!from_here || !*from_here) return from_here;
    return storage::reserve_attempt(database_, "user_code", limits.user_code_attempts_in_all,
                                    limits.user_code_window, now);
}

Outcome DevicePages::ask(HttpRequest const& request) const {
    auto const query = parse_form(request.query, parts_.provider.limits.form_fields);
    if (query.error) return bad_request(parts_, request);
    auto browser = read_browser(parts_, request);
    if (auto* answer = std::get_if<HttpResponse>(&browser)) return std::move(*answer);
    return form(request, std::get<Browser>(browser), 200, query.form.get("user_code"), {});
}

Outcome DevicePages::submit(HttpRequest const& request) const {
    if (request.media_type() != "application/x-www-form-urlencoded")
        return bad_request(parts_, request, 415);
    auto const body = parse_form(request.body, parts_.provider.limits.form_fields);
    if (body.error) return bad_request(parts_, request);
    auto read = read_browser(parts_, request);
    if (auto* answer = std::get_if<HttpResponse>(&read)) return std::move(*answer);
    auto const& browser = std::get<Browser>(read);
    if (!browser.has_login_cookie || !comes_from_our_page(parts_, request) ||
        !equal_in_constant_time(body.form.get("csrf"), browser.csrf(form_name)))
        return login_over(parts_, request, 403);

    auto const typed = body.form.get("user_code");
    if (!oidc::read_user_code(typed))
        return form(request, browser, 422, typed, "error_device_unknown");
    auto const may = may_try(request);
    if (!may) return unavailable(parts_, request);
    if (!*may) return form(request, browser, 429, typed, "error_device_too_many");
    auto const stored = oidc::find_by_user_code(parts_.provider, typed);
    if (!stored) return unavailable(parts_, request);
    if (!*stored) return form(request, browser, 422, typed, "error_device_unknown");
    auto begun = oidc::begin_decoupled(parts_.provider, **stored);
    if (!begun) return unavailable(parts_, request);
    if (!*begun) return form(request, browser, 422, typed, "error_device_unknown");
    auto const query = parse_form(request.query, parts_.provider.limits.form_fields);
    (*begun)->request.ui_locales = {locale_of(request, query.form)};
    return flow_.begin(request, std::move(**begun));
}

Outcome DevicePages::done(HttpRequest const& request) const {
    auto const query = parse_form(request.query, parts_.provider.limits.form_fields);
    if (query.error) return bad_request(parts_, request);
    return oidc::decoupled_page(parts_.provider, query.form.get("answer") == "allowed",
                                locale_of(request, query.form));
}

}  // namespace tunnus::login
