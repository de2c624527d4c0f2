// SPDX-License-Identifier: MIT
// Clients in memory: those of the configuration, and those in storage as they were at the last
// look.
#pragma once

#include "idp/base/crypto.hpp"
#include "idp/base/log.hpp"
#include "oidc/protocol/client.hpp"
#include "storage/clients.hpp"

#include <mutex>
#include <unordered_map>
#include <unordered_set>

namespace tunnus::oidc {

/// Any thread may call.
class ClientRegistry final : public Clients {
  public:
    ClientRegistry(sql::Database& database, Sealer const& sealer, Log& log)
        : stored_(database, sealer), log_(log) {}

    /// At start: the configuration's clients, then what storage has. An error names a client_id
    /// that occurs twice.
    [[nodiscard]] Result<> load(std::vector<Client> configured);
    /// Looks into storage again. A stored client that can no longer be read is logged and not
    /// found. A configured one wins over a stored one of the same id.
    [[nodiscard]] Result<> refresh();

    [[nodiscard]] std::shared_ptr<Client const> find(std::string_view client_id) const override;
    [[nodiscard]] bool allows_origin(std::string_view origin) const override;

  private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>()(text);
        }
    };
    /// One moment's clients; immutable, shared.
    struct Snapshot {
        std::unordered_map<std::string, std::shared_ptr<Client const>, Hash, std::equal_to<>>
            clients;
        std::unordered_set<std::string, Hash, std::equal_to<>> origins;
        void add(std::shared_ptr<Client const> client);
    };
    [[nodiscard]] std::shared_ptr<Snapshot const> current() const;

    storage::Clients stored_;
    Log& log_;
    Snapshot configured_;
    std::mutex refreshing_;  ///< so that no older view replaces a newer one
    mutable std::mutex mutex_;
    std::shared_ptr<Snapshot const> current_ = std::make_shared<Snapshot const>();
};

}  // namespace tunnus::oidc
