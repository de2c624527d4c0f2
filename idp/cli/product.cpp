// SPDX-License-Identifier: MIT
#include "idp/cli/product.hpp"

#include "idp/cli/commands.hpp"
#include "storage/schema.hpp"
#include "storage/sql/open.hpp"

#include <unistd.h>

#include <cstdio>
#include <deque>

namespace tunnus::cli {

Process::Process(Level minimum) : log(clock, minimum, STDERR_FILENO) {}

Result<std::shared_ptr<Product>> build_product(Configuration configuration,
                                               std::shared_ptr<sql::Database> database,
                                               Process& process) {
    auto product = std::make_shared<Product>();
    product->http = make_curl_http_client(configuration.outbound);
    if (configuration.mail)
        product->mail = make_smtp_transport(*configuration.mail, process.clock, process.random);
    auto app = App::build(std::move(configuration), std::move(database),
                          {.clock = process.clock,
                           .random = process.random,
                           .log = process.log,
                           .http = product->http,
                           .mail = product->mail.get()});
    if (!app) return app.error();
    product->app = std::move(*app);
    return product;
}

int with_storage(std::string const& config_file, std::function<int(Opened&)> const& work) {
    Opened opened;
    auto configuration = read_configuration(config_file);
    if (!configuration) return complain(configuration.error().detail, exit_configuration);
    opened.configuration = std::move(*configuration);
    auto database = open_configured_database(opened.configuration, opened.process.log,
                                             sql::DatabaseSettings::Use::command);
    if (!database) return complain(database.error().detail, exit_configuration);
    opened.database = std::move(*database);
    if (auto migrated = storage::migrate_core(*opened.database); !migrated)
        return complain(migrated.error().text(), exit_failed);
    return work(opened);
}

Process& make_process(Level minimum) {
    static auto& all = *new std::deque<Process>;
    return all.emplace_back(minimum);
}

int with_product(std::string const& config_file, Keep keep,
                 std::function<int(Built&)> const& work) {
    auto& process = make_process(keep == Keep::in_memory ? Level::error : Level::warning);
    auto configuration = read_configuration(config_file);
    if (!configuration) return complain(configuration.error().detail, exit_configuration);
    if (keep == Keep::in_memory) configuration->storage_url = "sqlite::memory:";
    auto database =
        open_configured_database(*configuration, process.log, sql::DatabaseSettings::Use::command);
    if (!database) return complain(database.error().detail, exit_configuration);
    auto product = build_product(std::move(*configuration), *database, process);
    if (!product) return complain(product.error().detail, exit_configuration);
    Built built{process, std::move(*database), std::move(*product)};
    return work(built);
}

AuditEvent administration(Process& process, std::string_view command) {
    return {.kind = AuditKind::administration,
            .at = process.clock.now(),
            .event_id = random_uuid(process.random),
            .request_id = {},
            .user_id = {},
            .client_id = {},
            .fields = {{"command", command}}};
}

int complain(std::string const& what, int exit_code) {
    std::fprintf(stderr, "tunnus: %s\n", what.c_str());
    return exit_code;
}

}  // namespace tunnus::cli
