// SPDX-License-Identifier: MIT
// What the browser flow is built from. Built once in idp/app.cpp.
#pragma once

#include "idp/base/cookies.hpp"
#include "idp/login/decide.hpp"
#include "idp/login/item_titles.hpp"
#include "idp/login/refusal_throttle.hpp"
#include "oidc/provider.hpp"
#include "plugins/host/plugins.hpp"
#include "storage/logins.hpp"

namespace tunnus::login {

struct SessionLifetimes {
    seconds idle{30 * 60};
    seconds absolute{10 * 3600};
};

/// References live as long as the process.
struct Parts {
    oidc::Provider const& provider;
    plugin::Plugins& plugins;
    storage::Logins& logins;
    storage::Consents& consents;
    Sealer const& sealer;
    RefusalThrottle& refusals;
    Cookies cookies;
    Policy policy;
    ItemTitles titles;
    SessionLifetimes session_lifetimes;
};

}  // namespace tunnus::login
