// SPDX-License-Identifier: MIT
// What a request's cookies say of its browser: the session, the logins under way, the device.
//
//   sid     the session: base64url(id ‖ secret), Lax, until the browser closes
//   login   which browser a login belongs to: 256 random bits, SameSite=None since the way back
//   from Suomi.fi is a cross-site
//           POST; it opens nothing without a login's row
//   browser_state  for the script of /session/check: whether the session is still the same one
//   device  a lasting name of this browser, for rate limits alone
#pragma once

#include "idp/login/parts.hpp"

#include <optional>
#include <string>
#include <variant>

namespace tunnus::login {

struct Browser {
    std::string login_secret;  ///< value of the login cookie; made now when the browser has none
    bool has_login_cookie = false;
    std::string device;
    bool has_device_cookie = false;
    bool trusts_loopback = false;  ///< as Cookie::trusts_loopback

    [[nodiscard]] std::string login_hash() const;
    /// What a form of this login sends back as `csrf`.
    [[nodiscard]] std::string csrf(std::string_view purpose) const;
};

/// 400 when one of our cookies came twice (threats.md W-02).
[[nodiscard]] std::variant<Browser, HttpResponse> read_browser(Parts const& parts,
                                                               HttpRequest const& request);
/// Sets the cookies that the browser lacks; the login cookie also where a login begins, so that it
/// outlives it.
void keep_browser(Parts const& parts, Browser const& browser, bool login_begins,
                  HttpResponse& response);

/// The live session of the request; empty without. 503 when storage does not answer, 400 when the
/// cookie came twice.
[[nodiscard]] std::variant<std::optional<storage::Session>, HttpResponse> find_session(
    Parts const& parts, HttpRequest const& request);
/// Lets scripts see that the browser is in this session, and that it is in none (OpenID Connect
/// Session Management 1.0 §3.2). SameSite=None: they run in frames of other sites.
void show_browser_state(Parts const& parts, HttpRequest const& request, storage::Id const& session,
                        HttpResponse& response);
void hide_browser_state(Parts const& parts, HttpRequest const& request, HttpResponse& response);
/// What a form of this session sends back as `csrf`.
[[nodiscard]] std::string session_csrf(Parts const& parts, HttpRequest const& request);

/// A POST of our own form comes from our own page: false when the browser says otherwise
/// (threats.md W-05, W-06).
[[nodiscard]] bool comes_from_our_page(Parts const& parts, HttpRequest const& request);

/// 503 with Retry-After, as threats.md 0.2 wants it.
[[nodiscard]] HttpResponse unavailable(Parts const& parts, HttpRequest const& request);

}  // namespace tunnus::login
