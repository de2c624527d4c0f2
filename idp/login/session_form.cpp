// SPDX-License-Identifier: MIT
#include "idp/login/session_form.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"
#include "idp/login/own_form.hpp"

namespace tunnus::login {

std::variant<SessionForm, HttpResponse> read_session_form(Parts const& parts,
                                                          HttpRequest const& request) {
    auto body = parse_form(request.body, parts.provider.limits.form_fields);
    auto session = find_session(parts, request);
    if (auto* answer = std::get_if<HttpResponse>(&session)) return std::move(*answer);
    auto& found = std::get<std::optional<storage::Session>>(session);
    if (body.error || !found || !comes_from_our_page(parts, request) ||
        !equal_in_constant_time(body.form.get("csrf"), session_csrf(parts, request)))
        return login_over(parts, request, 403);
    return SessionForm{.session = std::move(*found), .form = std::move(body.form)};
}

}  // namespace tunnus::login
