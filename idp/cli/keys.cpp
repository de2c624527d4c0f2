// SPDX-License-Identifier: MIT
#include "idp/base/time_text.hpp"
#include "idp/cli/commands.hpp"
#include "idp/cli/product.hpp"
#include "idp/token_keys.hpp"
#include "oidc/key_ring.hpp"

#include <algorithm>
#include <cstdio>

namespace tunnus::cli {
namespace {

/// Whether every key has to be usable: those of a token that is lost are listed and revoked
/// without it.
enum class Usable { all, some };

/// Runs `work` on the keys of a configuration.
int with_keys(std::string const& config_file, Usable usable,
              std::function<int(Opened&, storage::Keys&, oidc::KeyRing&)> const& work) {
    return with_storage(config_file, [usable, &work](Opened& opened) {
        auto& process = opened.process;
        Sealer const sealer(opened.configuration.keys.sealing_key);
        storage::Keys keys(*opened.database, sealer);
        oidc::KeyRing ring(keys, *opened.database, sealer, process.clock, process.random,
                           process.log, opened.configuration.keys.all());
        auto token_keys = open_token_keys(opened.configuration.keys);
        auto const loaded =
            token_keys ? ring.load_or_create(std::move(*token_keys)) : Result<>(token_keys.error());
        if (!loaded) {
            auto const said = complain(loaded.error().text(), exit_failed);
            if (usable == Usable::all) return said;
        }
        return work(opened, keys, ring);
    });
}

char const* state_of(storage::SigningKey const& key, TimePoint now) {
    if (key.revoked_at) return "revoked";
    if (key.retired_at && *key.retired_at <= now) return "retired";
    if (now < key.sign_from) return "announced";
    return key.retired_at ? "retiring" : "signing";
}

bool is_revoked(storage::Keys& keys, std::string const& kid) {
    auto const all = keys.all_with_retired();
    return all && std::ranges::any_of(*all, [&kid](storage::SigningKey const& key) {
               return key.kid == kid && key.revoked_at;
           });
}

}  // namespace

int keys_list(std::string const& config_file) {
    return with_keys(config_file, Usable::some, [](Opened& opened, storage::Keys& keys, auto&) {
        auto const all = keys.all_with_retired();
        if (!all) return complain(all.error().text(), exit_failed);
        for (auto const& key : *all)
            std::printf("%s  %-6s  %-9s  signs from %s\n", key.kid.c_str(), key.alg.c_str(),
                        state_of(key, opened.process.clock.now()), rfc3339(key.sign_from).c_str());
        return static_cast<int>(exit_fine);
    });
}

int keys_rotate(std::string const& config_file) {
    return with_keys(config_file, Usable::all, [](Opened& opened, auto&, oidc::KeyRing& ring) {
        auto const& settings = opened.configuration.keys;
        if (auto rotated = ring.rotate({settings.rotate_every, settings.announce, settings.retire});
            !rotated)
            return complain(rotated.error().text(), exit_failed);
        return static_cast<int>(exit_fine);
    });
}

int keys_revoke(std::string const& config_file, std::string const& kid) {
    return with_keys(config_file, Usable::some, [&kid](Opened&, auto& keys, oidc::KeyRing& ring) {
        auto const revoked = ring.revoke(kid);
        // The key may be gone, and another one of the lost token still be there to complain of.
        if (!revoked && !is_revoked(keys, kid))
            return complain(revoked.error().text(), exit_failed);
        return static_cast<int>(exit_fine);
    });
}

}  // namespace tunnus::cli
