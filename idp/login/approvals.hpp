// SPDX-License-Identifier: MIT
// /profile/requests: what services ask a person without a browser in between (OpenID CIBA). Saying
// yes is an ordinary login, which begins here with the session and goes on with whatever the
// service asked beyond it; saying no needs the session alone. Here a person also chooses the code
// that services must know before they may ask.
#pragma once

#include "idp/login/flow.hpp"

namespace tunnus::login {

inline constexpr std::string_view approvals_path = "/profile/requests";

/// Any thread may call; every function is a Handler.
class Approvals {
  public:
    Approvals(Parts const& parts, LoginFlow const& flow) : parts_(parts), flow_(flow) {}

    /// GET: the requests that wait for this person.
    [[nodiscard]] Outcome show(HttpRequest const& request) const;
    /// POST: one of `review`, `deny` (each the id of a request of theirs), `approval_code` with the
    /// new code, `remove_code`.
    [[nodiscard]] Outcome submit(HttpRequest const& request) const;

  private:
    [[nodiscard]] Outcome page(HttpRequest const& request, storage::Session const& session,
                               int status, std::string_view error_key) const;
    [[nodiscard]] Outcome review(HttpRequest const& request, storage::Session const& session,
                                 std::string_view id) const;
    [[nodiscard]] Outcome deny(HttpRequest const& request, storage::Session const& session,
                               std::string_view id) const;
    [[nodiscard]] Outcome choose_code(HttpRequest const& request, storage::Session const& session,
                                      std::optional<std::string_view> code) const;

    Parts const& parts_;
    LoginFlow const& flow_;
};

}  // namespace tunnus::login
