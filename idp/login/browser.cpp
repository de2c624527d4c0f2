// SPDX-License-Identifier: MIT
#include "idp/login/browser.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"
#include "idp/base/url.hpp"

namespace tunnus::login {
namespace {

constexpr std::size_t secret_characters = 43;  // 32 bytes in base64url

bool is_secret(std::string const& text) {
    return text.size() == secret_characters && decode_base64url(text).has_value();
}

HttpResponse repeated_cookie(Parts const& parts, HttpRequest const& request) {
    return parts.provider.pages.error(400, "invalid_request", "error_bad_request",
                                      request.request_id, Pages::choose_locale({}, request));
}

bool trusts_loopback(HttpRequest const& request) {
    return request.headers.find("Sec-Fetch-Site").has_value();
}

void set_browser_state(Parts const& parts, HttpRequest const& request, std::string_view state,
                       std::optional<seconds> max_age, HttpResponse& response) {
    parts.cookies.set(response, {.name = "browser_state",
                                 .value = state,
                                 .same_site = SameSite::none,
                                 .max_age = max_age,
                                 .trusts_loopback = trusts_loopback(request),
                                 .readable = true});
}

}  // namespace

std::string Browser::login_hash() const {
    return sha256(login_secret);
}

std::string Browser::csrf(std::string_view purpose) const {
    return encode_base64url(hmac_sha256(login_secret, "csrf." + std::string(purpose)));
}

std::variant<Browser, HttpResponse> read_browser(Parts const& parts, HttpRequest const& request) {
    auto login = parts.cookies.find(request, "login");
    auto device = parts.cookies.find(request, "device");
    if (login.repeated || device.repeated) return repeated_cookie(parts, request);
    Browser browser;
    browser.has_login_cookie = login.value && is_secret(*login.value);
    browser.login_secret =
        browser.has_login_cookie ? std::move(*login.value) : random_token(parts.provider.random);
    browser.has_device_cookie = device.value && is_secret(*device.value);
    browser.device =
        browser.has_device_cookie ? std::move(*device.value) : random_token(parts.provider.random);
    browser.trusts_loopback = trusts_loopback(request);
    return browser;
}

void keep_browser(Parts const& parts, Browser const& browser, bool login_begins,
                  HttpResponse& response) {
    if (!browser.has_login_cookie || login_begins)
        parts.cookies.set(response, {.name = "login",
                                     .value = browser.login_secret,
                                     .same_site = SameSite::none,
                                     .max_age = parts.provider.limits.login_transaction_lifetime,
                                     .trusts_loopback = browser.trusts_loopback});
    if (!browser.has_device_cookie)
        parts.cookies.set(response, {.name = "device",
                                     .value = browser.device,
                                     .same_site = SameSite::lax,
                                     .max_age = parts.provider.limits.device_cookie_lifetime});
}

std::variant<std::optional<storage::Session>, HttpResponse> find_session(
    Parts const& parts, HttpRequest const& request) {
    auto const cookie = parts.cookies.find(request, "sid");
    if (cookie.repeated) return repeated_cookie(parts, request);
    auto const bearer = cookie.value ? storage::parse_bearer(*cookie.value) : std::nullopt;
    if (!bearer) return std::optional<storage::Session>();
    auto session = parts.provider.sessions.find(*bearer);
    if (!session) return unavailable(parts, request);
    if (*session && !(*session)->is_live(parts.provider.clock.now())) session->reset();
    return std::move(*session);
}

void show_browser_state(Parts const& parts, HttpRequest const& request, storage::Id const& session,
                        HttpResponse& response) {
    auto const state = oidc::browser_state_of(parts.provider, session);
    if (parts.cookies.find(request, "browser_state").value == state) return;
    set_browser_state(parts, request, state, {}, response);
}

void hide_browser_state(Parts const& parts, HttpRequest const& request, HttpResponse& response) {
    if (parts.cookies.find(request, "browser_state").value)
        set_browser_state(parts, request, {}, seconds(0), response);
}

std::string session_csrf(Parts const& parts, HttpRequest const& request) {
    auto const cookie = parts.cookies.find(request, "sid");
    return encode_base64url(hmac_sha256(cookie.value.value_or(""), "csrf.session"));
}

bool comes_from_our_page(Parts const& parts, HttpRequest const& request) {
    // Sec-Fetch-Site is the browser's own word and decides. Older browsers send Origin at most, and
    // `null` from a page that sends no referrer, as ours do: there the csrf token alone decides.
    if (auto const site = request.headers.find("Sec-Fetch-Site"))
        return *site == "same-origin" || *site == "none";
    if (auto const origin = request.headers.find("Origin"); origin && *origin != "null") {
        auto const ours = parse_http_url(parts.provider.issuer);
        return ours && ours->origin() == *origin;
    }
    return true;
}

HttpResponse unavailable(Parts const& parts, HttpRequest const& request) {
    auto response =
        parts.provider.pages.error(503, "temporarily_unavailable", "error_unavailable",
                                   request.request_id, Pages::choose_locale({}, request));
    response.headers.set("Retry-After", "1");
    return response;
}

}  // namespace tunnus::login
