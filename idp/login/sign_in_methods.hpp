// SPDX-License-Identifier: MIT
// The ways to sign in of a person: what their page says of them, and adding, changing and removing
// one. Adding and changing are logins (idp/login/own_pages, lead_to_action), the same that services
// ask for by kc_action.
#pragma once

#include "idp/login/browser.hpp"

namespace tunnus::login {

inline constexpr std::string_view sign_in_page = "/profile/signin";

/// Any thread may call; every function is a Handler.
class SignInMethods {
  public:
    explicit SignInMethods(Parts const& parts) : parts_(parts) {}

    /// GET /profile/signin/change?what=<action>: off to the login in which it is done. A `:` in an
    /// action's name is written `.`.
    [[nodiscard]] Outcome change(HttpRequest const& request) const;
    /// GET /profile/signin/remove?method=<authenticator>: asks whether it shall really go. For a
    /// login that is fresh (limits.fresh_login_age), and strong where the account can be: whoever
    /// has but the password must not get rid of the rest.
    [[nodiscard]] Outcome ask_removal(HttpRequest const& request) const;
    /// POST /profile/signin/remove: it goes, never the last one, and with it every other session of
    /// the person, who hears of it by mail.
    [[nodiscard]] Outcome remove(HttpRequest const& request) const;

  private:
    Parts const& parts_;
};

/// Adds to the page's model `methods` (linked), `addable` (those that are not) and `done`, what was
/// just done. 503 when storage does not answer.
[[nodiscard]] std::optional<HttpResponse> add_methods(Parts const& parts,
                                                      HttpRequest const& request,
                                                      storage::Session const& session,
                                                      std::string_view locale,
                                                      boost::json::object& model);

}  // namespace tunnus::login
