// SPDX-License-Identifier: MIT
// The plugin's accounts: an e-mail address, a password, and whose they are.
//
// Signing up commits before the login is finished, and alone: the person has proven the address and
// chosen a password, the code is used up, and whatever becomes of this login they can sign in with
// both from now on. It is nobody's account yet; the core makes one, or finds whose it is, in the
// write that finishes a login, and belongs_to() is part of that write.
#pragma once

#include "idp/base/email_address.hpp"
#include "plugins/password/codes.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tunnus::plugin::password {

struct Account {
    std::string id;       ///< the subject of the identity
    std::string user_id;  ///< empty until the first sign-in is finished
    std::string email;    ///< as stored: where mail goes (threats.md L-18)
    std::string hash;
    bool verified = false;
    bool known_device = false;  ///< the browser that was asked about has signed in before
};

/// Any thread may call.
class Accounts {
  public:
    explicit Accounts(Host& host) : host_(host), codes_(host) {}

    /// By the look-up key of an address; `device` is the browser's, for known_device.
    [[nodiscard]] Result<std::optional<Account>> find(std::string_view lookup_key,
                                                      std::string_view device = {});
    [[nodiscard]] Result<bool> has_password(std::string_view user_id);

    /// A new account for an address; its id. An unverified holder of the address loses it. Empty
    /// when a verified one holds it, or when `code` is not a proven code of the address (none: an
    /// administrator vouches).
    [[nodiscard]] Result<std::optional<std::string>> create(EmailAddress const& email,
                                                            std::string const& hash, bool verified,
                                                            std::optional<Codes::Sent> const& code);
    /// Replaces the password of the account of the address that a proven code was sent to: the
    /// address is verified thereby; known devices and every other code are void (threats.md L-26).
    /// False when there is no such account or the code is not proven.
    [[nodiscard]] Result<bool> reset(Codes::Sent const& code, std::string const& hash);

    /// Steps of the write that follows a sign-in.
    [[nodiscard]] sql::Statement remember_device(std::string_view id, std::string_view device);
    [[nodiscard]] static sql::Statement replace_hash(Account const& account,
                                                     std::string const& hash);

    /// No browser is known to the account any more.
    [[nodiscard]] Result<> forget_devices(std::string_view id);
    /// The step that says whose the account is: part of the login that decides it.
    [[nodiscard]] static sql::Statement belongs_to(std::string_view id, std::string_view user_id);
    /// For AccountListener.
    [[nodiscard]] Result<boost::json::object> export_data(std::string_view user_id);
    [[nodiscard]] Result<> erase(std::string_view user_id);

  private:
    [[nodiscard]] sql::Value email_index(std::string_view lookup_key) const {
        return sql::blob(host_.blind_index("email", lookup_key));
    }
    [[nodiscard]] Result<bool> won(std::string_view name, std::vector<sql::Statement> steps);

    Host& host_;
    Codes codes_;
};

}  // namespace tunnus::plugin::password
