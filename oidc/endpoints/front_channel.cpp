// SPDX-License-Identifier: MIT
#include "oidc/endpoints/front_channel.hpp"

namespace tunnus::oidc {

ParsedForm parse_front_channel_form(HttpRequest const& request, Limits const& limits) {
    if (request.method != Method::POST) return parse_form(request.query, limits.form_fields);
    if (request.media_type() != "application/x-www-form-urlencoded") {
        ParsedForm parsed;
        parsed.error = FormError{FormError::Kind::malformed, {}};
        return parsed;
    }
    if (request.query.empty()) return parse_form(request.body, limits.form_fields);
    return parse_form(request.body + '&' + request.query, limits.form_fields);
}

HttpResponse refuse_by_page(Provider const& provider, HttpRequest const& request,
                            Refusal const& refusal, std::vector<std::string> const& ui_locales) {
    provider.log.info("request.refused", {{"error", to_string(refusal.error)},
                                          {"description", refusal.description},
                                          {"detail", refusal.detail},
                                          {"path", request.path},
                                          {"request_id", request.request_id}});
    return provider.pages.error(400, to_string(refusal.error), "error_bad_request",
                                request.request_id, Pages::choose_locale(ui_locales, request));
}

}  // namespace tunnus::oidc
