// SPDX-License-Identifier: MIT
#include "oidc/endpoints/client_registry.hpp"

namespace tunnus::oidc {
namespace {

constexpr std::size_t page = 256;

}  // namespace

Result<> ClientRegistry::load(std::vector<Client> configured) {
    for (auto& client : configured) {
        std::string const client_id = client.client_id;
        auto const added =
            configured_.emplace(client_id, std::make_shared<Client const>(std::move(client)));
        if (!added.second)
            return Error(BaseErrc::malformed, "client_id " + client_id + " occurs twice");
    }
    return refresh();
}

Result<> ClientRegistry::refresh() {
    auto found = std::make_shared<Map>(configured_);
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
            found->emplace(record.client_id, std::make_shared<Client const>(std::move(*client)));
        }
        if (records->size() < page) break;
    }
    std::scoped_lock const lock(mutex_);
    current_ = std::move(found);
    return {};
}

std::shared_ptr<Client const> ClientRegistry::find(std::string_view client_id) const {
    std::shared_ptr<Map const> map;
    {
        std::scoped_lock const lock(mutex_);
        map = current_;
    }
    auto const found = map->find(client_id);
    if (found == map->end() || found->second->disabled) return nullptr;
    return found->second;
}

}  // namespace tunnus::oidc
