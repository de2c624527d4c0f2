// SPDX-License-Identifier: MIT
// What one listener serves at one moment: immutable, replaced as a whole by a reload.
#pragma once

#include "idp/base/limits.hpp"
#include "idp/web/framing.hpp"
#include "idp/web/router.hpp"
#include "idp/web/tls.hpp"
#include "idp/web/trusted_proxies.hpp"

#include <memory>
#include <string>

namespace tunnus::web {

struct Site {
    Router router;
    HeadRules head_rules;
    TlsContext tls;  ///< null: plain
    TrustedProxies proxies;
    Limits limits;
    std::string https_origin;
    std::string client_certificate_field;
    seconds hsts_max_age{};
};

}  // namespace tunnus::web
