// SPDX-License-Identifier: MIT
// A URL from a configuration or registration. What was accepted has one meaning: written again, it
// reads the same.
#include "idp/base/url.hpp"

#include <cstdlib>

using namespace tunnus;

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    auto const url = parse_http_url({reinterpret_cast<char const*>(data), size});
    if (!url) return 0;
    if (url->host.empty() || url->port == 0 || !url->path.starts_with('/')) std::abort();
    if ((url->origin() + url->path).find_first_of("@ \t\r\n\\#") < url->origin().size())
        std::abort();
    auto const again =
        parse_http_url(url->origin() + url->path + (url->query.empty() ? "" : "?" + url->query));
    if (!again || again->host != url->host || again->port != url->port ||
        again->path != url->path || again->query != url->query)
        std::abort();
    return 0;
}
