// SPDX-License-Identifier: MIT
#include "storage/clients.hpp"

#include "idp/base/json.hpp"
#include "idp/cli/commands.hpp"
#include "idp/cli/product.hpp"
#include "oidc/protocol/client.hpp"
#include "oidc/protocol/signing_algorithms.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace tunnus::cli {
namespace {

constexpr std::size_t page = 256;

std::string folder_of(std::string const& file) {
    auto const folder = std::filesystem::path(file).parent_path();
    return folder.empty() ? "." : folder.string();
}

AuditEvent administration(Opened& opened, std::string_view what, std::string_view client_id) {
    auto event = cli::administration(opened.process, what);
    event.client_id = client_id;
    return event;
}

}  // namespace

int clients_list(std::string const& config_file) {
    return with_storage(config_file, [](Opened& opened) {
        for (auto const& configured : opened.configuration.clients) {
            auto const client = oidc::parse_client(configured.object, opened.configuration.limits,
                                                   folder_of(opened.configuration.file));
            if (client)
                std::printf("%s  configuration  %s\n", client->client_id.c_str(),
                            client->name("en").c_str());
        }
        Sealer const sealer(opened.configuration.keys.sealing_key);
        storage::Clients clients(*opened.database, sealer);
        std::string after;
        while (true) {
            auto const records = clients.list(after, page);
            if (!records) return complain(records.error().text(), exit_failed);
            for (auto const& record : *records) {
                after = record.client_id;
                std::printf("%s  storage\n", record.client_id.c_str());
            }
            if (records->size() < page) return static_cast<int>(exit_fine);
        }
    });
}

int clients_add(std::string const& config_file, std::string const& metadata_file) {
    return with_storage(config_file, [&metadata_file](Opened& opened) {
        std::ifstream file(metadata_file, std::ios::binary);
        std::ostringstream text;
        text << file.rdbuf();
        if (!file) return complain(metadata_file + " cannot be read", exit_usage);
        auto metadata = parse_json_object(text.str());
        if (!metadata) return complain(metadata_file + ": " + metadata.error().detail, exit_usage);
        auto const client =
            oidc::parse_client(*metadata, opened.configuration.limits, folder_of(metadata_file));
        if (!client) return complain(metadata_file + ": " + client.error().detail, exit_usage);
        auto const& algorithms = opened.configuration.keys.algorithms;
        auto const reason = oidc::reject_unsigned(*client, [&](std::string_view alg) {
            return std::ranges::find(algorithms, alg) != algorithms.end();
        });
        if (!reason.empty()) return complain(metadata_file + ": " + reason, exit_usage);
        auto const added = opened.database->commit(storage::add_client(
            {.client_id = client->client_id,
             .metadata = std::move(*metadata),
             .created_at = opened.process.clock.now(),
             .version = 1},
            administration(opened, "clients add", client->client_id),
            Sealer(opened.configuration.keys.sealing_key), opened.process.random));
        if (!added) return complain(added.error().text(), exit_failed);
        if (*added == Verdict::lost)
            return complain("client_id " + client->client_id + " is taken", exit_failed);
        return static_cast<int>(exit_fine);
    });
}

int clients_remove(std::string const& config_file, std::string const& client_id) {
    return with_storage(config_file, [&client_id](Opened& opened) {
        auto const removed = opened.database->commit(storage::remove_client(
            client_id, opened.process.clock.now(),
            administration(opened, "clients remove", client_id), opened.process.random));
        if (!removed) return complain(removed.error().text(), exit_failed);
        if (*removed == Verdict::lost)
            return complain("no client " + client_id + " in storage", exit_failed);
        return static_cast<int>(exit_fine);
    });
}

}  // namespace tunnus::cli
