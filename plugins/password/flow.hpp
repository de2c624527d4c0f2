// SPDX-License-Identifier: MIT
// The pages of the plugin as one conversation: signing in, signing up, resetting a password, and
// the e-mail asked after the first strong login. Where the conversation stands is in its state,
// which the host keeps; a request only says what the person did there (threats.md L-27).
//
//     login ── signup ─> email ─> code ─> new_password ─> done
//       │ └─── reset ──> email ─> code ─> new_password ─> done (every session ended)
//       └─> done
//     first strong login: email ─> code ─> new_password ─> done
//                                    └──> email_owned ── merge ─> prove ─> done
//                                                     └─ other ─> email
//     of a session's account, its password first:
//       to change the password:  prove ─> new_password ─> done (every other session ended)
//       to change the address:   prove ─> email ─> code ─> done (the old address is told)
//       to link something to it: prove ─> done (every session ended)
#pragma once

#include "plugins/password/sign_in.hpp"

namespace tunnus::plugin::password {

/// Any thread may call.
class Flow {
  public:
    struct Settings {
        std::string acr;
        std::vector<std::string> amr;
    };
    Flow(Host& host, Settings settings)
        : host_(host),
          settings_(std::move(settings)),
          hasher_(host.limits()),
          accounts_(host),
          codes_(host),
          attempts_(host),
          sign_in_(host, hasher_, accounts_) {}

    /// The page on which a person signs in.
    [[nodiscard]] Answer<Identity> begin_login(LoginView const& login);
    /// The page on which a new password begins, for who is sent to make one.
    [[nodiscard]] Answer<Identity> begin_reset(LoginView const& login);
    /// The page that asks for the password of the session's account, for who is sent to change its
    /// password or its address; whoever has no session begins with a reset, or signs in.
    [[nodiscard]] Answer<Identity> begin_change_password(LoginView const& login);
    [[nodiscard]] Answer<Identity> begin_change_email(LoginView const& login);
    /// The same page for LoginView::proving_user_id.
    [[nodiscard]] Answer<Identity> begin_proof(LoginView const& login);
    /// The page that asks for an e-mail address after the first strong login.
    [[nodiscard]] Answer<Identity> begin_first_strong(LoginView const& login);
    /// What the person did on the page that `state` tells of.
    [[nodiscard]] Answer<Identity> resume(LoginView const& login, boost::json::object const& state,
                                          BrowserRequest const& request);

    [[nodiscard]] Accounts& accounts() { return accounts_; }
    [[nodiscard]] Hasher const& hasher() const { return hasher_; }
    [[nodiscard]] Result<Identity> provision(Provisioner::NewSignIn const& sign_in);

  private:
    /// The state, read.
    struct At {
        std::string page;  ///< login, email, code, new_password, email_owned or prove
        /// signup, reset, first_strong, change_password, change_email or link
        std::string purpose;
        std::string email;     ///< as typed, or confirmed from `new_password` on
        std::string code_id;   ///< of the code sent to this address for this purpose; or empty
        bool joining = false;  ///< what comes out is joined to the strong login under way
        std::string account_id = {};  ///< whose password was proven, to change something of it
        std::int64_t changed_at = 0;  ///< and when that had last changed

        /// Another address or another purpose leaves the code behind (threats.md L-27).
        void set_email(std::string_view typed);
        void set_purpose(std::string_view name);
        [[nodiscard]] Codes::Sent code(EmailAddress const& of) const {
            return {code_id, purpose, of.lookup_key};
        }
    };
    /// One request in its place.
    struct Turn {
        LoginView const& login;
        At at;
        BrowserRequest const& request;
        [[nodiscard]] std::string_view field(std::string_view name) const {
            return request.form.get(name);
        }
    };
    /// A sentence beside an input of a page that is shown again.
    struct Fault {
        std::string_view input;
        std::string_view text_key;
        seconds retry_after{0};
    };

    [[nodiscard]] Answer<Identity> at_login(Turn const& turn);
    [[nodiscard]] Answer<Identity> at_email(Turn const& turn);
    [[nodiscard]] Answer<Identity> at_code(Turn const& turn);
    [[nodiscard]] Answer<Identity> at_new_password(Turn const& turn);
    [[nodiscard]] Answer<Identity> at_email_owned(Turn const& turn);

    /// The password of `account` was typed on the page `prove`, or on `login` to go on from there.
    [[nodiscard]] Answer<Identity> proven(Turn const& turn, Account const& account);
    [[nodiscard]] Answer<Identity> send_code(Turn const& turn, EmailAddress const& email,
                                             bool again);
    [[nodiscard]] Result<> mail_code(Turn const& turn, EmailAddress const& email,
                                     std::string_view code);
    [[nodiscard]] Answer<Identity> after_code(Turn const& turn);
    [[nodiscard]] Result<> start_clean(Account const& account);
    [[nodiscard]] Answer<Identity> set_new_password(Turn const& turn, EmailAddress const& email,
                                                    Secret const& password);
    /// The account of At::account_id, if nothing of it has changed since it was proven.
    [[nodiscard]] Result<std::optional<Account>> unchanged(At const& at);
    [[nodiscard]] Answer<Identity> change_password(Turn const& turn, std::string const& hash);
    [[nodiscard]] Answer<Identity> change_email(Turn const& turn);
    /// Something else was first: the person begins anew.
    [[nodiscard]] Answer<Identity> prove_again(Turn const& turn, std::string_view text_key);
    [[nodiscard]] Answer<Identity> begin_with_account(LoginView const& login,
                                                      std::string_view user_id,
                                                      std::string_view purpose);
    [[nodiscard]] Answer<Identity> reset_password(Turn const& turn, EmailAddress const& email,
                                                  std::string const& hash);

    [[nodiscard]] Page page(LoginView const& login, At const& at,
                            std::optional<Fault> fault = std::nullopt) const;
    [[nodiscard]] Identity identity(std::string_view account_id, std::string_view email) const;
    [[nodiscard]] Result<> record(AuditKind kind, LoginView const& login, std::string_view user_id,
                                  std::string_view what);

    Host& host_;
    Settings settings_;
    Hasher hasher_;
    Accounts accounts_;
    Codes codes_;
    Attempts attempts_;
    SignIn sign_in_;
};

}  // namespace tunnus::plugin::password
