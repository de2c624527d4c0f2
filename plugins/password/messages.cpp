// SPDX-License-Identifier: MIT
#include "plugins/password/messages.hpp"

#include "idp/base/limits.hpp"
#include "idp/base/url.hpp"

namespace tunnus::plugin::password {

namespace {

std::string with(std::string text, std::string_view name, std::string_view value) {
    for (auto at = text.find(name); at != std::string::npos;
         at = text.find(name, at + value.size()))
        text.replace(at, name.size(), value);
    return text;
}

}  // namespace

Result<> send_message(Host& host, std::string_view what, std::string const& to,
                      LoginView const& login, std::string_view code) {
    auto const issuer = parse_http_url(host.issuer());
    if (!issuer) return issuer.error();
    auto const minutes =
        std::chrono::duration_cast<std::chrono::minutes>(host.limits().mail_code_lifetime).count();
    auto const filled = [&](std::string_view part) {
        auto text = host.text(login.locale, "mail_" + std::string(what) + std::string(part));
        text = with(std::move(text), "{code}", code);
        text = with(std::move(text), "{minutes}", std::to_string(minutes));
        return with(std::move(text), "{host}", issuer->host);
    };
    if (auto sent = host.mailer().send({to, filled("_subject"), filled("_text")}); !sent)
        return sent;
    AuditEvent event;
    event.kind = AuditKind::mail_sent;
    event.at = host.clock().now();
    event.event_id = login.event_id;
    event.request_id = login.request_id;
    event.user_id = login.user_id;
    event.client_id = login.service.client_id;
    event.fields = {{"message", what}};
    return host.audit().record(std::move(event));
}

}  // namespace tunnus::plugin::password
