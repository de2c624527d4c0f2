// SPDX-License-Identifier: MIT
// Clients and the services that they belong to, in memory: those of the configuration, and those in
// storage as they were at the last look.
#pragma once

#include "idp/base/crypto.hpp"
#include "idp/base/log.hpp"
#include "idp/base/registered_service.hpp"
#include "oidc/protocol/client.hpp"
#include "storage/clients.hpp"
#include "storage/services.hpp"

#include <mutex>
#include <unordered_map>
#include <unordered_set>

namespace tunnus::oidc {

/// Any thread may call.
class ClientRegistry final : public Clients, public ServiceDirectory {
  public:
    ClientRegistry(sql::Database& database, Sealer const& sealer, Log& log)
        : stored_(database, sealer), stored_services_(database), log_(log) {}

    /// At start: the configuration's clients and services, then what storage has. An error names a
    /// client_id that occurs twice, or belongs to two services.
    [[nodiscard]] Result<> load(std::vector<Client> configured,
                                std::vector<RegisteredService> services = {});
    /// Looks into storage again. A stored client or service that can no longer be read is logged
    /// and not found; nor is a stored service that takes something of another (check_beside). A
    /// configured one wins over a stored one of the same id or name.
    [[nodiscard]] Result<> refresh();

    [[nodiscard]] std::shared_ptr<Client const> find(std::string_view client_id) const override;
    [[nodiscard]] bool allows_origin(std::string_view origin) const override;
    [[nodiscard]] std::shared_ptr<RegisteredService const> find_service(
        std::string_view name) const override;
    [[nodiscard]] std::vector<std::shared_ptr<RegisteredService const>> services() const override;

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
        std::vector<std::shared_ptr<RegisteredService const>> services;
        std::unordered_map<std::string, std::shared_ptr<RegisteredService const>, Hash,
                           std::equal_to<>>
            service_of;  ///< by client_id
        /// An error is check_beside()'s: what is refused is left out whole.
        Result<> add(RegisteredService service);
        void add(Client client);
    };
    [[nodiscard]] Result<> add_stored_services(Snapshot& to);
    [[nodiscard]] std::shared_ptr<Snapshot const> current() const;

    storage::Clients stored_;
    storage::Services stored_services_;
    Log& log_;
    std::vector<Client> configured_;
    std::vector<RegisteredService> configured_services_;
    std::mutex refreshing_;  ///< so that no older view replaces a newer one
    mutable std::mutex mutex_;
    std::shared_ptr<Snapshot const> current_ = std::make_shared<Snapshot const>();
};

}  // namespace tunnus::oidc
