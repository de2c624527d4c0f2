// SPDX-License-Identifier: MIT
#include "idp/cli/commands.hpp"
#include "idp/cli/listeners.hpp"
#include "idp/cli/product.hpp"
#include "idp/cli/rights.hpp"
#include "idp/jobs.hpp"
#include "idp/web/server.hpp"
#include "storage/sql/open.hpp"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <thread>

namespace tunnus::cli {
namespace {

/// What runs now, replaced as a whole by a reload.
struct Running {
    std::shared_ptr<Product> product;
    std::unique_ptr<JobRunner> jobs;
};

bool same_listeners(Configuration const& a, Configuration const& b) {
    auto const same = [](ListenSettings const& one, ListenSettings const& other) {
        return one.address == other.address && one.port == other.port &&
               one.tls.has_value() == other.tls.has_value();
    };
    return std::ranges::equal(a.listen, b.listen, same) &&
           std::ranges::equal(a.admin_listen, b.admin_listen, same);
}

/// SIGHUP: all of the new configuration, or nothing of it (threats.md X-23).
Result<> reload(std::string const& config_file, std::shared_ptr<sql::Database> const& database,
                Process& process, web::Server& server, Running& running) {
    auto configuration = read_configuration(config_file);
    if (!configuration) return configuration.error();
    auto const& present = running.product->app->configuration();
    if (configuration->storage_url != present.storage_url ||
        configuration->issuer != present.issuer)
        return Error(BaseErrc::denied,
                     config_file + ": issuer and storage.url change by a restart only");
    if (!same_listeners(*configuration, present))
        return Error(BaseErrc::denied,
                     config_file + ": listen and admin_listen change by a restart only");
    auto product = build_product(std::move(*configuration), database, process);
    if (!product) return product.error();
    auto settings = server_settings(*product);
    if (!settings) return settings.error();
    if (auto done = server.reload(std::move(*settings)); !done) return done.error();
    running.jobs.reset();
    running.product = std::move(*product);
    running.jobs = std::make_unique<JobRunner>(running.product->app->jobs(), process.log);
    return {};
}

}  // namespace

int serve(std::string const& config_file) {
    // Every thread that comes inherits the mask; this one waits for the signals.
    sigset_t signals;
    sigemptyset(&signals);
    for (int const signal : {SIGTERM, SIGINT, SIGHUP})
        sigaddset(&signals, signal);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);

    auto& process = make_process(Level::info);
    auto configuration = read_configuration(config_file);
    if (!configuration) return complain(configuration.error().detail, exit_configuration);
    if (auto done = leave_root(configuration->user); !done)
        return complain(config_file + ": " + done.error().detail, exit_configuration);
    if (::geteuid() == 0) process.log.warning("serve.runs_as_root");
    auto database =
        open_configured_database(*configuration, process.log, sql::DatabaseSettings::Use::server);
    if (!database) return complain(database.error().detail, exit_configuration);
    auto product = build_product(std::move(*configuration), *database, process);
    if (!product) return complain(product.error().detail, exit_configuration);
    auto settings = server_settings(*product);
    if (!settings) return complain(settings.error().detail, exit_configuration);

    web::Server server(std::move(*settings), {.clock = process.clock,
                                              .random = process.random,
                                              .log = process.log,
                                              .committer = **database});
    if (auto started = server.start(); !started)
        return complain(started.error().detail, exit_configuration);
    Running running{.product = std::move(*product), .jobs = nullptr};
    running.jobs = std::make_unique<JobRunner>(running.product->app->jobs(), process.log);
    process.log.info("serve.ready", {{"issuer", running.product->app->configuration().issuer},
                                     {"port", server.port()}});

    int signal = 0;
    while (sigwait(&signals, &signal) == 0 && signal == SIGHUP) {
        if (auto done = reload(config_file, *database, process, server, running); !done)
            process.log.error("serve.reload_refused", {{"error", done.error().detail}});
        else
            process.log.info("serve.reloaded");
    }
    process.log.info("serve.draining");
    // A second signal ends at once: what was acknowledged is durable already.
    std::thread([signals]() mutable {
        int again = 0;
        do {
            sigwait(&signals, &again);
        } while (again == SIGHUP);
        std::_Exit(exit_failed);
    }).detach();
    bool const drained = server.drain();
    running.jobs.reset();
    process.log.info("serve.ended", {{"drained", drained}});
    return exit_fine;
}

}  // namespace tunnus::cli
