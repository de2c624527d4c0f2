// SPDX-License-Identifier: MIT
#include "idp/login/approvals.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"
#include "idp/base/showable.hpp"
#include "idp/base/time_text.hpp"
#include "idp/login/acting_now.hpp"
#include "idp/login/own_form.hpp"
#include "idp/login/own_pages.hpp"
#include "idp/login/session_form.hpp"
#include "oidc/endpoints/decoupled.hpp"

namespace tunnus::login {
namespace {

using boost::json::array;
using boost::json::object;

std::string locale_of(Parts const& parts, HttpRequest const& request) {
    auto const query = parse_form(request.query, parts.provider.limits.form_fields);
    return Pages::choose_locale({std::string(query.form.get("ui_locales"))}, request);
}

std::string_view message_of(storage::DecoupledRequest const& stored) {
    auto const* request = stored.body.if_contains("request");
    if (request == nullptr || !request->is_object()) return {};
    return find_string(request->get_object(), "binding_message").value_or("");
}

AuditEvent event_of(HttpRequest const& request, AuditKind kind, storage::Session const& session,
                    TimePoint now) {
    AuditEvent event;
    event.kind = kind;
    event.at = now;
    event.event_id = request.request_id;
    event.request_id = request.request_id;
    event.user_id = session.user_id;
    return event;
}

/// Back to the page, whoever was first.
Outcome then_show(Parts const& parts, std::unique_ptr<Intention> intention) {
    auto response = redirect_response(parts.provider.issuer + std::string(approvals_path));
    return PendingCommit{
        .intention = std::move(intention), .if_won = response, .if_lost = response};
}

}  // namespace

Outcome Approvals::show(HttpRequest const& request) const {
    auto found = find_session(parts_, request);
    if (auto* answer = std::get_if<HttpResponse>(&found)) return std::move(*answer);
    auto const& session = std::get<std::optional<storage::Session>>(found);
    if (session) return page(request, *session, 200, {});
    if (auto sign_in = lead_to_sign_in(parts_, request)) return std::move(*sign_in);
    return parts_.provider.pages.error(401, "login_required", "error_sign_in_first",
                                       request.request_id, locale_of(parts_, request));
}

Outcome Approvals::page(HttpRequest const& request, storage::Session const& session, int status,
                        std::string_view error_key) const {
    auto const& provider = parts_.provider;
    auto const locale = locale_of(parts_, request);
    auto const waiting =
        provider.decoupled_requests.pending_of(session.user_id, provider.clock.now());
    auto const person = provider.users.find_asked(session.user_id);
    auto acting = acting_now(parts_, session, locale);
    if (!waiting || !person || !*person || !acting) return unavailable(parts_, request);
    array rows;
    for (auto const& one : *waiting) {
        auto const client = provider.clients.find(one.client_id);
        if (!client) continue;
        rows.push_back(object{{"id", encode_base64url(one.id)},
                              {"service", client->name(locale)},
                              {"message", message_of(one)},
                              {"asked", date_time_text(one.created_at, locale)},
                              {"asked_at", rfc3339(one.created_at)}});
    }
    object model{{"action", std::string(approvals_path) + "?ui_locales=" + locale},
                 {"csrf", session_csrf(parts_, request)},
                 {"languages", Pages::language_links(locale, approvals_path)},
                 {"nav", {{"requests", true}}},
                 {"acting_now", std::move(*acting)},
                 {"requests", std::move(rows)},
                 {"has_code", !(*person)->approval_code_index.empty()}};
    if (!error_key.empty())
        model["errors"] = {{"approval_code", provider.pages.text(locale, error_key)}};
    return provider.pages.render(status, "approvals", model, locale);
}

Outcome Approvals::submit(HttpRequest const& request) const {
    auto own = read_session_form(parts_, request);
    if (auto* answer = std::get_if<HttpResponse>(&own)) return std::move(*answer);
    auto const& [session, form] = std::get<SessionForm>(own);
    if (auto const id = form.find("review")) return review(request, session, *id);
    if (auto const id = form.find("deny")) return deny(request, session, *id);
    if (form.find("remove_code")) return choose_code(request, session, std::nullopt);
    if (auto const code = form.find("approval_code")) return choose_code(request, session, *code);
    return bad_request(parts_, request);
}

/// The session may not be enough for what the service asks: the login says so. The person sees who
/// asks, for what and with which message, and answers there.
Outcome Approvals::review(HttpRequest const& request, storage::Session const& session,
                          std::string_view id) const {
    auto const key = decode_base64url(id);
    if (!key) return bad_request(parts_, request);
    auto const stored = parts_.provider.decoupled_requests.find_by_id(*key);
    if (!stored) return unavailable(parts_, request);
    if (!*stored || (*stored)->user_id != session.user_id) return login_over(parts_, request, 404);
    auto begun = oidc::begin_decoupled(parts_.provider, **stored);
    if (!begun) return unavailable(parts_, request);
    if (!*begun) return login_over(parts_, request, 404);
    (*begun)->request.ui_locales = {locale_of(parts_, request)};
    return flow_.begin(request, std::move(**begun));
}

Outcome Approvals::deny(HttpRequest const& request, storage::Session const& session,
                        std::string_view id) const {
    auto const key = decode_base64url(id);
    if (!key) return bad_request(parts_, request);
    auto const now = parts_.provider.clock.now();
    storage::DenyDecoupledRequest denial;
    denial.id = *key;
    denial.user_id = session.user_id;
    denial.now = now;
    denial.audit = event_of(request, AuditKind::login_refused, session, now);
    denial.audit.fields = {{"error", "access_denied"}};
    return then_show(parts_, storage::deny_decoupled_request(denial, parts_.provider.random));
}

Outcome Approvals::choose_code(HttpRequest const& request, storage::Session const& session,
                               std::optional<std::string_view> code) const {
    auto const& limits = parts_.provider.limits;
    if (code && (!is_showable(*code, limits.approval_code_bytes) ||
                 count_characters(*code) < limits.approval_code_characters ||
                 code->size() > limits.approval_code_bytes))
        return page(request, session, 422, "error_approvals_code");
    auto const now = parts_.provider.clock.now();
    storage::ChooseApprovalCode choice;
    choice.user_id = session.user_id;
    if (code) choice.index = oidc::approval_code_index(parts_.provider, session.user_id, *code);
    choice.now = now;
    choice.audit = event_of(request, AuditKind::account_changed, session, now);
    choice.audit.fields = {{"what", "approval_code"}};
    return then_show(parts_, storage::choose_approval_code(choice, parts_.provider.random));
}

}  // namespace tunnus::login
