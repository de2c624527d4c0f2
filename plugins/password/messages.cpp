// SPDX-License-Identifier: MIT
#include "plugins/password/messages.hpp"

#include "idp/base/limits.hpp"
#include "idp/base/url.hpp"

namespace tunnus::plugin::password {

Result<> send_message(Host& host, std::string_view what, std::string const& to,
                      LoginView const& login, std::string_view code) {
    auto const issuer = parse_http_url(host.issuer());
    if (!issuer) return issuer.error();
    auto const minutes =
        std::chrono::duration_cast<std::chrono::minutes>(host.limits().mail_code_lifetime).count();
    auto const days =
        std::chrono::duration_cast<std::chrono::hours>(host.limits().email_undo_lifetime).count() /
        24;
    auto const words = [&](std::string_view part) {
        auto text = host.text(login.locale, "mail_" + std::string(what) + std::string(part));
        text = filled(std::move(text), "{code}", code);
        text = filled(std::move(text), "{link}", code);
        text = filled(std::move(text), "{days}", std::to_string(days));
        text = filled(std::move(text), "{minutes}", std::to_string(minutes));
        return filled(std::move(text), "{host}", issuer->host);
    };
    if (auto sent = host.mailer().send({to, words("_subject"), words("_text")}); !sent) return sent;
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
