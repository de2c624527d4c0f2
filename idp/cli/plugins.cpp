// SPDX-License-Identifier: MIT
#include "plugins/host/plugins.hpp"

#include "idp/cli/commands.hpp"
#include "idp/cli/product.hpp"

#include <cstdio>

namespace tunnus::cli {

int plugins_list(std::string const& config_file) {
    return with_product(config_file, Keep::in_memory, [](Built& built) {
        auto const& plugins = built.product->app->plugins();
        for (auto const& plugin : plugins.list()) {
            std::string interfaces;
            for (auto const& interface : plugin.interfaces)
                interfaces += " " + interface;
            std::printf("%s %s  %s %s\n", plugin.name.c_str(), plugin.version.c_str(),
                        plugin.loaded_from_file ? "loaded" : "built in", interfaces.c_str());
        }
        for (auto const& name : plugins.missing())
            std::printf("%s  missing\n", name.c_str());
        return static_cast<int>(exit_fine);
    });
}

int plugins_run_job(std::string const& config_file, std::string const& plugin,
                    std::string const& job) {
    return with_product(config_file, Keep::in_storage, [&](Built& built) -> int {
        auto& plugins = built.product->app->plugins();
        std::string known;
        bool found = false;
        for (auto const& one : plugins.jobs()) {
            known += "\n  " + one.plugin + " " + one.name;
            found = found || (one.plugin == plugin && one.name == job);
        }
        if (!found) return complain("no such job; there are:" + known, exit_usage);
        auto const ran = plugins.run_job(plugin, job);
        return ran ? exit_fine : complain(ran.error().text(), exit_failed);
    });
}

}  // namespace tunnus::cli
