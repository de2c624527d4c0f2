// SPDX-License-Identifier: MIT
// A response as the bytes that leave. Pure.
#pragma once

#include "idp/base/clock.hpp"
#include "idp/base/http.hpp"

#include <optional>
#include <string>

namespace tunnus::web {

struct ResponseFraming {
    bool head_only = false;  ///< the request was HEAD: Content-Length stays, the body goes
    bool close = false;      ///< say `Connection: close`
    bool over_tls = false;   ///< add Strict-Transport-Security, which counts over TLS only (W-04)
    seconds hsts_max_age{31'536'000};  ///< zero: none
    std::optional<TimePoint> date;     ///< what Date says (RFC 9110 §6.6.1)
};

/// The answer as one string. Connection, Content-Length, Transfer-Encoding, Date and Server of the
/// response are passed over: framing is the edge's affair, and we tell no version. Headers admits
/// no control byte, so nothing here can split a response (threats.md H-23).
[[nodiscard]] std::string write_response(HttpResponse const& response,
                                         ResponseFraming const& framing);

}  // namespace tunnus::web
