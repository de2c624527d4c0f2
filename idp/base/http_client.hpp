// SPDX-License-Identifier: MIT
// Calls to other servers. TLS is verified, redirects are not followed, sizes and times are bounded,
// and the address is checked when the socket is opened, so that a name cannot lead to an inside
// address (threats.md O-79).
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/result.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tunnus {

struct OutboundRequest {
    std::string method = "GET";
    std::string url;  ///< https, or http to an address of `outbound.allow_addresses`; no userinfo
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    milliseconds timeout{5'000};
    std::size_t body_limit = 65'536;  ///< bytes of the answer; more is BaseErrc::too_large
};

struct OutboundResponse {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
    std::string body;
};

/// Any thread may call; the call blocks. Errors: BaseErrc::denied (address or scheme not allowed),
/// unavailable, too_large.
class HttpClient {
  public:
    virtual ~HttpClient() = default;
    [[nodiscard]] virtual Result<OutboundResponse> send(OutboundRequest const& request) = 0;
};

/// The `outbound` part of the configuration.
struct OutboundPolicy {
    std::vector<std::string> allow_addresses;  ///< CIDR blocks that lift the inside-address rule
    std::string ca_file;                       ///< empty: the system's certificate authorities
};
[[nodiscard]] std::unique_ptr<HttpClient> make_curl_http_client(OutboundPolicy policy);

}  // namespace tunnus
