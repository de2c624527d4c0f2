// SPDX-License-Identifier: MIT
// The wiring: builds every object of the product from a configuration and lists every route with
// its lane. Reading the table in app.cpp is reading the product.
#pragma once

#include "idp/base/configuration.hpp"
#include "idp/base/log.hpp"
#include "idp/base/mailer.hpp"
#include "idp/base/outcome.hpp"
#include "idp/base/random.hpp"
#include "idp/base/result.hpp"
#include "idp/base/route.hpp"
#include "idp/base/unbroken_clock.hpp"
#include "plugins/host/plugins.hpp"
#include "storage/sql/open.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace tunnus {

/// How the product reaches the world: the real ones in main, fakes in tests. References live as
/// long as the process; what a configuration sets up is shared with the calls that use it.
struct World {
    UnbrokenClock& clock;
    Random& random;
    Log& log;
    std::shared_ptr<HttpClient> http;
    MailTransport* mail =
        nullptr;  ///< null: no mail is configured; messages stay in the outbox and the log says so
    std::span<plugin::EntryFunction const> compiled_in = plugin::builtin_entries();
};

/// Work that is done now and then. `run` never throws. Where it may hang there is a `stop`: nothing
/// runs after it, and a run under way comes back soon.
struct PeriodicJob {
    std::string name;
    milliseconds interval;
    std::function<Result<>()> run;
    std::function<void()> stop = {};
};

/// Everything that is built once. Any thread may call.
class App {
  public:
    /// Migrates storage, loads plugins, keys, pages and clients. The error's detail is the line to
    /// print before exit 78. The database is shared so that a reload builds its App beside the old
    /// one on the same connections.
    [[nodiscard]] static Result<std::unique_ptr<App>> build(Configuration configuration,
                                                            std::shared_ptr<sql::Database> database,
                                                            World world);
    virtual ~App() = default;

    [[nodiscard]] virtual Configuration const& configuration() const = 0;
    /// What the public listeners serve.
    [[nodiscard]] virtual std::vector<Route> const& routes() const = 0;
    /// What the admin listeners serve.
    [[nodiscard]] virtual std::vector<Route> const& admin_routes() const = 0;
    [[nodiscard]] virtual std::vector<PeriodicJob> const& jobs() const = 0;
    [[nodiscard]] virtual Committer& committer() = 0;
    [[nodiscard]] virtual plugin::Plugins& plugins() = 0;
    [[nodiscard]] virtual Sealer const& sealer() const = 0;
    [[nodiscard]] virtual plugin::Accounts& accounts() = 0;
    /// Whether what this service names is known here: its data fields, its level. The error's
    /// detail names the member.
    [[nodiscard]] virtual Result<> check_service(RegisteredService const& service) const = 0;
};

/// Opens and checks the database that a configuration names. The error's detail is the line to
/// print.
[[nodiscard]] Result<std::shared_ptr<sql::Database>> open_configured_database(
    Configuration const& configuration, Log& log, sql::DatabaseSettings::Use use);

}  // namespace tunnus
