// SPDX-License-Identifier: MIT
#include "idp/cli/product.hpp"

#include <unistd.h>

#include <cstdio>

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
                           .http = *product->http,
                           .mail = product->mail.get()});
    if (!app) return app.error();
    product->app = std::move(*app);
    return product;
}

int complain(std::string const& what, int exit_code) {
    std::fprintf(stderr, "tunnus: %s\n", what.c_str());
    return exit_code;
}

}  // namespace tunnus::cli
