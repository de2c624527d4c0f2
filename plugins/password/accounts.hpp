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
    bool known_device = false;    ///< the browser that was asked about has signed in before
    std::int64_t changed_at = 0;  ///< a change that began before another one is lost
};

/// Any thread may call.
class Accounts {
  public:
    explicit Accounts(Host& host) : host_(host), codes_(host) {}

    /// By the look-up key of an address; `device` is the browser's, for known_device.
    [[nodiscard]] Result<std::optional<Account>> find(std::string_view lookup_key,
                                                      std::string_view device = {});
    [[nodiscard]] Result<bool> has_password(std::string_view user_id);
    [[nodiscard]] Result<std::optional<Account>> find_by_user(std::string_view user_id);
    [[nodiscard]] Result<std::optional<Account>> find_by_id(std::string_view id);

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

    /// Replaces the password of an account whose present one was proven. Every code of its address
    /// is void, and no other browser is known to it than `device`. False when it has changed
    /// since it was read.
    [[nodiscard]] Result<bool> change_password(Account const& account, std::string const& hash,
                                               std::string_view device);
    /// Replaces the address of an account whose password was proven, by one that a code was sent
    /// to, which an unverified holder loses. `undo_token`: by which the old address can take that
    /// back for a while. False when the account has changed since it was read (threats.md L-22),
    /// the code is not proven, or a verified account has the address.
    [[nodiscard]] Result<bool> change_email(Account const& account, EmailAddress const& email,
                                            Codes::Sent const& code, std::string_view undo_token);
    /// Takes a change of address back, once: the old address signs in again, with no password
    /// until it chooses a new one, which `unmatched` stands for. The account as it was before that;
    /// empty when there is nothing to take back, or the address has gone to somebody else.
    [[nodiscard]] Result<std::optional<Account>> undo_email(std::string_view undo_token,
                                                            std::string const& unmatched);
    [[nodiscard]] Result<bool> can_undo(std::string_view undo_token);

    /// Steps of the write that follows a sign-in.
    [[nodiscard]] sql::Statement remember_device(std::string_view id, std::string_view device);
    [[nodiscard]] static sql::Statement replace_hash(Account const& account,
                                                     std::string const& hash);

    /// No browser is known to the account any more, and no change that has begun comes true.
    [[nodiscard]] Result<> start_clean(std::string_view id);
    /// The step that says whose the account is: part of the login that decides it.
    [[nodiscard]] static sql::Statement belongs_to(std::string_view id, std::string_view user_id);
    /// For AccountListener.
    [[nodiscard]] Result<boost::json::object> export_data(std::string_view user_id);
    [[nodiscard]] Result<> erase(std::string_view user_id);
    /// Its steps.
    [[nodiscard]] static std::vector<sql::Statement> erasing(std::string_view user_id);
    [[nodiscard]] static sql::Statement moving(std::string_view from, std::string_view into);

  private:
    [[nodiscard]] std::int64_t now_after(Account const& account) const;
    [[nodiscard]] Result<std::optional<Account>> first(sql::Statement const& select);
    [[nodiscard]] Result<Account> read(sql::Row const& row);
    [[nodiscard]] sql::Value undo_index(std::string_view token) const {
        return sql::blob(host_.blind_index("undo", token));
    }
    [[nodiscard]] sql::Value email_index(std::string_view lookup_key) const {
        return sql::blob(host_.blind_index("email", lookup_key));
    }
    [[nodiscard]] Result<bool> won(std::string_view name, std::vector<sql::Statement> steps);

    Host& host_;
    Codes codes_;
};

}  // namespace tunnus::plugin::password
