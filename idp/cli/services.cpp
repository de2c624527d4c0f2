// SPDX-License-Identifier: MIT
#include "storage/services.hpp"

#include "idp/base/json.hpp"
#include "idp/cli/commands.hpp"
#include "idp/cli/product.hpp"
#include "oidc/protocol/service.hpp"

#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <vector>

namespace tunnus::cli {
namespace {

AuditEvent administration(Opened& opened, std::string_view what, std::string_view service) {
    auto event = cli::administration(opened.process, what);
    event.fields["service"] = service;
    return event;
}

/// What the product that is built for it would say against this service.
int check_against_product(std::string const& config_file, std::string const& service_file,
                          RegisteredService const& service) {
    return with_product(config_file, Keep::in_memory, [&](Built& built) {
        if (auto const fits = built.product->app->check_service(service); !fits)
            return complain(service_file + ": " + fits.error().detail, exit_usage);
        return static_cast<int>(exit_fine);
    });
}

/// Those of the configuration and of storage that can be read.
Result<std::vector<std::shared_ptr<RegisteredService const>>> services_of(Opened& opened) {
    std::vector<std::shared_ptr<RegisteredService const>> all;
    auto const take = [&](boost::json::object const& members) {
        if (auto service = oidc::parse_service(members, opened.configuration.limits))
            all.push_back(std::make_shared<RegisteredService const>(std::move(*service)));
    };
    for (auto const& configured : opened.configuration.services)
        take(configured.object);
    auto const records = storage::Services(*opened.database).list();
    if (!records) return records.error();
    for (auto const& record : *records)
        take(record.members);
    return all;
}

}  // namespace

int services_list(std::string const& config_file) {
    return with_storage(config_file, [](Opened& opened) {
        for (auto const& configured : opened.configuration.services)
            if (auto const service =
                    oidc::parse_service(configured.object, opened.configuration.limits))
                std::printf("%s  configuration  %s\n", service->name.c_str(),
                            service->title.fi.c_str());
        auto const records = storage::Services(*opened.database).list();
        if (!records) return complain(records.error().text(), exit_failed);
        for (auto const& record : *records) {
            auto const service = oidc::parse_service(record.members, opened.configuration.limits);
            std::printf("%s  storage  %s\n", record.name.c_str(),
                        service ? service->title.fi.c_str() : "(cannot be read)");
        }
        return static_cast<int>(exit_fine);
    });
}

int services_add(std::string const& config_file, std::string const& service_file) {
    std::ifstream file(service_file, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) return complain(service_file + " cannot be read", exit_usage);
    auto members = parse_json_object(text.str());
    if (!members) return complain(service_file + ": " + members.error().detail, exit_usage);
    std::optional<RegisteredService> service;
    int const refused = with_storage(config_file, [&](Opened& opened) {
        auto parsed = oidc::parse_service(*members, opened.configuration.limits);
        if (!parsed) return complain(service_file + ": " + parsed.error().detail, exit_usage);
        auto const others = services_of(opened);
        if (!others) return complain(others.error().text(), exit_failed);
        if (auto const fits = oidc::check_beside(*parsed, *others); !fits)
            return complain(service_file + ": " + fits.error().detail, exit_usage);
        service = std::move(*parsed);
        return static_cast<int>(exit_fine);
    });
    if (refused != exit_fine) return refused;
    if (int const unknown = check_against_product(config_file, service_file, *service);
        unknown != exit_fine)
        return unknown;
    return with_storage(config_file, [&](Opened& opened) {
        auto const added = opened.database->commit(storage::add_service(
            {service->name, std::move(*members), opened.process.clock.now()},
            administration(opened, "services add", service->name), opened.process.random));
        if (!added) return complain(added.error().text(), exit_failed);
        if (*added == Verdict::lost)
            return complain("service " + service->name + " is there already", exit_failed);
        return static_cast<int>(exit_fine);
    });
}

int services_remove(std::string const& config_file, std::string const& name) {
    return with_storage(config_file, [&name](Opened& opened) {
        auto const removed = opened.database->commit(storage::remove_service(
            name, administration(opened, "services remove", name), opened.process.random));
        if (!removed) return complain(removed.error().text(), exit_failed);
        if (*removed == Verdict::lost)
            return complain("no service " + name + " in storage", exit_failed);
        return static_cast<int>(exit_fine);
    });
}

}  // namespace tunnus::cli
