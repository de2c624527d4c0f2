// SPDX-License-Identifier: MIT
// What the act on digital services (306/2019) asks of every page: a statement of how accessible
// they are, and a way to say where they are not.
#pragma once

#include "idp/base/mailer.hpp"
#include "idp/base/theme.hpp"
#include "idp/login/browser.hpp"
#include "storage/sql/database.hpp"

namespace tunnus::login {

/// Any thread may call; every function is a Handler.
class AccessibilityPages {
  public:
    AccessibilityPages(Parts const& parts, Theme const& theme, sql::Database& database,
                       Mailer& mailer)
        : parts_(parts), theme_(theme), database_(database), mailer_(mailer) {}

    /// GET /accessibility: the statement.
    [[nodiscard]] Outcome statement(HttpRequest const& request) const;
    /// GET /accessibility/feedback: the form; the page of 404 where nobody gets the feedback.
    [[nodiscard]] Outcome ask(HttpRequest const& request) const;
    /// POST /accessibility/feedback: a mail to Theme::feedback_to, so many an hour from one
    /// address and from all together (limits.feedback_per_hour, feedback_per_hour_in_all).
    [[nodiscard]] Outcome submit(HttpRequest const& request) const;
    /// GET /accessibility/sent.
    [[nodiscard]] Outcome sent(HttpRequest const& request) const;

  private:
    struct Typed {
        std::string_view message;
        std::string_view email;
    };
    struct Fault {
        std::string_view input;
        std::string_view text;
        int status = 422;
    };
    [[nodiscard]] HttpResponse form(HttpRequest const& request, Browser const& browser,
                                    Typed const& typed, std::optional<Fault> const& fault) const;
    [[nodiscard]] Result<bool> may_send(HttpRequest const& request) const;
    [[nodiscard]] HttpResponse nothing_here(HttpRequest const& request) const;

    Parts const& parts_;
    Theme const& theme_;
    sql::Database& database_;
    Mailer& mailer_;
};

}  // namespace tunnus::login
