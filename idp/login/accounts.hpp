// SPDX-License-Identifier: MIT
// Whose account a proof belongs to, and what may be joined to it (threats.md 3.3): never by an
// e-mail that an identity provider names, never silently.
#pragma once

#include "idp/login/parts.hpp"
#include "storage/outbox.hpp"

#include <string>
#include <variant>

namespace tunnus::login {

/// The account of a login, and what must be written with the login for it to be so. Nothing is
/// written before: a login that is lost leaves no account, no identity and nothing of a plugin.
///
/// One thing is earlier: what a plugin has set up for its own identities in a step of the login,
/// such as the address and password of a sign-up. Its code is used up with that, and the person can
/// sign in with them whatever becomes of this login (plugins/password/accounts.hpp).
struct SettledAccount {
    std::string user_id;
    bool created = false;
    bool claimed = false;  ///< it has waited for this person, who had none of their own
    /// Accounts that have waited for the person, who proved one of their own in the same login.
    std::vector<storage::UnclaimedJoined> joined;
    /// An account of the same person that becomes one with this one.
    std::optional<storage::MergedUser> merged;
    std::vector<storage::IdentityLink> new_identities;
    plugin::Writes
        writes;  ///< of the plugins' AccountListeners; its audit tells of the account too
};
struct StorageFailed {};

/// The session that a login will have: a new one of this id, or the one that the browser has if it
/// is the same person's.
struct SessionToCome {
    storage::Id new_id;
    storage::Session const* present = nullptr;
    [[nodiscard]] storage::Id const& id_for(std::string_view user_id) const {
        return present != nullptr && present->user_id == user_id ? present->id : new_id;
    }
};

/// The account of a proven identity: its owner's, or that of the second identity which a login step
/// proved in the same login, or one that has waited for the person (storage::User::unclaimed), or a
/// new one. What has no owner yet is to be linked to it, and an account that has waited becomes one
/// with the person's own where they proved both: nobody but the owner of the strong identity could
/// ever have signed in to it, so it holds nothing of anybody else's (threats.md L-30 to L-34). Two
/// accounts that people have used are refused, but for the merge that the person has confirmed in
/// this login. Owners are looked up again where there was none: another login of the same person
/// may have been first.
[[nodiscard]] std::variant<SettledAccount, oidc::Refusal, StorageFailed> settle_account(
    Parts const& parts, LoginTransaction const& transaction, SessionToCome const& session,
    TimePoint now);

/// Which of two accounts that people have used stays, and what becomes of the ways to sign in of
/// the other: those of a kind that the one that stays has itself go.
struct MergePlan {
    storage::MergedUser merged;
    std::vector<storage::IdentityLink> kept;  ///< of the account that stays
    [[nodiscard]] MergeAsked question() const;
};
/// The account with a strong way to sign in stays, since services of that level know the person by
/// it; of two light ones that of the session. Two strong ones are two official persons and are
/// refused (threats.md L-32, L-36). `transaction` has two proofs, each with its owner.
[[nodiscard]] std::variant<MergePlan, oidc::Refusal, StorageFailed> plan_merge(
    Parts const& parts, LoginTransaction const& transaction, TimePoint now);

/// Mails that go out with a write, to every address by which plugins know the person:
/// `mail_<what>_subject` and `_text` of our texts, with {method} and {host} put in.
[[nodiscard]] Result<std::vector<sql::Statement>> notices(Parts const& parts,
                                                          std::string_view user_id,
                                                          std::string_view what,
                                                          std::string_view method,
                                                          std::string_view locale, TimePoint now);

/// What a person calls a way to sign in.
[[nodiscard]] std::string label_of(Parts const& parts, std::string_view authenticator,
                                   std::string_view locale);

/// By which an identity is found: a keyed digest, so that storage never holds the subject.
[[nodiscard]] std::string subject_index(Sealer const& sealer, std::string_view authenticator,
                                        Secret const& subject);

/// The account that owns this identity now; empty when none does. Disabled accounts are reported as
/// such.
struct Owner {
    std::string user_id;
    bool disabled = false;
    std::optional<TimePoint> unclaimed_since = {};  ///< nobody has signed in to it yet
};
[[nodiscard]] Result<Owner> owner_of(Parts const& parts, std::string_view authenticator,
                                     Secret const& subject);

/// The end of these sessions of one person, with its audit event. `request_id` joins the event with
/// the log.
[[nodiscard]] storage::EndSessions ending_of(std::vector<storage::Session> const& sessions,
                                             std::string_view reason, std::string_view request_id,
                                             TimePoint now);

/// What plugins may do to accounts, and `tunnus users` with them.
class AccountSessions final : public plugin::Accounts {
  public:
    AccountSessions(storage::Sessions& sessions, sql::Database& database, Clock const& clock,
                    Random& random)
        : sessions_(sessions),
          deliveries_(database),
          database_(database),
          committer_(database),
          clock_(clock),
          random_(random) {}
    /// The plugins that are asked for what they store; once, before anybody calls.
    void learn(std::weak_ptr<plugin::Plugins> plugins) { plugins_ = std::move(plugins); }
    [[nodiscard]] Result<> end_sessions(std::string_view user_id,
                                        std::string_view reason) override {
        return end_other_sessions(user_id, {}, reason);
    }
    [[nodiscard]] Result<> end_other_sessions(std::string_view user_id,
                                              std::string_view kept_session_id,
                                              std::string_view reason) override;
    [[nodiscard]] Result<std::size_t> end_named_sessions(std::span<std::string const> session_ids,
                                                         std::string_view reason) override;
    [[nodiscard]] Result<std::size_t> untold_services(
        std::span<std::string const> session_ids) override;
    [[nodiscard]] Result<std::vector<SignInMethod>> sign_in_methods(
        std::string_view user_id) override;
    [[nodiscard]] Result<boost::json::object> export_data(std::string_view user_id) override;
    [[nodiscard]] Result<> erase(std::string_view user_id, std::string_view request_id) override;

  private:
    [[nodiscard]] Result<std::shared_ptr<plugin::Plugins>> plugins() const;

    storage::Sessions& sessions_;
    storage::LogoutDeliveries deliveries_;
    sql::Database& database_;
    Committer& committer_;
    Clock const& clock_;
    Random& random_;
    std::weak_ptr<plugin::Plugins> plugins_;  ///< a call may outlive them, across a reload
};

/// What has happened to a person, for their own eyes.
class AccountTrail final : public plugin::AuditTrail {
  public:
    explicit AccountTrail(sql::Database& database) : database_(database) {}
    [[nodiscard]] Result<Piece> about(std::string_view user_id, std::string_view from,
                                      std::size_t most) override;

  private:
    sql::Database& database_;
};

}  // namespace tunnus::login
