// SPDX-License-Identifier: MIT
#include "idp/cli/commands.hpp"
#include "idp/cli/product.hpp"

#include <algorithm>
#include <cstdio>

namespace tunnus::cli {

int suomifi_metadata(std::string const& config_file) {
    return with_product(config_file, Keep::in_memory, [](Built& built) -> int {
        auto& app = *built.product->app;
        auto const& routes = app.routes();
        auto const found = std::ranges::find_if(routes, [](Route const& route) {
            return route.method == Method::GET && route.pattern == "/suomifi/metadata";
        });
        if (found == routes.end())
            return complain("the plugin suomifi is not configured", exit_configuration);
        HttpRequest request;
        request.path = found->pattern;
        auto const response = settle(found->handler(request), app.committer());
        if (response.status != 200) return complain("the plugin gave no metadata", exit_failed);
        std::fwrite(response.body.data(), 1, response.body.size(), stdout);
        return exit_fine;
    });
}

}  // namespace tunnus::cli
