// SPDX-License-Identifier: MIT
#include "idp/cli/commands.hpp"
#include "idp/cli/listeners.hpp"
#include "idp/cli/product.hpp"
#include "idp/token_keys.hpp"

#include <cstdio>

namespace tunnus::cli {

int check(std::string const& config_file) {
    return with_product(config_file, Keep::in_memory, [&config_file](Built& built) {
        auto const settings = server_settings(built.product);
        if (!settings) return complain(settings.error().detail, exit_configuration);
        for (auto const& listener : settings->listeners)
            if (listener.tls)
                if (auto const context = web::make_tls_context(*listener.tls); !context)
                    return complain(config_file + ": listen: " + context.error().detail,
                                    exit_configuration);
        // serve would go on without what a lost token holds; whoever asks is told.
        auto const& keys = built.product->app->configuration().keys;
        if (auto const there = check_token_keys(keys); !there)
            return complain(config_file + ": keys.pkcs11: " + there.error().text(),
                            exit_configuration);
        std::printf("%s: fine (issuer %s)\n", config_file.c_str(),
                    built.product->app->configuration().issuer.c_str());
        return static_cast<int>(exit_fine);
    });
}

int migrate(std::string const& config_file) {
    // Building the product migrates the core and every plugin.
    return with_product(config_file, Keep::in_storage, [&config_file](Built&) {
        std::printf("%s: the schema is up to date\n", config_file.c_str());
        return static_cast<int>(exit_fine);
    });
}

}  // namespace tunnus::cli
