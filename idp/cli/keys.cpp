// SPDX-License-Identifier: MIT
#include "idp/base/time_text.hpp"
#include "idp/cli/commands.hpp"
#include "idp/cli/product.hpp"
#include "idp/token_keys.hpp"
#include "oidc/key_ring.hpp"

#include <cstdio>

namespace tunnus::cli {
namespace {

/// Runs `work` on the keys of a configuration, of which those in a lost token are there by name.
int with_keys(std::string const& config_file,
              std::function<int(Opened&, oidc::KeyRing&)> const& work) {
    return with_storage(config_file, [&work](Opened& opened) {
        auto& process = opened.process;
        Sealer const sealer(opened.configuration.keys.sealing_key);
        storage::Keys keys(*opened.database, sealer);
        oidc::KeyRing ring(keys, *opened.database, sealer, process.clock, process.random,
                           process.log, opened.configuration.keys.all());
        if (auto loaded =
                ring.load_or_create(open_token_keys(opened.configuration.keys, process.log));
            !loaded)
            return complain(loaded.error().text(), exit_failed);
        return work(opened, ring);
    });
}

char const* state_of(storage::SigningKey const& key, TimePoint now) {
    if (key.revoked_at) return "revoked";
    if (key.retired_at && *key.retired_at <= now) return "retired";
    if (now < key.sign_from) return "announced";
    return key.retired_at ? "retiring" : "signing";
}

}  // namespace

int keys_list(std::string const& config_file) {
    // What is stored, and nothing else: a token need not answer, and nothing is made.
    return with_storage(config_file, [](Opened& opened) {
        Sealer const sealer(opened.configuration.keys.sealing_key);
        auto const all = storage::Keys(*opened.database, sealer).all_with_retired();
        if (!all) return complain(all.error().text(), exit_failed);
        for (auto const& key : *all)
            std::printf("%s  %-6s  %-9s  signs from %s\n", key.kid.c_str(), key.alg.c_str(),
                        state_of(key, opened.process.clock.now()), rfc3339(key.sign_from).c_str());
        return static_cast<int>(exit_fine);
    });
}

int keys_rotate(std::string const& config_file) {
    return with_keys(config_file, [](Opened& opened, oidc::KeyRing& ring) {
        auto const& settings = opened.configuration.keys;
        if (auto rotated = ring.rotate({settings.rotate_every, settings.announce, settings.retire});
            !rotated)
            return complain(rotated.error().text(), exit_failed);
        return static_cast<int>(exit_fine);
    });
}

int keys_revoke(std::string const& config_file, std::string const& kid) {
    return with_keys(config_file, [&kid](Opened&, oidc::KeyRing& ring) {
        if (auto revoked = ring.revoke(kid); !revoked)
            return complain(revoked.error().text(), exit_failed);
        return static_cast<int>(exit_fine);
    });
}

}  // namespace tunnus::cli
