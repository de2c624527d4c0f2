// SPDX-License-Identifier: MIT
#include "idp/login/acting_now.hpp"

#include "idp/base/encoding.hpp"
#include "idp/base/time_text.hpp"
#include "idp/login/session_form.hpp"
#include "oidc/endpoints/authorization.hpp"

namespace tunnus::login {
namespace {

constexpr std::size_t at_once = 100;  ///< rows in memory

/// The source hears of it once; a register that does not answer now forgets by itself.
void let_go(Parts const& parts, storage::Grant const& grant) {
    auto const body = oidc::GrantBody::from_json(grant.body);
    if (!body) return;
    auto const acting = oidc::open_acting_for(parts.provider, grant.user_id, *body);
    if (acting && *acting) parts.plugins.let_mandate_go((*acting)->source, (*acting)->recheck);
}

storage::EndActing ending_of_acting(storage::Grant const& grant, TimePoint now) {
    storage::EndActing ending{
        .grant_id = grant.id, .now = now, .body = oidc::without_acting(grant.body), .audit = {}};
    if (!grant.revoked_at)
        ending.audit = AuditEvent{.kind = AuditKind::token_revoked,
                                  .at = now,
                                  .event_id = {},
                                  .request_id = {},
                                  .user_id = grant.user_id,
                                  .client_id = grant.client_id,
                                  .fields = {{"reason", "mandate_uncheckable"}}};
    return ending;
}

}  // namespace

Result<boost::json::array> acting_now(Parts const& parts, storage::Session const& session,
                                      std::string_view locale) {
    boost::json::array all;
    if (parts.policy.mandate_sources.empty()) return all;
    auto const& provider = parts.provider;
    auto const grants = provider.grants.find_acting(session.user_id, provider.clock.now());
    if (!grants) return grants.error();
    for (auto const& grant : *grants) {
        auto const body = oidc::GrantBody::from_json(grant.body);
        if (!body) return body.error();
        auto const acting = oidc::open_acting_for(provider, grant.user_id, *body);
        auto const client = provider.clients.find(grant.client_id);
        if (!acting || !*acting || !client) continue;
        all.push_back(boost::json::object{{"id", encode_base64url(grant.id)},
                                          {"name", (*acting)->name},
                                          {"service", client->name(locale)},
                                          {"since", date_time_text(grant.created_at, locale)},
                                          {"since_at", rfc3339(grant.created_at)}});
    }
    return all;
}

Outcome stop_acting(Parts const& parts, HttpRequest const& request) {
    auto own = read_session_form(parts, request);
    if (auto* answer = std::get_if<HttpResponse>(&own)) return std::move(*answer);
    auto const& [session, form] = std::get<SessionForm>(own);
    auto const& provider = parts.provider;
    auto response = redirect_response(provider.issuer + "/profile/signin");
    auto const id = decode_base64url(form.get("grant"));
    if (!id) return response;
    auto const grant = provider.grants.find(*id);
    if (!grant) return unavailable(parts, request);
    if (!*grant || (*grant)->user_id != session.user_id || !(*grant)->body.contains("acting_for"))
        return response;
    auto const now = provider.clock.now();
    AuditEvent event{.kind = AuditKind::token_revoked,
                     .at = now,
                     .event_id = request.request_id,
                     .request_id = request.request_id,
                     .user_id = session.user_id,
                     .client_id = (*grant)->client_id,
                     .fields = {{"reason", "acting_stopped"}}};
    // Losing means that it had ended already: the same answer is true.
    return PendingCommit{
        .intention = storage::revoke_grant({*id, now, std::move(event)}, provider.random),
        .if_won = response,
        .if_lost = response};
}

Result<> end_acting_that_is_over(Parts const& parts) {
    auto const& provider = parts.provider;
    while (true) {
        auto const now = provider.clock.now();
        auto const grants = provider.grants.find_acting_over(now, at_once);
        if (!grants) return grants.error();
        if (grants->empty()) return {};
        for (auto const& grant : *grants) {
            let_go(parts, grant);
            auto const ended = provider.committer.commit(
                storage::end_acting(ending_of_acting(grant, now), provider.random));
            if (!ended) return ended.error();
        }
    }
}

}  // namespace tunnus::login
