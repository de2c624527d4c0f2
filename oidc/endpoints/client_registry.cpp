// SPDX-License-Identifier: MIT
#include "oidc/endpoints/client_registry.hpp"

#include "oidc/protocol/service.hpp"

#include <algorithm>

namespace tunnus::oidc {
namespace {

constexpr std::size_t page = 256;

}  // namespace

Result<> ClientRegistry::Snapshot::add(RegisteredService service) {
    if (auto fits = check_beside(service, services); !fits) return fits;
    auto const shared = std::make_shared<RegisteredService const>(std::move(service));
    services.push_back(shared);
    for (auto const& client_id : shared->client_ids)
        service_of.emplace(client_id, shared);
    return {};
}

void ClientRegistry::Snapshot::add(Client client) {
    if (auto const found = service_of.find(client.client_id); found != service_of.end())
        client = in_service(std::move(client), found->second);
    // The first of an id stays: the configuration's come first.
    auto shared = std::make_shared<Client const>(std::move(client));
    auto const [at, added] = clients.emplace(shared->client_id, std::move(shared));
    if (added && !at->second->disabled)
        origins.insert(at->second->allowed_origins.begin(), at->second->allowed_origins.end());
}

Result<> ClientRegistry::load(std::vector<Client> configured,
                              std::vector<RegisteredService> services) {
    Snapshot seen;
    for (auto const& client : configured) {
        if (seen.clients.contains(client.client_id))
            return Error(BaseErrc::malformed, "client_id " + client.client_id + " occurs twice");
        seen.add(client);
    }
    for (auto const& service : services)
        if (auto const added = seen.add(service); !added)
            return Error(BaseErrc::malformed,
                         "service " + service.name + ": " + added.error().detail);
    configured_ = std::move(configured);
    configured_services_ = std::move(services);
    return refresh();
}

Result<> ClientRegistry::add_stored_services(Snapshot& to) {
    auto records = stored_services_.list();
    if (!records) return records.error();
    for (auto const& record : *records) {
        auto service = parse_service(record.members);
        if (!service)
            log_.error("service.unreadable",
                       {{"name", record.name}, {"error", service.error().detail}});
        else if (auto const added = to.add(std::move(*service)); !added)
            log_.warning("service.overlaps",
                         {{"name", record.name}, {"error", added.error().detail}});
    }
    return {};
}

Result<> ClientRegistry::refresh() {
    std::scoped_lock const turn(refreshing_);
    auto found = std::make_shared<Snapshot>();
    for (auto const& service : configured_services_)
        if (auto added = found->add(service); !added) return added;
    if (auto added = add_stored_services(*found); !added) return added.error();
    for (auto const& client : configured_)
        found->add(client);
    std::string after;
    while (true) {
        auto records = stored_.list(after, page);
        if (!records) return records.error();
        for (auto const& record : *records) {
            after = record.client_id;
            auto client = parse_client(record.metadata);
            if (!client) {
                log_.error("client.unreadable",
                           {{"client_id", record.client_id}, {"error", client.error().detail}});
                continue;
            }
            client->self_registered = !record.registration_hash.empty();
            found->add(std::move(*client));
        }
        if (records->size() < page) break;
    }
    std::scoped_lock const lock(mutex_);
    current_ = std::move(found);
    return {};
}

std::shared_ptr<ClientRegistry::Snapshot const> ClientRegistry::current() const {
    std::scoped_lock const lock(mutex_);
    return current_;
}

std::shared_ptr<Client const> ClientRegistry::find(std::string_view client_id) const {
    auto const now = current();
    auto const found = now->clients.find(client_id);
    if (found == now->clients.end() || found->second->disabled) return nullptr;
    return found->second;
}

bool ClientRegistry::allows_origin(std::string_view origin) const {
    return current()->origins.contains(origin);
}

std::shared_ptr<RegisteredService const> ClientRegistry::find_service(std::string_view name) const {
    auto const now = current();
    auto const found = std::ranges::find(now->services, name, &RegisteredService::name);
    return found == now->services.end() ? nullptr : *found;
}

std::vector<std::shared_ptr<RegisteredService const>> ClientRegistry::services() const {
    auto all = current()->services;
    std::ranges::sort(all, {}, &RegisteredService::name);
    return all;
}

}  // namespace tunnus::oidc
