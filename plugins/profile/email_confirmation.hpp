// SPDX-License-Identifier: MIT
// Shows that an e-mail address of the light layer is the person's: six digits sent to it, typed on
// a page of theirs (citizen-services.md H38). Of the code only a keyed digest is kept; it holds for
// one address of one person, once, for a short time and a few tries (threats.md L-23, L-27).
#pragma once

#include "plugins/api/plugin.hpp"
#include "plugins/profile/light.hpp"

#include <string>
#include <string_view>

namespace tunnus::plugin::profile {

/// Any thread may call.
class EmailConfirmation {
  public:
    explicit EmailConfirmation(Host& host) : host_(host) {}

    enum class Sent { yes, too_many };
    /// Sends a new code; earlier ones of this person are void. A person can ask for a few an hour,
    /// and as many go to one address, whoever asks (limits.mails_per_hour, threats.md L-28); beyond
    /// that the earlier code still holds.
    [[nodiscard]] Result<Sent> send(std::string_view user_id, Email const& email,
                                    Caller const& caller);

    /// Whether a code was sent to this address that can still be tried.
    [[nodiscard]] Result<bool> is_out(std::string_view user_id, Email const& email);

    enum class Verdict { right, wrong, expired };
    /// Counts a try, and tells what it is; `expired` also when no code was sent to this address or
    /// there are no tries left. A right code is used up by use(), together with what it proves.
    [[nodiscard]] Result<Verdict> try_code(std::string_view user_id, Email const& email,
                                           std::string_view typed);
    /// Expects one row: a code holds once.
    [[nodiscard]] sql::Statement use(std::string_view user_id, Email const& email,
                                     std::string_view typed);

  private:
    /// Of what was typed, or drawn: blanks and hyphens do not count.
    [[nodiscard]] sql::Value digest(std::string_view user_id, Email const& email,
                                    std::string_view code);
    void count_mail(std::string const& bucket, std::vector<sql::Statement>& steps);
    Host& host_;
};

}  // namespace tunnus::plugin::profile
