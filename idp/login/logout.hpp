// SPDX-License-Identifier: MIT
// Logout: OpenID Connect RP-Initiated Logout 1.0 with its page, and the sessions page where a
// person ends their own.
#pragma once

#include "idp/base/http_client.hpp"
#include "idp/login/browser.hpp"
#include "storage/outbox.hpp"

namespace tunnus::login {

/// Any thread may call; every function is a Handler.
class Logout {
  public:
    explicit Logout(Parts const& parts) : parts_(parts) {}

    /// GET and POST /logout (end_session_endpoint). Ends the session at once when the service
    /// proves by a genuine id_token_hint that it speaks of this session, else asks (threats.md
    /// O-84, O-85).
    [[nodiscard]] Outcome end_session(HttpRequest const& request) const;
    /// POST /logout/confirm: the person's answer.
    [[nodiscard]] Outcome confirm(HttpRequest const& request) const;
    /// GET /profile/signin: the person's live sessions.
    [[nodiscard]] Outcome sessions(HttpRequest const& request) const;
    /// POST /profile/signin: end one session, or all of them everywhere.
    [[nodiscard]] Outcome end_sessions(HttpRequest const& request) const;

  private:
    Parts const& parts_;
};

/// Sends waiting back-channel logout messages (OpenID Connect Back-Channel Logout 1.0 §2.5):
/// several at once, each within its own deadline, never holding the person. Every one is counted
/// before it is sent, so a service is told again only by a later attempt, and at most
/// limits.logout_delivery_attempts times, whatever becomes of storage or of us in between; an error
/// for one service holds none of the others. One caller at a time in a process. Returns how many
/// services were told, or what storage refused.
[[nodiscard]] Result<std::size_t> deliver_logouts(oidc::Provider const& provider,
                                                  storage::LogoutDeliveries& deliveries,
                                                  HttpClient& http, TimePoint now);

}  // namespace tunnus::login
