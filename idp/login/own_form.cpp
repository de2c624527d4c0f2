// SPDX-License-Identifier: MIT
#include "idp/login/own_form.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"
#include "oidc/protocol/registered_uri.hpp"

namespace tunnus::login {

HttpResponse login_over(Parts const& parts, HttpRequest const& request, int status) {
    return parts.provider.pages.error(status, "invalid_request", "error_login_over",
                                      request.request_id, Pages::choose_locale({}, request));
}

HttpResponse bad_request(Parts const& parts, HttpRequest const& request, int status) {
    return parts.provider.pages.error(status, "invalid_request", "error_bad_request",
                                      request.request_id, Pages::choose_locale({}, request));
}

std::variant<Walk, HttpResponse> resume_walk(Parts const& parts, HttpRequest const& request,
                                             std::string_view handle, std::string_view locale) {
    auto browser = read_browser(parts, request);
    if (auto* answer = std::get_if<HttpResponse>(&browser)) return std::move(*answer);
    auto const id = decode_base64url(handle);
    auto const& found_browser = std::get<Browser>(browser);
    if (!id || id->size() != 16 || !found_browser.has_login_cookie)
        return login_over(parts, request, 403);
    auto record = parts.logins.find(*id, found_browser.login_hash(), parts.provider.clock.now());
    if (!record) return unavailable(parts, request);
    if (!*record) return login_over(parts, request, 403);
    auto transaction = transaction_from(**record);
    if (!transaction) return unavailable(parts, request);
    auto client = parts.provider.clients.find(transaction->request.client_id);
    // The registration may have changed since the login began (RFC 6749 §3.1.2.4).
    auto const& asked = transaction->request;
    if (!client || (asked.decoupled_request.empty() &&
                    !oidc::check_redirect_uri(*client, asked.redirect_uri.text())))
        return login_over(parts, request, 403);
    if (is_locale(locale)) transaction->locale = std::string(locale);
    Walk walk(parts, request, std::move(std::get<Browser>(browser)), std::move(*transaction),
              std::move(client));
    if (auto answer = walk.read_standing()) return std::move(*answer);
    return walk;
}

std::variant<OwnForm, HttpResponse> read_own_form(Parts const& parts, HttpRequest const& request) {
    if (request.media_type() != "application/x-www-form-urlencoded")
        return bad_request(parts, request, 415);
    auto const query = parse_form(request.query, parts.provider.limits.form_fields);
    auto body = parse_form(request.body, parts.provider.limits.form_fields);
    if (query.error || body.error) return bad_request(parts, request);
    if (!comes_from_our_page(parts, request)) return login_over(parts, request, 403);
    auto const handle = query.form.get("login");
    auto walk = resume_walk(parts, request, handle, query.form.get("ui_locales"));
    if (auto* answer = std::get_if<HttpResponse>(&walk)) return std::move(*answer);
    auto& found = std::get<Walk>(walk);
    if (!equal_in_constant_time(body.form.get("csrf"), found.browser().csrf(handle)))
        return login_over(parts, request, 403);
    return OwnForm{.walk = std::move(found), .form = std::move(body.form)};
}

}  // namespace tunnus::login
