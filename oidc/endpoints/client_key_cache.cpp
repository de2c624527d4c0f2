// SPDX-License-Identifier: MIT
#include "oidc/endpoints/client_key_cache.hpp"

#include "idp/base/json.hpp"
#include "idp/base/limits.hpp"

#include <algorithm>

namespace tunnus::oidc {
namespace {

bool knows(ClientKeys const& keys, std::string_view kid) {
    return std::ranges::any_of(keys.verification.keys(),
                               [&](jose::VerificationKey const& key) { return key.kid() == kid; });
}

}  // namespace

ClientKeySource::Found ClientKeyCache::find(Client const& client,
                                            std::optional<std::string_view> kid) const {
    if (client.jwks_uri.empty()) return {client.jwks, false};
    return look(entry_of(client.jwks_uri), kid, clock_.now());
}

ClientKeySource::Found ClientKeyCache::look(Entry const& entry, std::optional<std::string_view> kid,
                                            TimePoint now) const {
    // What was fetched in our future was fetched before our clock went back.
    auto const age = now - entry.fetched_at;
    bool const serves = entry.keys && age >= milliseconds(0) && age < limits_.client_keys_lifetime;
    bool const suffices =
        serves && age < limits_.client_keys_fresh && (!kid || knows(*entry.keys, *kid));
    bool const may_fetch =
        now >= entry.not_before || entry.not_before > now + limits_.client_keys_pause;
    return {serves ? entry.keys : nullptr, !suffices && may_fetch};
}

void ClientKeyCache::fetch(Client const& client, std::optional<std::string_view> kid) {
    auto const turn = turn_for(client.jwks_uri);
    std::scoped_lock const lock(*turn);
    auto entry = entry_of(client.jwks_uri);
    auto const now = clock_.now();
    if (!look(entry, kid, now).must_fetch) return;
    auto fetched = ask(client.jwks_uri);
    if (fetched) {
        entry.keys = std::make_shared<ClientKeys const>(std::move(*fetched));
        entry.fetched_at = now;
    } else {
        log_.warning("client.keys_not_fetched",
                     {{"client_id", client.client_id}, {"error", fetched.error().text()}});
    }
    bool const in_vain = !fetched || (kid && !knows(*entry.keys, *kid));
    if (in_vain) entry.not_before = now + limits_.client_keys_pause;
    keep(client.jwks_uri, std::move(entry));
}

Result<ClientKeys> ClientKeyCache::ask(std::string const& uri) {
    OutboundRequest request;
    request.url = uri;
    request.headers = {{"Accept", "application/jwk-set+json, application/json"}};
    request.timeout = limits_.http_timeout;
    request.body_limit = limits_.http_body_bytes;
    auto const response = http_.send(request);
    if (!response) return response.error();
    if (response->status != 200)
        return Error(BaseErrc::unavailable, "status " + std::to_string(response->status));
    auto const set =
        parse_json_object(response->body, {limits_.http_body_bytes, limits_.json_depth});
    if (!set) return set.error();
    return parse_client_keys(*set, limits_);
}

ClientKeyCache::Entry ClientKeyCache::entry_of(std::string const& uri) const {
    std::scoped_lock const lock(mutex_);
    auto const found = entries_.find(uri);
    return found == entries_.end() ? Entry() : found->second;
}

void ClientKeyCache::keep(std::string const& uri, Entry entry) {
    std::scoped_lock const lock(mutex_);
    if (entries_.size() >= limits_.client_keys_cached && !entries_.contains(uri))
        entries_.erase(std::ranges::min_element(
            entries_, {}, [](auto const& one) { return one.second.fetched_at; }));
    entries_[uri] = std::move(entry);
}

std::shared_ptr<std::mutex> ClientKeyCache::turn_for(std::string const& uri) {
    std::scoped_lock const lock(mutex_);
    std::erase_if(turns_, [](auto const& one) { return one.second.expired(); });
    auto& turn = turns_[uri];
    auto held = turn.lock();
    if (!held) turn = held = std::make_shared<std::mutex>();
    return held;
}

}  // namespace tunnus::oidc
