// SPDX-License-Identifier: MIT
// URLs from configurations, registrations and metadata. A redirect_uri of a request is compared as
// bytes and never parsed.
#pragma once

#include "idp/base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace tunnus {

/// An absolute http or https URL without userinfo and fragment, its host lower case and ASCII.
struct HttpUrl {
    std::string scheme;                      ///< `http` or `https`
    std::string host;                        ///< name, IPv4 text or `[IPv6]`
    std::uint16_t port = 0;                  ///< the scheme's default when the URL has none
    std::string path;                        ///< as written; "/" when empty
    std::string query;                       ///< as written, without '?'
    [[nodiscard]] bool is_loopback() const;  ///< localhost, 127.0.0.0/8, [::1]
    [[nodiscard]] std::string origin()
        const;  ///< scheme://host[:port], the port only where it is not the default
};
[[nodiscard]] Result<HttpUrl> parse_http_url(std::string_view text);

}  // namespace tunnus
