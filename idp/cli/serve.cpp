// SPDX-License-Identifier: MIT
#include "idp/base/url.hpp"
#include "idp/cli/commands.hpp"
#include "idp/cli/product.hpp"
#include "idp/jobs.hpp"
#include "idp/web/server.hpp"

#include <sys/stat.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace tunnus::cli {
namespace {

Result<std::string> read_file(std::string const& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) return Error(BaseErrc::not_found, path + " cannot be read");
    return text.str();
}

/// The routes of a product, each keeping the product alive while it answers.
std::vector<Route> held(std::shared_ptr<Product> const& product, std::vector<Route> routes) {
    for (auto& route : routes)
        route.handler = [product, handler = std::move(route.handler)](HttpRequest const& request) {
            return handler(request);
        };
    return routes;
}

Result<web::ListenerSettings> listener_of(ListenSettings const& listen,
                                          std::shared_ptr<Product> const& product,
                                          std::vector<Route> const& routes, bool admin) {
    auto const& configuration = product->app->configuration();
    web::ListenerSettings listener;
    listener.address = listen.address;
    listener.port = listen.port;
    listener.routes = held(product, routes);
    listener.http10_without_host = admin;
    if (!admin) {
        auto const issuer = parse_http_url(configuration.issuer);
        if (!issuer) return issuer.error();
        listener.authorities = {issuer->origin().substr(issuer->origin().find("//") + 2)};
        if (issuer->scheme == "https") listener.https_origin = issuer->origin();
    }
    if (listen.tls) {
        auto chain = read_file(listen.tls->certificate_file);
        if (!chain) return chain.error();
        auto key = read_file(listen.tls->key_file);
        if (!key) return key.error();
        listener.tls = web::TlsSettings{.certificate_chain_pem = std::move(*chain),
                                        .private_key_pem = Secret(std::move(*key)),
                                        .request_client_certificate = false};
    }
    return listener;
}

Result<web::ServerSettings> server_settings(std::shared_ptr<Product> const& product) {
    auto const& configuration = product->app->configuration();
    web::ServerSettings settings;
    settings.limits = configuration.limits;
    auto proxies = web::TrustedProxies::parse(configuration.trusted_proxies);
    if (!proxies)
        return Error(BaseErrc::malformed,
                     configuration.file + ": trusted_proxies: " + proxies.error().detail);
    settings.trusted_proxies = std::move(*proxies);
    for (auto const& listen : configuration.listen) {
        auto listener = listener_of(listen, product, product->app->routes(), false);
        if (!listener)
            return Error(BaseErrc::malformed,
                         configuration.file + ": listen: " + listener.error().detail);
        settings.listeners.push_back(std::move(*listener));
    }
    for (auto const& listen : configuration.admin_listen) {
        auto listener = listener_of(listen, product, product->app->admin_routes(), true);
        if (!listener)
            return Error(BaseErrc::malformed,
                         configuration.file + ": admin_listen: " + listener.error().detail);
        settings.listeners.push_back(std::move(*listener));
    }
    return settings;
}

/// What runs now, replaced as a whole by a reload.
struct Running {
    std::shared_ptr<Product> product;
    std::unique_ptr<JobRunner> jobs;
};

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

    Process process(Level::info);
    auto configuration = read_configuration(config_file);
    if (!configuration) return complain(configuration.error().detail, exit_configuration);
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
