// SPDX-License-Identifier: MIT
// Whose account a proof belongs to, and what may be joined to it (threats.md 3.3): never by an
// e-mail that an identity provider names, never silently.
#pragma once

#include "idp/login/parts.hpp"

#include <string>
#include <variant>

namespace tunnus::login {

struct SettledAccount {
    std::string user_id;
    bool created = false;
};
struct StorageFailed {};

/// The account of a proven identity: its owner's, or that of the second identity which a login step
/// proved in the same login, or a new one. Links what has no owner yet, and tells the plugins'
/// AccountListeners. Two different owners are refused: a merge is a process of its own.
[[nodiscard]] std::variant<SettledAccount, oidc::Refusal, StorageFailed> settle_account(
    Parts const& parts, HttpRequest const& request, LoginTransaction const& transaction,
    TimePoint now);

/// By which an identity is found: a keyed digest, so that storage never holds the subject.
[[nodiscard]] std::string subject_index(Sealer const& sealer, std::string_view authenticator,
                                        Secret const& subject);

/// The account that owns this identity now; empty when none does. Disabled accounts are reported as
/// such.
struct Owner {
    std::string user_id;
    bool disabled = false;
};
[[nodiscard]] Result<Owner> owner_of(Parts const& parts, std::string_view authenticator,
                                     Secret const& subject);

/// Ends a session with its grants and queues back-channel logout to the services it was used at.
/// False when storage failed.
[[nodiscard]] bool end_session(Parts const& parts, HttpRequest const& request,
                               storage::Session const& session, std::string_view reason,
                               TimePoint now);
/// The same as an intention for the answer of a logout. `request_id` joins the audit event with the
/// log.
[[nodiscard]] Result<std::unique_ptr<Intention>> ending_of(
    storage::Sessions& store, std::vector<storage::Session> const& sessions,
    std::string_view reason, std::string_view request_id, Random& random, TimePoint now);

/// What plugins may do to accounts.
class AccountSessions final : public plugin::Accounts {
  public:
    AccountSessions(storage::Sessions& sessions, Committer& committer, Clock const& clock,
                    Random& random)
        : sessions_(sessions), committer_(committer), clock_(clock), random_(random) {}
    [[nodiscard]] Result<> end_sessions(std::string_view user_id, std::string_view reason) override;

  private:
    storage::Sessions& sessions_;
    Committer& committer_;
    Clock const& clock_;
    Random& random_;
};

}  // namespace tunnus::login
