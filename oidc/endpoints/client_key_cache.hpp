// SPDX-License-Identifier: MIT
// Clients' public keys in memory: those registered by value, and those fetched from a jwks_uri
// (OpenID Connect Core §10.1.1: a kid that is not known yet means that keys were rotated).
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/http_client.hpp"
#include "idp/base/limits_fwd.hpp"
#include "idp/base/log.hpp"
#include "oidc/protocol/client.hpp"

#include <map>
#include <mutex>

namespace tunnus::oidc {

/// Keys are fetched when a request first needs them, again when they have aged or a kid is unknown
/// (limits.client_keys_…), and never on the fast lane. Any thread may call.
class ClientKeyCache final : public ClientKeySource {
  public:
    ClientKeyCache(HttpClient& http, Clock const& clock, Log& log, Limits const& limits)
        : http_(http), clock_(clock), log_(log), limits_(limits) {}

    [[nodiscard]] Found find(Client const& client,
                             std::optional<std::string_view> kid) const override;
    void fetch(Client const& client, std::optional<std::string_view> kid) override;

  private:
    struct Entry {
        std::shared_ptr<ClientKeys const> keys;
        TimePoint fetched_at{};
        TimePoint not_before{};  ///< of the next fetch
    };
    [[nodiscard]] Found look(Entry const& entry, std::optional<std::string_view> kid,
                             TimePoint now) const;
    [[nodiscard]] Entry entry_of(std::string const& uri) const;
    void keep(std::string const& uri, Entry entry);
    [[nodiscard]] Result<ClientKeys> ask(std::string const& uri);
    [[nodiscard]] std::shared_ptr<std::mutex> turn_for(std::string const& uri);

    HttpClient& http_;
    Clock const& clock_;
    Log& log_;
    Limits const& limits_;
    mutable std::mutex mutex_;
    std::map<std::string, Entry> entries_;                    ///< by jwks_uri
    std::map<std::string, std::weak_ptr<std::mutex>> turns_;  ///< one fetch at a time for each
};

}  // namespace tunnus::oidc
