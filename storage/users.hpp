// SPDX-License-Identifier: MIT
// Accounts and the login methods linked to them.
#pragma once

#include "idp/base/audit.hpp"
#include "storage/ids.hpp"
#include "storage/sessions.hpp"
#include "storage/sql/database.hpp"

namespace tunnus::storage {

struct User {
    std::string id;  ///< random UUID
    TimePoint created_at{};
    std::optional<TimePoint> disabled_at;
    /// Made because somebody acted for its person, who has never signed in: nothing but the
    /// identity by which they will be known is in it.
    bool unclaimed = false;
};
struct IdentityLink {
    std::string authenticator;  ///< the plugin's name
    std::string subject_index;  ///< Sealer::blind_index("identity.<authenticator>", subject)
    std::string user_id;
    TimePoint linked_at{};
};

/// An unclaimed account that becomes one with the person's own: its identity moves there, and it is
/// gone.
struct UnclaimedJoined {
    std::string user_id;    ///< the unclaimed one
    IdentityLink identity;  ///< as it stands from then on, at the person's own account
};

/// An account that becomes one with another of the same person: its ways to sign in move where the
/// other has none of their kind, its sessions and grants end, and it is gone.
struct MergedUser {
    std::string user_id;  ///< the one that goes
    std::string into;
    std::vector<IdentityLink> moved;    ///< as they stand from then on
    std::vector<IdentityLink> dropped;  ///< as they stood
};

/// Somebody whom a service asks without a browser in between.
struct AskedPerson {
    User user;
    std::string approval_code_index;  ///< keyed digest of the code that they chose; empty: none
};

class Users {
  public:
    explicit Users(sql::Database& database) : database_(database) {}
    [[nodiscard]] Result<std::optional<User>> find(std::string_view id);
    [[nodiscard]] Result<std::optional<User>> find_by_identity(std::string_view authenticator,
                                                               std::string_view subject_index);
    [[nodiscard]] Result<std::optional<AskedPerson>> find_asked(std::string_view id);
    [[nodiscard]] Result<std::vector<IdentityLink>> identities_of(std::string_view user_id);

  private:
    sql::Database& database_;
};

/// A new account with its first login method, without a login (a login makes it with finish_login);
/// `lost` when the identity already has an owner.
struct CreateUser {
    User user;
    IdentityLink identity;
    std::vector<sql::Statement> plugin_writes;  ///< what plugins keep of the person
    std::vector<AuditEvent> audit;
};
[[nodiscard]] std::unique_ptr<Intention> create_user(CreateUser const& data, Random& random);
/// The code that a service must know before it may ask this person. An empty index: none.
struct ChooseApprovalCode {
    std::string user_id;
    std::string index;
    TimePoint now{};
    AuditEvent audit;
};
[[nodiscard]] std::unique_ptr<Intention> choose_approval_code(ChooseApprovalCode const& data,
                                                              Random& random);
/// Revokes every grant of the account, offline ones too; for a password that was reset (threats.md
/// L-26). Its sessions are end_sessions' affair.
struct RevokeGrantsOfUser {
    std::string user_id;
    TimePoint now{};
    AuditEvent audit;
    Id kept_session = {};  ///< whose grants stay; empty: none
};
[[nodiscard]] std::unique_ptr<Intention> revoke_grants_of_user(RevokeGrantsOfUser const& data,
                                                               Random& random);
/// Takes a way to sign in away. `lost` when the account has no such one any more, or no other.
struct RemoveIdentity {
    std::string user_id;
    std::string authenticator;
    std::optional<EndSessions> ends;     ///< the person's other sessions, as far as they live
    std::vector<sql::Statement> writes;  ///< what plugins keep of it, mails that tell of it
    std::vector<AuditEvent> audit;
};
[[nodiscard]] std::unique_ptr<Intention> remove_identity(RemoveIdentity const& data,
                                                         Random& random);
/// Disables the account, ends its sessions, revokes its grants, offline ones too, and queues
/// back-channel logout for the services of those sessions.
struct DisableUser {
    std::string user_id;
    TimePoint now{};
    AuditEvent audit;
};
[[nodiscard]] std::unique_ptr<Intention> disable_user(DisableUser const& data, Random& random);

}  // namespace tunnus::storage
