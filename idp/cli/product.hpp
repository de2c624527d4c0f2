// SPDX-License-Identifier: MIT
// The whole product with the real world under it: what serve runs and what the commands look into.
#pragma once

#include "idp/app.hpp"
#include "idp/base/json_log.hpp"

#include <memory>
#include <string>

namespace tunnus::cli {

/// Clock, random source and log of the process: one of each.
struct Process {
    SystemClock clock;
    OpenSslRandom random;
    JsonLog log;
    explicit Process(Level minimum);
};

/// An App with the parts of the world that its configuration sets up. Shared by the requests that
/// use it, so that a reload can let the old one go when the last is answered.
struct Product {
    std::unique_ptr<HttpClient> http;
    std::unique_ptr<MailTransport> mail;
    std::unique_ptr<App> app;
};
[[nodiscard]] Result<std::shared_ptr<Product>> build_product(
    Configuration configuration, std::shared_ptr<sql::Database> database, Process& process);

/// Prints `tunnus: <what>` on standard error and returns the exit code.
int complain(std::string const& what, int exit_code);

}  // namespace tunnus::cli
