// SPDX-License-Identifier: MIT
#include "oidc/endpoints/client_registry.hpp"

namespace tunnus::oidc {
namespace {

constexpr std::size_t page = 256;

}  // namespace

void ClientRegistry::Snapshot::add(std::shared_ptr<Client const> client) {
    // The first of an id stays: the configuration's come first.
    auto const [at, added] = clients.emplace(client->client_id, std::move(client));
    if (added && !at->second->disabled)
        origins.insert(at->second->allowed_origins.begin(), at->second->allowed_origins.end());
}

Result<> ClientRegistry::load(std::vector<Client> configured) {
    for (auto& client : configured) {
        if (configured_.clients.contains(client.client_id))
            return Error(BaseErrc::malformed, "client_id " + client.client_id + " occurs twice");
        configured_.add(std::make_shared<Client const>(std::move(client)));
    }
    return refresh();
}

Result<> ClientRegistry::refresh() {
    std::scoped_lock const turn(refreshing_);
    auto found = std::make_shared<Snapshot>(configured_);
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
            found->add(std::make_shared<Client const>(std::move(*client)));
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

}  // namespace tunnus::oidc
