// SPDX-License-Identifier: MIT
#include "idp/base/form.hpp"
#include "idp/base/http_client.hpp"
#include "idp/base/limits.hpp"
#include "idp/base/turns.hpp"
#include "idp/login/logout.hpp"
#include "oidc/endpoints/end_session.hpp"
#include "storage/outbox.hpp"

#include <algorithm>

namespace tunnus::login {
namespace {

/// True when the service has been told, or never will be.
bool tell(oidc::Provider const& provider, storage::LogoutDelivery const& delivery, HttpClient& http,
          TimePoint now) {
    auto const client = provider.clients.find(delivery.client_id);
    if (!client || client->backchannel_logout_uri.empty()) return true;
    if (client->id_token.encrypted_alg &&
        provider.client_keys.find(*client, std::nullopt).must_fetch)
        provider.client_keys.fetch(*client, std::nullopt);
    storage::Session session;
    session.id = delivery.session_id;
    auto const token =
        oidc::make_logout_token(provider, *client, delivery.user_id, session.sid(), now);
    if (!token) {
        provider.log.error("logout.no_token",
                           {{"client_id", client->client_id}, {"error", token.error().text()}});
        return false;
    }
    auto const answer =
        http.send({.method = "POST",
                   .url = client->backchannel_logout_uri,
                   .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
                   .body = build_form({{"logout_token", *token}}),
                   .timeout = provider.limits.logout_delivery_timeout,
                   .body_limit = provider.limits.logout_answer_bytes});
    // §2.8: 200, or 204 by its later errata; 400 says that the service will not, however often it
    // is told.
    bool const settled =
        answer && (answer->status == 200 || answer->status == 204 || answer->status == 400);
    if (!settled)
        provider.log.warning("logout.not_delivered", {{"client_id", client->client_id},
                                                      {"status", answer ? answer->status : 0},
                                                      {"attempt", delivery.attempts + 1}});
    return settled;
}

/// One service's turn: counted, told, and done with when it was told or this was the last attempt.
/// True when it was told.
Result<bool> deliver(oidc::Provider const& provider, storage::LogoutDeliveries& deliveries,
                     storage::LogoutDelivery const& delivery, HttpClient& http, TimePoint now) {
    auto const& limits = provider.limits;
    auto const most = static_cast<std::int64_t>(limits.logout_delivery_attempts);
    bool settled = false;
    if (delivery.attempts < most) {
        auto const next = now + wait_after(delivery.attempts, limits.logout_delivery_pause);
        auto const claimed = deliveries.claim(delivery, next);
        if (!claimed) return claimed.error();
        if (!*claimed) return false;
        settled = tell(provider, delivery, http, now);
    }
    if (!settled && delivery.attempts + 1 < most) return false;
    if (auto const noted = deliveries.done(delivery); !noted) return noted.error();
    return settled;
}

}  // namespace

Result<std::size_t> deliver_logouts(oidc::Provider const& provider,
                                    storage::LogoutDeliveries& deliveries, HttpClient& http,
                                    TimePoint now) {
    auto const due = deliveries.due(now, provider.limits.logout_deliveries_at_once);
    if (!due) return due.error();
    return take_turns(*due, [&](storage::LogoutDelivery const& delivery) {
        return deliver(provider, deliveries, delivery, http, now);
    });
}

}  // namespace tunnus::login
