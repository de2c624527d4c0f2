// SPDX-License-Identifier: MIT
// One try of an e-mail address and a password. Unknown, unverified and wrong cannot be told apart,
// by answer or by time (threats.md L-01, L-02).
#pragma once

#include "plugins/password/accounts.hpp"
#include "plugins/password/attempts.hpp"
#include "plugins/password/hasher.hpp"

namespace tunnus::plugin::password {

/// Any thread may call.
class SignIn {
  public:
    SignIn(Host& host, Hasher const& hasher, Accounts& accounts)
        : host_(host), hasher_(hasher), accounts_(accounts), attempts_(host) {}

    struct Tried {
        std::optional<Account> account;  ///< whose password it is; empty: no
        seconds retry_after{0};          ///< not tried at all: too many attempts
    };
    /// Reserves the attempt, then hashes once. `password` is normalised. Errors: the database.
    [[nodiscard]] Result<Tried> try_password(EmailAddress const& email, Secret const& password,
                                             LoginView const& login, BrowserRequest const& request);

  private:
    [[nodiscard]] std::vector<Bucket> buckets(EmailAddress const& email, bool known_device,
                                              BrowserRequest const& request) const;
    [[nodiscard]] Result<> succeeded(Account const& account, Secret const& password,
                                     std::vector<Bucket> const& reserved,
                                     BrowserRequest const& request);
    [[nodiscard]] Result<> failed(std::string_view reason, std::optional<Account> const& account,
                                  LoginView const& login);

    Host& host_;
    Hasher const& hasher_;
    Accounts& accounts_;
    Attempts attempts_;
};

}  // namespace tunnus::plugin::password
