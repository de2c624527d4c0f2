// SPDX-License-Identifier: MIT
#include "idp/cli/commands.hpp"
#include "idp/cli/listeners.hpp"
#include "idp/cli/product.hpp"
#include "storage/schema.hpp"

#include <cstdio>

namespace tunnus::cli {

int check(std::string const& config_file) {
    Process process(Level::error);
    auto configuration = read_configuration(config_file);
    if (!configuration) return complain(configuration.error().detail, exit_configuration);
    // Everything is built as for serve, on a database of the moment: nothing is opened that serve
    // would lock or make.
    std::string const issuer = configuration->issuer;
    configuration->storage_url = "sqlite::memory:";
    auto database =
        open_configured_database(*configuration, process.log, sql::DatabaseSettings::Use::command);
    if (!database) return complain(database.error().detail, exit_configuration);
    auto product = build_product(std::move(*configuration), *database, process);
    if (!product) return complain(product.error().detail, exit_configuration);
    auto const settings = server_settings(*product);
    if (!settings) return complain(settings.error().detail, exit_configuration);
    for (auto const& listener : settings->listeners)
        if (listener.tls)
            if (auto const context = web::make_tls_context(*listener.tls); !context)
                return complain(config_file + ": listen: " + context.error().detail,
                                exit_configuration);
    std::printf("%s: fine (issuer %s)\n", config_file.c_str(), issuer.c_str());
    return exit_fine;
}

int migrate(std::string const& config_file) {
    Process process(Level::warning);
    auto configuration = read_configuration(config_file);
    if (!configuration) return complain(configuration.error().detail, exit_configuration);
    auto database =
        open_configured_database(*configuration, process.log, sql::DatabaseSettings::Use::command);
    if (!database) return complain(database.error().detail, exit_configuration);
    // Building the product migrates the core and every plugin.
    auto product = build_product(std::move(*configuration), *database, process);
    if (!product) return complain(product.error().detail, exit_configuration);
    std::printf("%s: the schema is up to date\n", config_file.c_str());
    return exit_fine;
}

}  // namespace tunnus::cli
