// SPDX-License-Identifier: MIT
#include "idp/base/form.hpp"
#include "idp/base/http_client.hpp"
#include "idp/login/logout.hpp"
#include "oidc/endpoints/end_session.hpp"
#include "storage/outbox.hpp"

#include <future>

namespace tunnus::login {
namespace {

constexpr std::size_t at_once = 8;

/// True when the service has been told, or never will be.
bool tell(oidc::Provider const& provider, storage::LogoutDelivery const& delivery, HttpClient& http,
          TimePoint now) {
    auto const client = provider.clients.find(delivery.client_id);
    if (!client || client->backchannel_logout_uri.empty()) return true;
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

}  // namespace

Result<std::size_t> deliver_logouts(oidc::Provider const& provider,
                                    storage::LogoutDeliveries& deliveries, HttpClient& http,
                                    TimePoint now) {
    auto const due = deliveries.due(now, at_once);
    if (!due) return due.error();
    std::vector<std::future<bool>> told;
    told.reserve(due->size());
    for (auto const& delivery : *due)
        told.push_back(
            std::async(std::launch::async, [&] { return tell(provider, delivery, http, now); }));
    std::size_t count = 0;
    for (std::size_t i = 0; i < due->size(); ++i) {
        auto const& delivery = (*due)[i];
        bool const settled = told[i].get();
        bool const last = static_cast<std::size_t>(delivery.attempts) + 1 >=
                          provider.limits.logout_delivery_attempts;
        // 5 s, 25 s, 125 s: a service that restarts is told, one that is gone is given up.
        auto wait = seconds(5);
        for (std::int64_t k = 0; k < delivery.attempts; ++k)
            wait *= 5;
        auto const stored = settled || last ? deliveries.done(delivery.id)
                                            : deliveries.postpone(delivery.id, now + wait);
        if (!stored) return stored.error();
        if (settled) ++count;
    }
    return count;
}

}  // namespace tunnus::login
