// SPDX-License-Identifier: MIT
#include "plugins/host/loaded.hpp"

#include "idp/base/json.hpp"
#include "idp/base/json_schema.hpp"
#include "idp/base/limits.hpp"
#include "idp/base/located_json.hpp"
#include "plugins/host/declaration_check.hpp"
#include "plugins/host/entry_check.hpp"
#include "plugins/host/shared_object.hpp"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

namespace tunnus::plugin {

namespace {

Runner::Bounds runner_bounds(Limits const& limits) {
    return {.deadline = limits.plugin_deadline,
            .threads = limits.plugin_threads,
            .inline_calls = std::max<std::size_t>(1, limits.fast_workers / 2),
            .misses = limits.plugin_circuit_misses,
            .pause = limits.plugin_circuit_pause,
            .patience = limits.plugin_deadline};
}

Runner::Bounds job_bounds(Limits const& limits) {
    auto bounds = runner_bounds(limits);
    bounds.deadline = limits.plugin_job_deadline;
    bounds.threads = 1;
    return bounds;
}

Runner::Bounds mandate_bounds(Limits const& limits) {
    auto bounds = runner_bounds(limits);
    bounds.deadline = limits.mandate_deadline;
    return bounds;
}

Result<TunnusPluginV1 const*> find_entry(PluginSettings const& settings,
                                         std::span<EntryFunction const> builtin,
                                         Limits const& limits) {
    if (!settings.library.empty()) {
        if (auto safe = check_plugin_file(settings.library); !safe) return safe.error();
        return load_entry(settings.library, limits.plugin_load_deadline);
    }
    for (auto const entry_function : builtin) {
        auto const* entry = entry_function();
        if (entry && entry->name && entry->name == settings.name) return entry;
    }
    return Error(BaseErrc::not_found, "is not compiled in, and no library is given");
}

/// The `config` with its defaults, once it fits the plugin's schema.
Result<boost::json::object> check_configuration(PluginSettings const& settings,
                                                TunnusPluginV1 const& entry) {
    auto text = parse_json_object(entry.config_schema);
    if (!text) {
        auto const located = parse_located_json(entry.config_schema);
        return Error(BaseErrc::denied,
                     "config_schema: " + (located ? text.error() : located.error()).detail);
    }
    auto const schema = JsonSchema::make(std::move(*text));
    if (!schema) return Error(BaseErrc::denied, "config_schema: " + schema.error().detail);
    boost::json::value config = settings.config;
    if (auto const violation = schema->find_violation(config)) {
        auto const path = violation->path.empty() ? "config" : "config." + violation->path;
        return Error(BaseErrc::malformed, path + ": " + violation->message);
    }
    schema->add_defaults(config);
    return std::move(config.as_object());
}

Result<> migrate(TunnusPluginV1 const& entry, sql::Database& database) {
    std::span const migrations(entry.migrations, entry.migration_count);
    for (auto const& migration : migrations)
        if (auto named = check_table_names(entry.name, migration); !named) return named;
    if (migrations.empty()) return {};
    return database.migrate(entry.name, migrations);
}

Result<> add_pages(PluginSettings const& settings, Pages& pages) {
    namespace fs = std::filesystem;
    fs::path const folder(settings.folder);
    auto const if_there = [&](char const* name) {
        return !folder.empty() && fs::exists(folder / name) ? (folder / name).string() : "";
    };
    auto const templates = if_there("pages");
    auto const texts = if_there("texts");
    if (templates.empty() && texts.empty()) return {};
    return pages.add_plugin(settings.name, templates, texts);
}

Result<> check_pages(PluginSettings const& settings, Plugin const& plugin) {
    for (auto const& page : plugin.pages()) {
        auto const file = std::filesystem::path(settings.folder) / "pages" / (page + ".html");
        if (!std::filesystem::is_regular_file(file))
            return Error(BaseErrc::not_found, "page " + file.string() + ": is missing");
    }
    return {};
}

/// The plugin with its host, which goes after it.
std::shared_ptr<Plugin> create_plugin(TunnusPluginV1 const& entry,
                                      boost::json::object configuration, Services const& services) {
    auto host = std::make_shared<HostServices>(entry.name, std::move(configuration), services);
    auto* const plugin = entry.create(*host);
    if (plugin == nullptr) throw std::runtime_error("create() gave nothing");
    return {plugin, [host = std::move(host)](Plugin* made) { delete made; }};
}

/// Asks the plugin once for everything it declares.
Result<> read_declarations(Loaded& loaded, Services const& services) {
    if (auto* authenticator = loaded.plugin->authenticator()) {
        loaded.levels = authenticator->acr_values();
        for (auto const& acr : loaded.levels)
            loaded.assurances.push_back(authenticator->assurance(acr));
    }
    if (auto* source = loaded.plugin->claims_source()) {
        loaded.claims = source->claims_supported();
        loaded.claim_titles = source->claim_titles();
        loaded.verified = source->verified_claims_offer();
        loaded.quick = source->quick();
    }
    if (auto* source = loaded.plugin->scope_source()) {
        loaded.scopes = source->scopes();
        loaded.authorization_details_types = source->authorization_details_types();
        loaded.data_fields = source->data_fields();
        for (auto const& type : loaded.authorization_details_types)
            if (auto const schema = JsonSchema::make(type.schema); !schema)
                return Error(BaseErrc::denied, "authorization_details \"" + type.name +
                                                   "\": " + schema.error().detail);
    }
    if (loaded.plugin->mandate_source() != nullptr)
        loaded.mandate_runner =
            std::make_unique<Runner>(mandate_bounds(services.limits), services.clock);
    if (auto* source = loaded.plugin->route_source()) loaded.routes = source->routes();
    for (auto* job : loaded.plugin->jobs())
        loaded.jobs.push_back(
            {job, job->name(), job->interval(),
             std::make_unique<Runner>(job_bounds(services.limits), services.clock)});
    return check_declarations(loaded);
}

}  // namespace

Loaded::Loaded(PluginSettings const& settings, TunnusPluginV1 const& entry,
               boost::json::object configuration, Services const& services,
               std::shared_ptr<Surroundings const> around)
    : name(entry.name),
      version(entry.version),
      from_file(!settings.library.empty()),
      amr(settings.amr),
      plugin(create_plugin(entry, std::move(configuration), services)),
      surroundings(std::move(around)),
      runner(runner_bounds(services.limits), services.clock) {}

Result<std::unique_ptr<Loaded>> load_plugin(PluginSettings const& settings,
                                            std::span<EntryFunction const> builtin,
                                            Services const& services) {
    auto const around =
        std::make_shared<Surroundings const>(settings.name, services.log, services.owner);
    Surroundings::Visit const visit(*around);
    auto const entry = find_entry(settings, builtin, services.limits);
    if (!entry) return entry.error();
    if (auto fits = check_entry(*entry, settings.name); !fits) return fits.error();
    auto configuration = check_configuration(settings, **entry);
    if (!configuration) return configuration.error();
    if (auto done = migrate(**entry, services.database); !done) return done.error();
    if (auto added = add_pages(settings, services.pages); !added) return added.error();
    try {
        auto loaded = std::make_unique<Loaded>(settings, **entry, std::move(*configuration),
                                               services, around);
        if (auto read = read_declarations(*loaded, services); !read) return read.error();
        if (auto there = check_pages(settings, *loaded->plugin); !there) return there.error();
        return loaded;
    } catch (std::logic_error const& bug) {
        return Error(
            BaseErrc::denied,
            std::string("a bug of the plugin, such as a member that its configuration lacks: ") +
                bug.what());
    } catch (std::exception const& refusal) {
        return Error(BaseErrc::denied, refusal.what());
    } catch (...) {
        return Error(BaseErrc::denied, "create() threw something that is not a std::exception");
    }
}

}  // namespace tunnus::plugin
