// SPDX-License-Identifier: MIT
#include "idp/base/time_text.hpp"
#include "idp/cli/commands.hpp"
#include "idp/cli/product.hpp"
#include "oidc/endpoints/key_ring.hpp"
#include "storage/schema.hpp"

#include <cstdio>

namespace tunnus::cli {
namespace {

/// Runs `work` on the keys of a configuration.
int with_keys(std::string const& config_file,
              std::function<int(Configuration const&, storage::Keys&, oidc::KeyRing&,
                                Clock const&)> const& work) {
    Process process(Level::warning);
    auto const configuration = read_configuration(config_file);
    if (!configuration) return complain(configuration.error().detail, exit_configuration);
    auto const database =
        open_configured_database(*configuration, process.log, sql::DatabaseSettings::Use::command);
    if (!database) return complain(database.error().detail, exit_configuration);
    if (auto migrated = storage::migrate_core(**database); !migrated)
        return complain(migrated.error().text(), exit_failed);
    Sealer const sealer(configuration->keys.sealing_key);
    storage::Keys keys(**database, sealer);
    oidc::KeyRing ring(keys, **database, sealer, process.clock, process.random, process.log,
                       configuration->keys.algorithms);
    if (auto loaded = ring.load_or_create(); !loaded)
        return complain(loaded.error().text(), exit_failed);
    return work(*configuration, keys, ring, process.clock);
}

char const* state_of(storage::SigningKey const& key, TimePoint now) {
    if (key.revoked_at) return "revoked";
    if (key.retired_at && *key.retired_at <= now) return "retired";
    if (now < key.sign_from) return "announced";
    return key.retired_at ? "retiring" : "signing";
}

}  // namespace

int keys_list(std::string const& config_file) {
    return with_keys(
        config_file, [](auto const&, storage::Keys& keys, oidc::KeyRing&, Clock const& clock) {
            auto const all = keys.all_with_retired();
            if (!all) return complain(all.error().text(), exit_failed);
            for (auto const& key : *all)
                std::printf("%s  %-6s  %-9s  signs from %s\n", key.kid.c_str(), key.alg.c_str(),
                            state_of(key, clock.now()), rfc3339(key.sign_from).c_str());
            return static_cast<int>(exit_fine);
        });
}

int keys_rotate(std::string const& config_file) {
    return with_keys(config_file, [](Configuration const& configuration, auto&, oidc::KeyRing& ring,
                                     auto const&) {
        if (auto rotated = ring.rotate(configuration.keys.announce); !rotated)
            return complain(rotated.error().text(), exit_failed);
        return static_cast<int>(exit_fine);
    });
}

int keys_revoke(std::string const& config_file, std::string const& kid) {
    return with_keys(config_file, [&kid](auto const&, auto&, oidc::KeyRing& ring, auto const&) {
        if (auto revoked = ring.revoke(kid); !revoked)
            return complain(revoked.error().text(), exit_failed);
        return static_cast<int>(exit_fine);
    });
}

}  // namespace tunnus::cli
