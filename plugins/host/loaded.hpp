// SPDX-License-Identifier: MIT
// One plugin on its way from a line of the configuration to an object that can be asked.
#pragma once

#include "plugins/host/host_services.hpp"
#include "plugins/host/runner.hpp"
#include "plugins/host/surroundings.hpp"

namespace tunnus::plugin {

/// A plugin with what it declares, read once.
///
/// Destruction stops the runners, and waits for those inside no longer than they do. A call that
/// hangs on keeps the plugin, its host and what Services::owner owns until it ends, on its own
/// thread (threats.md ): a reload need not wait for it, and nothing goes from under it.
struct Loaded {
    Loaded(PluginSettings const& settings, TunnusPluginV1 const& entry,
           boost::json::object configuration, Services const& services,
           std::shared_ptr<Surroundings const> around);
    Loaded(Loaded const&) = delete;
    Loaded& operator=(Loaded const&) = delete;

    std::string name;
    std::string version;
    bool from_file;
    std::string amr;                 ///< PluginSettings::amr
    std::shared_ptr<Plugin> plugin;  ///< with its host; every call holds it
    std::shared_ptr<Surroundings const> surroundings;
    Runner runner;
    std::unique_ptr<Runner> mandate_runner;  ///< of a MandateSource, whose calls go elsewhere

    /// Runs a call into the plugin within the bounds of its runner.
    template <class Call>
    [[nodiscard]] auto run(Call call) {
        return runner.run(hold(std::move(call)));
    }
    template <class Call>
    [[nodiscard]] auto run_mandate(Call call) {
        return mandate_runner->run(hold(std::move(call)));
    }
    template <class Call>
    [[nodiscard]] auto run_quick(Call call) {
        return runner.run_quick(hold(std::move(call)));
    }
    /// The call, with the plugin that it goes into; its end puts the surroundings back.
    template <class Call>
    [[nodiscard]] auto hold(Call call) const {
        return [held = plugin, around = surroundings, call = std::move(call)]() mutable {
            Surroundings::Visit const visit(*around);
            return call();
        };
    }

    std::vector<std::string> levels;    ///< of its authenticator
    std::vector<Assurance> assurances;  ///< of its levels
    std::vector<std::string> claims;
    std::map<std::string, Text> claim_titles;
    VerifiedClaimsOffer verified;
    std::vector<Scope> scopes;
    std::vector<AuthorizationDetailsType> authorization_details_types;
    std::vector<DataField> data_fields;
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
