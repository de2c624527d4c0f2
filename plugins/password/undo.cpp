// SPDX-License-Identifier: MIT
#include "plugins/password/undo.hpp"

namespace tunnus::plugin::password {

std::vector<RouteSource::PluginRoute> UndoPages::routes() {
    using enum Method;
    using Needs = RouteSource::Needs;
    return {{.method = GET,
             .path = "undo",
             .needs = Needs::nothing,
             .handler = [this](HttpRequest const&, Caller const& caller) { return ask(caller); },
             .form = true},
            {.method = POST,
             .path = "undo",
             .needs = Needs::nothing,
             .handler = [this](HttpRequest const&, Caller const& caller) { return undo(caller); },
             .form = true}};
}

Outcome UndoPages::unavailable(Caller const& caller, Error const& error) {
    host_.log().error("password.unavailable", {{"error", error.text()}});
    return host_.error_page(503, "temporarily_unavailable", {}, caller);
}

Outcome UndoPages::ask(Caller const& caller) {
    auto const token = caller.form.get("token");
    auto const can = accounts_.can_undo(token);
    if (!can) return unavailable(caller, can.error());
    if (!*can) return host_.error_page(410, "invalid_request", "error_undo_over", caller);
    return host_.page(200, "undo_email", {{"token", token}}, caller);
}

/// Whoever changed the address knew the password, so it opens nothing any more, here or anywhere.
Outcome UndoPages::undo(Caller const& caller) {
    auto const account = accounts_.undo_email(caller.form.get("token"), hasher_.nobodys_hash());
    if (!account) return unavailable(caller, account.error());
    if (!*account) return host_.error_page(410, "invalid_request", "error_undo_over", caller);
    auto const& user_id = (*account)->user_id;
    if (!user_id.empty())
        if (auto ended = host_.accounts().end_sessions(user_id, "email_undone"); !ended)
            return unavailable(caller, ended.error());
    AuditEvent event;
    event.kind = AuditKind::account_changed;
    event.at = host_.clock().now();
    event.event_id = event.request_id = caller.event_id;
    event.user_id = user_id;
    event.fields = {{"what", "email_undone"}};
    if (auto recorded = host_.audit().record(std::move(event)); !recorded)
        return unavailable(caller, recorded.error());
    return host_.page(200, "email_undone", {}, caller);
}

}  // namespace tunnus::plugin::password
