// SPDX-License-Identifier: MIT
// /device: where a person types the code that another device shows (RFC 8628 §3.3), and answers by
// an ordinary login, at the end of which it is asked once more, with the service's name and the
// code. So an address with the code in it changes nothing by itself.
#pragma once

#include "idp/login/flow.hpp"
#include "storage/sql/database.hpp"

namespace tunnus::login {

/// Any thread may call; every function is a Handler.
class DevicePages {
  public:
    DevicePages(Parts const& parts, LoginFlow const& flow, sql::Database& database)
        : parts_(parts), flow_(flow), database_(database) {}

    /// GET /device: the form, with the code of the address filled in.
    [[nodiscard]] Outcome ask(HttpRequest const& request) const;
    /// POST /device: the login begins. Codes from one address, and all of them together, are
    /// counted before they are looked at (limits.user_code_attempts).
    [[nodiscard]] Outcome submit(HttpRequest const& request) const;
    /// GET /device/done: the page at the end in another language.
    [[nodiscard]] Outcome done(HttpRequest const& request) const;

  private:
    [[nodiscard]] HttpResponse form(HttpRequest const& request, Browser const& browser, int status,
                                    std::string_view user_code, std::string_view error_key) const;
    [[nodiscard]] Result<bool> may_try(HttpRequest const& request) const;

    Parts const& parts_;
    LoginFlow const& flow_;
    sql::Database& database_;
};

}  // namespace tunnus::login
