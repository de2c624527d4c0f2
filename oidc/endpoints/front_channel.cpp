// SPDX-License-Identifier: MIT
#include "oidc/endpoints/front_channel.hpp"

#include "idp/base/limits.hpp"

#include <array>

namespace tunnus::oidc {

namespace {

constexpr std::array<std::string_view, 1> repeatable = {"resource"};  // RFC 8707 §2

}  // namespace

ParsedForm parse_front_channel_form(HttpRequest const& request, Limits const& limits) {
    auto const parse = [&](std::string_view text) {
        return parse_form(text, limits.form_fields, repeatable);
    };
    if (request.method != Method::POST) return parse(request.query);
    if (request.media_type() != "application/x-www-form-urlencoded") {
        ParsedForm parsed;
        parsed.error = FormError{FormError::Kind::malformed, {}};
        return parsed;
    }
    if (request.query.empty()) return parse(request.body);
    return parse(request.body + '&' + request.query);
}

HttpResponse refuse_by_page(Provider const& provider, HttpRequest const& request,
                            Refusal const& refusal, std::vector<std::string> const& ui_locales) {
    provider.log.info("request.refused", {{"error", to_string(refusal.error)},
                                          {"description", refusal.description},
                                          {"detail", refusal.detail},
                                          {"path", request.path},
                                          {"request_id", request.request_id}});
    auto const locale = Pages::choose_locale(ui_locales, request);
    if (refusal.error == OAuthError::server_error)
        return provider.pages.error(503, to_string(refusal.error), "error_unavailable",
                                    request.request_id, locale);
    return provider.pages.error(400, to_string(refusal.error), "error_bad_request",
                                request.request_id, locale);
}

}  // namespace tunnus::oidc
