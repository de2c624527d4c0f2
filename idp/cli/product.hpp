// SPDX-License-Identifier: MIT
// The whole product with the real world under it: what serve runs and what the commands look into.
#pragma once

#include "idp/app.hpp"
#include "idp/base/json_log.hpp"

#include <functional>
#include <memory>
#include <string>

namespace tunnus::cli {

/// Clock, random source and log of the process: one of each.
struct Process {
    SystemClock machine_clock;
    UnbrokenClock clock{machine_clock};
    OpenSslRandom random;
    JsonLog log;
    explicit Process(Level minimum);
};
/// One that is never destroyed: a plugin's call that hangs may come back to clock and log while the
/// process ends. For what runs plugins.
[[nodiscard]] Process& make_process(Level minimum);

/// An App with the parts of the world that its configuration sets up. Shared by the requests that
/// use it, so that a reload can let the old one go when the last is answered.
struct Product {
    std::shared_ptr<HttpClient> http;
    std::unique_ptr<MailTransport> mail;
    std::unique_ptr<App> app;
};
[[nodiscard]] Result<std::shared_ptr<Product>> build_product(
    Configuration configuration, std::shared_ptr<sql::Database> database, Process& process);

/// What a command on stored things works with: the configured database, its core schema up to date.
struct Opened {
    Process process{Level::warning};
    Configuration configuration;
    std::shared_ptr<sql::Database> database;
};
/// Opens it for `work` and returns its exit code; 78 when the configuration or the database is not
/// fit for it.
int with_storage(std::string const& config_file, std::function<int(Opened&)> const& work);

/// What a command that needs the plugins works with: everything that serve builds.
struct Built {
    Process& process;
    std::shared_ptr<sql::Database> database;
    std::shared_ptr<Product> product;
};
/// Where a command keeps what it builds: in the configured database, or in one that ends with it,
/// so that nothing is opened that serve would lock or make.
enum class Keep { in_storage, in_memory };
/// Builds it for `work`, as with_storage does.
int with_product(std::string const& config_file, Keep keep, std::function<int(Built&)> const& work);

/// An administrator's act, as the audit trail has it; more may be said in `fields`.
[[nodiscard]] AuditEvent administration(Process& process, std::string_view command);

/// Prints `tunnus: <what>` on standard error and returns the exit code.
int complain(std::string const& what, int exit_code);

}  // namespace tunnus::cli
