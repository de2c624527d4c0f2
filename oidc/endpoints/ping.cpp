// SPDX-License-Identifier: MIT
#include "oidc/endpoints/ping.hpp"

#include "idp/base/json.hpp"
#include "idp/base/limits.hpp"
#include "idp/base/turns.hpp"

#include <boost/json/serialize.hpp>

namespace tunnus::oidc {
namespace {

std::string_view find_in(boost::json::object const& body, std::string_view name) {
    auto const* ping = body.if_contains("ping");
    if (ping == nullptr || !ping->is_object()) return {};
    return find_string(ping->get_object(), name).value_or("");
}

/// True when the service has been told, or never will be.
bool tell(Provider const& provider, storage::Ping const& ping) {
    auto const client = provider.clients.find(ping.client_id);
    if (!client || client->backchannel_client_notification_endpoint.empty()) return true;
    boost::json::object const body{{"auth_req_id", find_in(ping.body, "auth_req_id")}};
    auto const token = find_in(ping.body, "client_notification_token");
    auto const answer =
        provider.http.send({.method = "POST",
                            .url = client->backchannel_client_notification_endpoint,
                            .headers = {{"Content-Type", "application/json"},
                                        {"Authorization", "Bearer " + std::string(token)}},
                            .body = boost::json::serialize(body),
                            .timeout = provider.limits.ciba_notification_timeout,
                            .body_limit = provider.limits.logout_answer_bytes});
    bool const told = answer && answer->status / 100 == 2;
    bool const may_later = !answer || answer->status >= 500 || answer->status == 429;
    if (!told)
        provider.log.warning("ciba.not_told", {{"client_id", client->client_id},
                                               {"status", answer ? answer->status : 0},
                                               {"attempt", ping.attempts + 1}});
    return told || !may_later;
}

/// One service's turn. True when that was the last of it.
Result<bool> deliver(Provider const& provider, storage::Ping const& ping, TimePoint now) {
    auto& requests = provider.decoupled_requests;
    auto const most = static_cast<std::int64_t>(provider.limits.ciba_notification_attempts);
    bool const is_last = ping.attempts + 1 >= most;
    auto const claimed = requests.claim_ping(
        ping, is_last ? std::nullopt
                      : std::optional(now + wait_after(ping.attempts,
                                                       provider.limits.logout_delivery_pause)));
    if (!claimed) return claimed.error();
    if (!*claimed) return false;
    if (!tell(provider, ping)) return false;
    if (auto const noted = requests.end_pings(ping.request_id); !noted) return noted.error();
    return true;
}

}  // namespace

Result<std::size_t> deliver_pings(Provider const& provider) {
    auto const now = provider.clock.now();
    auto const due =
        provider.decoupled_requests.due_pings(now, provider.limits.logout_deliveries_at_once);
    if (!due) return due.error();
    return take_turns(*due,
                      [&](storage::Ping const& ping) { return deliver(provider, ping, now); });
}

}  // namespace tunnus::oidc
