// SPDX-License-Identifier: MIT
#include "plugins/suomifi/single_logout_service.hpp"

#include "idp/base/crypto.hpp"
#include "idp/base/encoding.hpp"
#include "idp/base/limits.hpp"
#include "idp/base/redact.hpp"
#include "plugins/suomifi/auto_post.hpp"

#include <algorithm>
#include <thread>

namespace tunnus::plugin::suomifi {
namespace {

namespace code = saml::status_code;

constexpr std::size_t max_detail_bytes = 80;  // they are a few words
constexpr milliseconds look_again{25};

saml::Status status_of(std::string_view top, std::string_view second = {}) {
    return {std::string(top), std::string(second)};
}

std::string text_of(boost::json::object const& object, std::string_view name) {
    auto const* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
}

}  // namespace

std::vector<RouteSource::PluginRoute> SingleLogoutService::routes() {
    RouteSource::PluginRoute by_query{Method::GET, "slo", RouteSource::Needs::nothing, 0, {}};
    by_query.handler = [this](HttpRequest const& request, Caller const& caller) {
        return receive({saml::Binding::redirect, request.query, {}}, request, caller);
    };
    RouteSource::PluginRoute by_form{
        Method::POST, "slo", RouteSource::Needs::nothing, host_.limits().saml_body_bytes, {}};
    by_form.form = true;
    by_form.handler = [this](HttpRequest const& request, Caller const& caller) {
        return receive({saml::Binding::post, {}, caller.form}, request, caller);
    };
    return {std::move(by_query), std::move(by_form)};
}

Outcome SingleLogoutService::receive(saml::IncomingLogout const& incoming,
                                     HttpRequest const& request, Caller const& caller) {
    auto const provider = idp_.current();
    if (!provider)
        return reject(saml::to_string(saml::Reason::metadata_expired), "nothing is known yet",
                      request, caller);
    auto const message = saml::SingleLogout(*provider).read(incoming, host_.clock().now());
    if (auto const* rejected = std::get_if<saml::Rejected>(&message))
        return reject(saml::to_string(rejected->reason), rejected->detail, request, caller);
    if (auto const* received = std::get_if<saml::ReceivedLogoutResponse>(&message))
        return return_from(received->response, request, caller);
    return end(provider, std::get<saml::ReceivedLogoutRequest>(message), request, caller);
}

Outcome SingleLogoutService::end(std::shared_ptr<Provider const> const& provider,
                                 saml::ReceivedLogoutRequest const& received,
                                 HttpRequest const& request, Caller const& caller) {
    auto const failed = [&](Error const& error) {
        host_.log().error("saml.logout_failed", {{"error", error.code.message()}});
        return answer(*provider, received, status_of(code::responder), caller);
    };
    auto known = proofs_.find(received.request.name_id.value);
    if (!known) return failed(known.error());
    if (known->empty())
        return answer(*provider, received, status_of(code::requester, code::unknown_principal),
                      caller);
    auto const& indexes = received.request.session_indexes;
    if (!indexes.empty())
        std::erase_if(*known, [&](Proofs::Known const& one) {
            return std::ranges::none_of(
                indexes, [&](std::string const& index) { return proofs_.is_of(one, index); });
        });
    if (known->empty())
        return reject(saml::to_string(saml::Reason::wrong_name_id), "SessionIndex", request,
                      caller);
    auto const ended = proofs_.end(received.request.id, *known);
    if (!ended) return failed(ended.error());
    if (!*ended) return reject(saml::to_string(saml::Reason::replayed), {}, request, caller);
    auto const count = host_.accounts().end_named_sessions(**ended, "identity provider");
    if (!count) return failed(count.error());
    host_.log().info("saml.logout_requested", {{"sessions", *count}});
    return Continuation{Lane::outbound,
                        [this, provider, received, session_ids = **ended, caller]() -> Outcome {
                            return answer_when_told(*provider, received, session_ids, caller);
                        }};
}

HttpResponse SingleLogoutService::answer_when_told(Provider const& provider,
                                                   saml::ReceivedLogoutRequest const& received,
                                                   std::vector<std::string> const& session_ids,
                                                   Caller const& caller) {
    for (auto looks = host_.limits().saml_logout_wait / look_again;; --looks) {
        auto const untold = host_.accounts().untold_services(session_ids);
        if (untold && *untold == 0)
            return answer(provider, received, status_of(code::success), caller);
        if (!untold || looks <= 0) break;
        std::this_thread::sleep_for(look_again);
    }
    return answer(provider, received, status_of(code::responder, code::partial_logout), caller);
}

HttpResponse SingleLogoutService::answer(Provider const& provider,
                                         saml::ReceivedLogoutRequest const& received,
                                         saml::Status status, Caller const& caller) {
    auto const make = [&] {
        saml::SingleLogout const logout(provider);
        if (!logout.can_answer()) return tell_person(status, caller);
        auto const sent =
            logout.make_response(received, std::move(status), host_.random(), host_.clock().now());
        return sent.form.empty() ? redirect_response(sent.url)
                                 : auto_post(sent.url, sent.form, caller.locale);
    };
    auto response = make();
    response.headers.set("Cache-Control", "no-store");
    allow_framing(response, provider.settings().idp.origins());
    return response;
}

HttpResponse SingleLogoutService::tell_person(saml::Status const& status, Caller const& caller) {
    host_.log().warning("saml.logout_not_answered", {{"event_id", caller.event_id}});
    if (status.second == code::unknown_principal)
        return host_.error_page(404, "unknown_principal", "", caller);
    bool const partly = status.second == code::partial_logout;
    if (!status.is_success() && !partly)
        return host_.error_page(503, "temporarily_unavailable", "", caller);
    return host_.page(200, "logged_out", {{"partly", partly}}, caller);
}

HttpResponse SingleLogoutService::return_from(saml::LogoutResponse const& response,
                                              HttpRequest const& request, Caller const& caller) {
    auto const return_to = proofs_.finish_logout(response.in_response_to);
    if (!return_to) {
        host_.log().error("saml.logout_failed", {{"error", return_to.error().code.message()}});
        return host_.error_page(503, "temporarily_unavailable", "", caller);
    }
    if (!*return_to)
        return reject(saml::to_string(saml::Reason::wrong_in_response_to), "LogoutResponse",
                      request, caller);
    if (response.is_logged_out()) return redirect_response(**return_to);
    // It ended here before it was asked there; the person is told what may still be open.
    host_.log().warning("saml.logout_incomplete", {{"event_id", caller.event_id}});
    return host_.page(200, "logged_out_partly", {{"return_to", **return_to}}, caller);
}

std::optional<Redirect> SingleLogoutService::leave(SingleLogout::Ending const& ending) {
    auto const now = host_.clock().now();
    auto const provider = idp_.current();
    auto const name_id = text_of(ending.logout, "name_id");
    if (!provider || name_id.empty() || !saml::SingleLogout(*provider).can_ask(now)) {
        host_.log().warning("saml.logout_not_asked", {});
        return std::nullopt;
    }
    saml::LogoutSubject subject{
        {name_id, text_of(ending.logout, "name_qualifier"),
         text_of(ending.logout, "sp_name_qualifier"), text_of(ending.logout, "name_id_format")},
        text_of(ending.logout, "session_index")};
    auto sent = saml::SingleLogout(*provider).make_request(
        subject, family_.settings.tells_language ? ending.locale : std::string(), host_.random(),
        now);
    if (auto const stored = proofs_.await_logout(sent.id, ending.return_to); !stored) {
        host_.log().error("saml.logout_not_asked", {{"error", stored.error().code.message()}});
        return std::nullopt;
    }
    return Redirect{std::move(sent.url), {}, std::move(sent.form)};
}

HttpResponse SingleLogoutService::reject(std::string_view reason, std::string_view detail,
                                         HttpRequest const& request, Caller const& caller) {
    auto const shown = redact(detail, max_detail_bytes);
    if (may_record(host_.clock().monotonic())) {
        host_.log().warning("saml.logout_rejected",
                            {{"reason", reason}, {"detail", shown}, {"event_id", caller.event_id}});
        auto const& message = request.method == Method::POST ? request.body : request.query;
        AuditEvent event;
        event.kind = AuditKind::saml_reject;
        event.at = host_.clock().now();
        event.event_id = caller.event_id;
        event.request_id = request.request_id;
        event.fields = {{"plugin", family_.name},
                        {"reason", reason},
                        {"detail", shown},
                        {"message_sha256", encode_hex(sha256(message))}};
        if (!host_.audit().record(std::move(event)))
            return host_.error_page(503, "temporarily_unavailable", "", caller);
    }
    auto page = host_.error_page(400, "invalid_request", "", caller);
    if (auto const provider = idp_.current())
        allow_framing(page, provider->settings().idp.origins());
    return page;
}

/// Whoever floods the address with rubbish fills neither log nor audit (threats.md S-124).
bool SingleLogoutService::may_record(MonotonicPoint now) {
    std::lock_guard const lock(mutex_);
    if (now >= minute_ends_) {
        minute_ends_ = now + std::chrono::minutes(1);
        recorded_ = 0;
    }
    return ++recorded_ <= host_.limits().refused_messages_per_minute;
}

}  // namespace tunnus::plugin::suomifi
