// SPDX-License-Identifier: MIT
#include "plugins/host/plugins.hpp"

#include "idp/cli/commands.hpp"
#include "idp/cli/product.hpp"

#include <cstdio>

namespace tunnus::cli {

int plugins_list(std::string const& config_file) {
    Process process(Level::error);
    auto configuration = read_configuration(config_file);
    if (!configuration) return complain(configuration.error().detail, exit_configuration);
    configuration->storage_url = "sqlite::memory:";
    auto database =
        open_configured_database(*configuration, process.log, sql::DatabaseSettings::Use::command);
    if (!database) return complain(database.error().detail, exit_configuration);
    auto product = build_product(std::move(*configuration), *database, process);
    if (!product) return complain(product.error().detail, exit_configuration);
    for (auto const& plugin : (*product)->app->plugins().list()) {
        std::string interfaces;
        for (auto const& interface : plugin.interfaces)
            interfaces += " " + interface;
        std::printf("%s %s  %s %s\n", plugin.name.c_str(), plugin.version.c_str(),
                    plugin.loaded_from_file ? "loaded" : "built in", interfaces.c_str());
    }
    for (auto const& name : (*product)->app->plugins().missing())
        std::printf("%s  missing\n", name.c_str());
    return exit_fine;
}

}  // namespace tunnus::cli
