// SPDX-License-Identifier: MIT
// The browser flow: performs what decide() says and asks again, in the same request, until
// something must be shown, the browser must leave, or the login is finished. Steps do not call each
// other and never redirect to ourselves.
#pragma once

#include "idp/login/browser.hpp"

namespace tunnus::login {

/// Any thread may call; every function is a Handler of idp/app.cpp's table.
class LoginFlow {
  public:
    explicit LoginFlow(Parts const& parts) : parts_(parts) {}

    /// GET and POST /authorize. With a live session that suffices: two reads, one write, 303. What
    /// must be asked of another server first continues on Lane::outbound.
    [[nodiscard]] Outcome authorize(HttpRequest const& request) const;
    /// A request that no browser brought (device.hpp): the same from here on.
    [[nodiscard]] Outcome begin(HttpRequest const& request,
                                oidc::BegunAuthorization authorization) const;
    /// GET /login: the present step again, in the language of `ui_locales`. Changes nothing but the
    /// language cookie.
    [[nodiscard]] Outcome show(HttpRequest const& request) const;
    /// POST /login: the person chose a method, wants to try again, or gives up.
    [[nodiscard]] Outcome choose(HttpRequest const& request) const;
    /// POST /login/consent.
    [[nodiscard]] Outcome consent(HttpRequest const& request) const;
    /// POST /login/merge: two accounts become one, or not.
    [[nodiscard]] Outcome merge(HttpRequest const& request) const;
    /// POST /login/return/<plugin>: what the person sent to a page of a plugin.
    [[nodiscard]] Outcome submit(HttpRequest const& request, std::string_view plugin) const;
    /// A ReturnPath of an authenticator: the browser comes back from elsewhere.
    [[nodiscard]] Outcome come_back(HttpRequest const& request, std::string_view plugin,
                                    std::string_view login_field) const;

  private:
    [[nodiscard]] Outcome authorize(HttpRequest const& request, oidc::Fetching fetching) const;
    Parts const& parts_;
};

}  // namespace tunnus::login
