// SPDX-License-Identifier: MIT
// One plugin on its way from a line of the configuration to an object that can be asked.
#pragma once

#include "plugins/host/host_services.hpp"
#include "plugins/host/runner.hpp"

namespace tunnus::plugin {

/// A plugin with what it declares, read once. Its `plugin` is asked through `runner` alone.
struct Loaded {
    Loaded(PluginSettings const& settings, TunnusPluginV1 const& entry,
           boost::json::object configuration, Services const& services);
    /// Stops the runners. When a call is still inside, the plugin and its host are left standing:
    /// a leak at the end of the process is better than a call into what is gone.
    ~Loaded();
    Loaded(Loaded const&) = delete;
    Loaded& operator=(Loaded const&) = delete;

    std::string name;
    std::string version;
    bool from_file;
    std::unique_ptr<HostServices> host;
    std::unique_ptr<Plugin> plugin;
    Runner runner;

    std::vector<std::string> levels;    ///< of its authenticator
    std::vector<Assurance> assurances;  ///< of its levels
    std::vector<std::string> claims;
    std::vector<Scope> scopes;
    std::vector<RouteSource::PluginRoute> routes;
    bool quick = false;

    /// A periodic job with the one thread it runs on: one that hangs keeps no other call waiting.
    struct OwnJob {
        Job* job;
        std::string name;
        seconds interval;
        std::unique_ptr<Runner> runner;
    };
    std::vector<OwnJob> jobs;
};

/// Finds the entry, checks it, checks the configuration, migrates, and creates. Errors:
/// BaseErrc::malformed for a wrong configuration; any other code means that the plugin is missing
/// or unfit, which `required: false` forgives.
[[nodiscard]] Result<std::unique_ptr<Loaded>> load_plugin(PluginSettings const& settings,
                                                          std::span<EntryFunction const> builtin,
                                                          Services const& services);

}  // namespace tunnus::plugin
